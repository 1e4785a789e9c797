import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { commandOf, type KeyCommand } from './keyboard.ts'

const TYPING = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]'

const SCROLLABLE = /^(?:auto|scroll)$/

/** Runs key commands while the document, or nothing at all, has the focus. */
export function useDocumentKeys(
  root: RefObject<HTMLElement | null>,
  run: (command: KeyCommand) => void,
): void {
  const latest = useRef(run)
  latest.current = run
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : document.body
      const command = commandOf({
        key: event.key,
        hasModifier: event.ctrlKey || event.altKey || event.metaKey || event.shiftKey,
        isTaken:
          event.defaultPrevented ||
          (target !== document.body && root.current?.contains(target) !== true),
        isTyping: target.closest(TYPING) !== null,
        scrolls: scrollsOf(target, root.current),
      })
      if (command === null) return
      event.preventDefault()
      latest.current(command)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [root])
}

/** Which way an element, or what it stands in within the document, can be scrolled. */
function scrollsOf(target: Element, root: Element | null): { x: boolean; y: boolean } {
  const scrolls = { x: false, y: false }
  for (let one: Element | null = target; one !== null && one !== root; one = one.parentElement) {
    if (one === document.body) break
    const { overflowX, overflowY } = getComputedStyle(one)
    scrolls.x ||= SCROLLABLE.test(overflowX) && one.scrollWidth > one.clientWidth
    scrolls.y ||= SCROLLABLE.test(overflowY) && one.scrollHeight > one.clientHeight
  }
  return scrolls
}
