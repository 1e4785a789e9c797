import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'

import { Refusal } from '../header/refusal.tsx'
import { formatBytes } from '../i18n/language.ts'
import { texts } from '../i18n/texts.ts'
import type { ApiError, ServiceConfig, Upload } from '../model.ts'
import { useStore } from '../state/store-context.ts'
import { intake } from './intake.ts'
import { type RefusedFile, refusedFiles } from './send.ts'
import { takeIn } from './take-in.ts'
import { uploadTexts } from './texts.ts'
import { typesText } from './types-text.ts'

/**
 * Takes up what is handed in, and shows the files on their way and those that did not get through, each
 * with what to do.
 */
export function UploadRows(): JSX.Element | null {
  const store = useStore()
  const { uploads, config, retryUpload, dismissUpload } = store
  useSignalEffect(() => {
    const given = intake.value ?? []
    if (given.length === 0) return
    intake.value = []
    for (const one of given) takeIn(store, one)
  })
  useSignalEffect(() => {
    if (uploads.value.every(({ error }) => error && !isPassing(error))) return undefined
    // What is not sent yet, or may be sent once more, is lost with the page.
    const warn = (event: Event): void => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  })
  if (uploads.value.length + refusedFiles.value.length === 0) return null
  const words = uploadTexts.value
  return (
    <ul class="uploads" aria-label={words.uploads}>
      {refusedFiles.value.map((refused) => (
        <li class="refused" role="alert">
          <b>{refused.name}</b>
          <span>{problemText(refused, config.value)}</span>
          <button
            class="icon close"
            aria-label={words.dismiss(refused.name)}
            onClick={() => {
              refusedFiles.value = refusedFiles.value.filter((other) => other !== refused)
            }}
          />
        </li>
      ))}
      {uploads.value.map((upload) => (
        <li key={upload.key} class={upload.error ? 'refused' : ''}>
          <b>{upload.name}</b>
          {upload.error ? <Refusal error={upload.error} /> : <Progress upload={upload} />}
          {upload.error && isPassing(upload.error) && (
            <button class="retry" onClick={() => retryUpload(upload.key)}>
              {texts.value.retry}
            </button>
          )}
          <button
            class="icon close"
            aria-label={upload.error ? words.dismiss(upload.name) : words.abort(upload.name)}
            onClick={() => dismissUpload(upload.key)}
          />
        </li>
      ))}
    </ul>
  )
}

function Progress({ upload: { name, sentBytes, totalBytes } }: { upload: Upload }): JSX.Element {
  const words = uploadTexts.value
  const isSent = totalBytes === null || sentBytes >= totalBytes
  return (
    <>
      <progress aria-label={name} {...(isSent ? {} : { max: totalBytes, value: sentBytes })} />
      <small>
        {isSent
          ? words.accepting
          : sentBytes === 0
            ? words.waiting
            : words.sent(formatBytes(sentBytes), formatBytes(totalBytes))}
      </small>
    </>
  )
}

/** What may be over by now; what the service has against a file stays so. */
function isPassing({ status }: ApiError): boolean {
  return status < 400 || status === 401 || status === 429 || status >= 500
}

function problemText({ problem, size }: RefusedFile, config: ServiceConfig | null): string {
  const { problems } = uploadTexts.value
  switch (problem) {
    case 'empty':
      return problems.empty
    case 'pages':
      return uploadTexts.value.pagesWrong
    case 'unavailable':
      return problems.unavailable
    case 'type':
      return problems.type(typesText(config?.accept ?? ''))
    case 'size':
      return problems.size(formatBytes(size), formatBytes(config?.maxUploadBytes ?? 0))
  }
}
