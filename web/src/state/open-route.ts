import { type Route, route } from './route.ts'

/** Address of a page of a document, for links. */
export function hrefOf(documentId: string, page = 1): string {
  return `#/d/${encodeURIComponent(documentId)}/p/${page}`
}

/** Opens a page of a document, or closes what is open; the address of a next page replaces the last. */
export function openRoute(next: Route | null): void {
  const isSameDocument = next !== null && next.documentId === route.value?.documentId
  const url =
    next === null ? location.pathname + location.search : hrefOf(next.documentId, next.page)
  if (isSameDocument) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  // Written addresses tell nobody.
  dispatchEvent(new PopStateEvent('popstate'))
}
