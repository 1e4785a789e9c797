/** What a key does to the open document. */
export type KeyCommand = 'previous' | 'next' | 'first' | 'last' | 'copy' | 'close'

/** What of a key event matters. */
export type KeyPress = {
  readonly key: string
  readonly hasModifier: boolean
  /** Something else has dealt with it. */
  readonly isTaken: boolean
  readonly isTyping: boolean
  /** What has the focus can be scrolled by keys itself, along a line or down. */
  readonly scrolls: { readonly x: boolean; readonly y: boolean }
}

const COMMANDS: Readonly<Record<string, KeyCommand>> = {
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  Home: 'first',
  End: 'last',
  c: 'copy',
  Escape: 'close',
}

const SCROLLS: Readonly<Record<string, 'x' | 'y'>> = {
  ArrowLeft: 'x',
  ArrowRight: 'x',
  Home: 'y',
  End: 'y',
}

/**
 * The command of a key; `null` for none, while somebody types or scrolls, or with Ctrl, Alt or Meta.
 */
export function commandOf(press: KeyPress): KeyCommand | null {
  const { key, hasModifier, isTaken, isTyping, scrolls } = press
  const axis = Object.hasOwn(SCROLLS, key) ? SCROLLS[key] : undefined
  if (axis !== undefined && scrolls[axis]) return null
  if (hasModifier || isTaken || isTyping || !Object.hasOwn(COMMANDS, key)) return null
  return COMMANDS[key] ?? null
}

/** The page that a command leads to; the same where there is none further. */
export function pageAfter(
  pages: readonly number[],
  page: number,
  command: 'previous' | 'next' | 'first' | 'last',
): number {
  if (command === 'first') return pages[0] ?? page
  if (command === 'last') return pages.at(-1) ?? page
  if (command === 'next') return pages.find((candidate) => candidate > page) ?? page
  return pages.findLast((candidate) => candidate < page) ?? page
}
