import type { JSX } from 'preact'
import { useState } from 'preact/hooks'

import { hasEnded } from '../../../src/contract/document-status.ts'
import type { ResultFormat } from '../api/documents-api.ts'
import type { DocumentView } from '../model.ts'
import { useStore } from '../state/store-context.ts'
import { downloadName } from './download-name.ts'
import { words } from './texts/words.ts'
import type { Copying } from './use-copying.ts'

const DOWNLOADS = [
  ['markdown', 'md'],
  ['text', 'txt'],
  ['json', 'json'],
] as const satisfies readonly (readonly [ResultFormat, string])[]

/** Long enough for the browser to have begun the download. */
const URL_LIFETIME_MS = 60_000

/** Copy and download of the whole document; until there is a result it says why not. */
export function DocumentToolbar({
  document: { id, fileName, hasResults, state },
  copying,
}: {
  document: DocumentView
  copying: Copying
}): JSX.Element {
  const { api } = useStore()
  const say = words.value.document
  const isOff = !hasResults
  return (
    <fieldset class="toolbar" aria-label={say.toolbar}>
      <button disabled={isOff} onClick={() => void copying.copy(() => api.result(id, 'text'))}>
        {say.copyText}
      </button>
      <button disabled={isOff} onClick={() => void copying.copy(() => api.result(id, 'markdown'))}>
        {say.copyMarkdown}
      </button>
      <fieldset class="downloads" aria-label={say.download}>
        {DOWNLOADS.map(([format, ending]) =>
          isOff ? (
            <button disabled key={ending}>
              .{ending}
            </button>
          ) : (
            <a
              key={ending}
              class="button"
              href={api.resultUrl(id, format)}
              download={downloadName(fileName, ending)}
              aria-label={`${say.download} .${ending}`}
            >
              .{ending}
            </a>
          ),
        )}
        <ZipButton id={id} fileName={fileName} isOff={isOff} copying={copying} />
      </fieldset>
      {isOff && <small>{hasEnded(state) ? say.noResult : say.notReady}</small>}
      <output class="outcome">{copying.outcome !== null && say[copying.outcome]}</output>
    </fieldset>
  )
}

function ZipButton({
  id,
  fileName,
  isOff,
  copying,
}: {
  id: string
  fileName: string
  isOff: boolean
  copying: Copying
}): JSX.Element {
  const { api } = useStore()
  const [isPacking, setPacking] = useState(false)
  const say = words.value.document
  const pack = async (): Promise<void> => {
    setPacking(true)
    try {
      const { packDocument } = await import('./download-zip.ts')
      save(await packDocument({ api, id, fileName }), downloadName(fileName, 'zip'))
    } catch {
      copying.tell('failed')
    } finally {
      setPacking(false)
    }
  }
  return (
    <button
      disabled={isOff || isPacking}
      title={say.zip}
      aria-label={`${say.download} .zip: ${say.zip}`}
      onClick={() => void pack()}
    >
      {isPacking ? say.zipping : '.zip'}
    </button>
  )
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), URL_LIFETIME_MS)
}
