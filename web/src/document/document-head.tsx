import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { hasEnded } from '../../../src/contract/document-status.ts'
import { explain } from '../failures/explanation.ts'
import { formatBytes } from '../i18n/language.ts'
import { PageBar } from '../list/page-bar.tsx'
import { pagesText } from '../list/pages-text.ts'
import { RunTime } from '../list/run-time.tsx'
import { listTexts } from '../list/texts.ts'
import type { DocumentView } from '../model.ts'
import { openRoute } from '../state/open-route.ts'
import { useStore } from '../state/store-context.ts'
import { DocumentToolbar } from './document-toolbar.tsx'
import { words } from './texts/words.ts'
import type { Copying } from './use-copying.ts'

/** What one wants to know of a document first: its name, how it stands, and what can be had of it. */
export function DocumentHead({
  document,
  copying,
}: {
  document: DocumentView
  copying: Copying
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null)
  // Whoever opens a document wants to be read what it is.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const { state, engine, fileName, sizeBytes, runUrl } = document
  const say = words.value.document
  // The card below tells the failure, with what to do.
  const summary = pagesText({ ...document, failure: null })
  return (
    <header class="document-head">
      <div class="document-title">
        <h2 ref={heading} tabIndex={-1} title={fileName}>
          {fileName || say.unnamed}
        </h2>
        <HeadActions document={document} />
      </div>
      <p class="document-facts">
        <span class={`state ${state}`}>{listTexts.value.state[state]}</span>
        <span>{engine}</span>
        {sizeBytes !== null && <span>{formatBytes(sizeBytes)}</span>}
        {summary !== '' && <span>{summary}</span>}
        <RunTime document={document} />
        {runUrl !== null && (
          <a href={runUrl} target="_blank" rel="noopener noreferrer">
            {say.run}
          </a>
        )}
      </p>
      {!hasEnded(state) && (
        <PageBar document={document} label={summary || listTexts.value.state[state]} />
      )}
      <DocumentNotice document={document} />
      <DocumentToolbar document={document} copying={copying} />
    </header>
  )
}

function HeadActions({ document: { id, state } }: { document: DocumentView }): JSX.Element | null {
  const { api, cancel } = useStore()
  if (!hasEnded(state))
    return state === 'cancelling' ? null : (
      <button onClick={() => void cancel(id)}>{listTexts.value.cancel}</button>
    )
  return api.can.runAgain ? <RunAgain id={id} page={1} /> : null
}

/** Reads the same file again, and opens the new document. */
export function RunAgain({ id, page }: { id: string; page: number }): JSX.Element {
  const { runAgain } = useStore()
  const run = async (): Promise<void> => {
    const documentId = await runAgain(id)
    if (documentId !== null) openRoute({ documentId, page })
  }
  return <button onClick={() => void run()}>{listTexts.value.runAgain}</button>
}

function DocumentNotice({ document }: { document: DocumentView }): JSX.Element | null {
  const { failure, queuedReason, state } = document
  const { document: say, explanations } = words.value
  if (failure) {
    const { what, remedy } = explain(explanations.failures, failure.code, failure.title)
    return (
      <div class={`card ${state === 'cancelled' ? '' : 'bad'}`}>
        <strong>{what}</strong>
        {remedy !== null && <p>{remedy}</p>}
        <small>
          {say.code} <code>{failure.code}</code>
        </small>
      </div>
    )
  }
  // Of missing workers the banner of the page tells.
  // Of these the top of the page tells.
  if (queuedReason === null || queuedReason === 'NO_WORKER' || queuedReason === 'STORAGE_FULL')
    return null
  return <p class="card warn">{say.queued(queuedReason)}</p>
}
