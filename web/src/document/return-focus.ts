import { route } from '../state/route.ts'

/** Leads the focus back to where a document was opened from, once it is closed and the list is shown. */
export function returnFocus(documentId: string): void {
  requestAnimationFrame(() => {
    if (route.peek() !== null) return
    const row = document.querySelector<HTMLElement>(
      `ul.documents a[href^="#/d/${CSS.escape(documentId)}/"]`,
    )
    const filter = document.querySelector<HTMLElement>('.filters [aria-pressed=true]')
    if (document.activeElement === document.body) (row ?? filter)?.focus()
    // The list has not looked where it stands while it was hidden.
    dispatchEvent(new Event('resize'))
  })
}
