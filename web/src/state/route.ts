import { signal, type ReadonlySignal } from '@preact/signals'

/** What is open. */
export type Route = {
  readonly documentId: string
  /** From 1. */
  readonly page: number
}

const current = signal<Route | null>(null)

/** The open document and page, as the address says; `null`: none. */
export const route: ReadonlySignal<Route | null> = current

/** Reads a fragment such as `#/d/<id>/p/3`; `null` when it names no page of a document. */
export function parseRoute(hash: string): Route | null {
  const [, id = '', page = '1'] = /^#\/d\/([\w-]{1,100})(?:\/p\/([1-9]\d{0,5}))?$/.exec(hash) ?? []
  return id === '' ? null : { documentId: id, page: Number(page) }
}

/** Follows the address of the window. */
export function followAddress(): void {
  const read = (): void => {
    current.value = parseRoute(location.hash)
  }
  addEventListener('popstate', read)
  addEventListener('hashchange', read)
  read()
}
