import { batch, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { hasEnded } from '../../../src/contract/document-status.ts'
import type { DocumentView } from '../model.ts'

/** What a table shows. */
export type TableState = {
  readonly documents: Signal<ReadonlyMap<string, DocumentView>>
  readonly missing: Signal<ReadonlySet<string>>
  readonly order: Signal<readonly string[]>
  readonly filter: ReadonlySignal<string | null>
}

/** The documents that are known, and which of them are listed. */
export type DocumentTable = {
  readonly documents: ReadonlySignal<ReadonlyMap<string, DocumentView>>
  /** Notes what was told of documents, unless more is known of them already. */
  readonly put: (documents: readonly DocumentView[]) => void
  /** Notes a document as it is, whatever was known, even that it does not exist. */
  readonly replace: (document: DocumentView) => void
  readonly list: (ids: readonly string[]) => void
  readonly remove: (id: string) => void
  /** Orders them no more. */
  readonly close: () => void
}

/** What is known of a document that is told of once more. */
export type Merge = (known: DocumentView, told: DocumentView) => DocumentView

/** A table of documents. @param merge Asked about documents that have not ended */
export function createDocumentTable(
  { documents, missing, order, filter }: TableState,
  merge: Merge,
): DocumentTable {
  const listed = signal<ReadonlySet<string>>(new Set())

  const close = effect(() => {
    const next = [...listed.value]
      .flatMap((id) => documents.value.get(id) ?? [])
      .filter(({ state }) => isShown(state, filter.value))
      .sort((a, b) => b.createdAtMs - a.createdAtMs)
      .map(({ id }) => id)
    // The same order is no change, or the whole list is drawn with each page that was read.
    if (next.join() !== order.peek().join()) order.value = next
  })
  const put: DocumentTable['put'] = (told) => {
    const next = new Map(documents.value)
    let isChanged = false
    for (const document of told) {
      const known = next.get(document.id)
      // Lists name deleted documents for a while, and an end is final.
      if (missing.value.has(document.id) || (known && hasEnded(known.state))) continue
      const merged = known ? merge(known, document) : document
      if (JSON.stringify(merged) === JSON.stringify(known)) continue
      next.set(document.id, merged)
      isChanged = true
    }
    if (isChanged) documents.value = next
  }
  /** @param document `null`: there is none */
  const set = (id: string, document: DocumentView | null): void =>
    batch(() => {
      const next = new Map(documents.value)
      const gone = new Set(missing.value)
      if (document) next.set(id, document)
      else next.delete(id)
      if (document) gone.delete(id)
      else gone.add(id)
      documents.value = next
      missing.value = gone
    })
  return {
    documents,
    put,
    replace: (document) => set(document.id, document),
    list(ids) {
      if (ids.some((id) => !listed.value.has(id))) listed.value = new Set([...listed.value, ...ids])
    },
    remove: (id) => set(id, null),
    close,
  }
}

function isShown(state: DocumentView['state'], filter: string | null): boolean {
  return filter === null || state === filter || (filter === 'processing' && !hasEnded(state))
}
