/** Where the focus goes when the row that has it is about to go; `null`: it has not got it. */
export function nextFocus(row: Element, isListGoing: boolean): HTMLElement | null {
  if (!row.contains(document.activeElement)) return null
  const neighbour = row.nextElementSibling ?? row.previousElementSibling
  if (neighbour) return neighbour.querySelector('a')
  return document.querySelector(isListGoing ? '.drop input' : '.filters [aria-pressed=true]')
}
