import '../styles/document.css'

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { hasEnded } from '../../../src/contract/document-status.ts'
import type { DocumentView as DocumentData } from '../model.ts'
import { openRoute } from '../state/open-route.ts'
import { useStore } from '../state/store-context.ts'
import { DocumentHead } from './document-head.tsx'
import { pageAfter } from './keyboard.ts'
import { PageStrip } from './page-strip.tsx'
import { pageNumbers, pageStateOf, pageVersion } from './page-state.ts'
import { PageWorkspace } from './page-workspace.tsx'
import { returnFocus } from './return-focus.ts'
import { words } from './texts/words.ts'
import { useCopying } from './use-copying.ts'
import { useDocumentKeys } from './use-document-keys.ts'
import { usePage } from './use-page.ts'

/** An open document, followed while it is open: what became of it, its pages, and one of them. */
export function DocumentView(props: { documentId: string; page: number }): JSX.Element {
  return <OpenDocument key={props.documentId} {...props} />
}

function OpenDocument({ documentId, page }: { documentId: string; page: number }): JSX.Element {
  const { documents, missing, watch } = useStore()
  const found = useComputed(() => documents.value.get(documentId)).value
  const isMissing = useComputed(() => missing.value.has(documentId)).value
  useEffect(() => watch(documentId), [documentId, watch])
  useEffect(() => () => returnFocus(documentId), [documentId])
  const { document: say, explanations } = words.value
  if (found) return <LoadedDocument document={found} page={page} />
  if (!isMissing) return <p class="hint loading">{say.loading}</p>
  return (
    <div class="document">
      <div class="card bad" role="alert">
        <strong>{say.missing}</strong>
        <p>{explanations.failures.DOCUMENT_NOT_FOUND.remedy}</p>
      </div>
    </div>
  )
}

function LoadedDocument({ document, page }: { document: DocumentData; page: number }): JSX.Element {
  const { api } = useStore()
  const root = useRef<HTMLElement>(null)
  const copying = useCopying()
  const pages = pageNumbers(document)
  const state = pageStateOf(document, page)
  const version = pageVersion(state, document.pages.done)
  const [load, reload] = usePage({ api, id: document.id, page, version })

  const open = (next: number): void => {
    if (next !== page) openRoute({ documentId: document.id, page: next })
  }
  useDocumentKeys(root, (command) => {
    if (command === 'close') openRoute(null)
    else if (command !== 'copy') open(pageAfter(pages, page, command))
    else if (load.kind === 'loaded') void copying.copy(() => Promise.resolve(load.page.text))
  })
  return (
    <article class="document" ref={root}>
      <DocumentHead document={document} copying={copying} />
      {pages.length > 0 && (
        <PageStrip document={document} pages={pages} page={page} onOpen={open} />
      )}
      {pages.length > 0 && (
        <PageWorkspace
          key={page}
          document={document}
          page={page}
          state={state}
          load={load}
          onReload={reload}
          copying={copying}
        />
      )}
      {pages.length === 0 && !hasEnded(document.state) && (
        <p class="card">{words.value.document.opening}</p>
      )}
    </article>
  )
}
