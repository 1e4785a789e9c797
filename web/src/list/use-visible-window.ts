import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { RefObject } from 'preact'

import { type VisibleWindow, visibleWindow } from './visible-window.ts'

/** Follows scrolling, wherever it happens, and tells which rows of a list to draw. */
export function useVisibleWindow(
  rows: number,
): [RefObject<HTMLUListElement | null>, VisibleWindow] {
  const list = useRef<HTMLUListElement>(null)
  const measure = (before?: VisibleWindow): VisibleWindow =>
    visibleWindow(
      rows,
      {
        topPx: list.current?.getBoundingClientRect().top ?? 0,
        viewPx: innerHeight,
        rowPx: list.current?.querySelector('li')?.offsetHeight ?? 0,
      },
      before,
    )
  const [window, setWindow] = useState(() => measure())
  useLayoutEffect(() => {
    const update = (): void =>
      setWindow((before) => {
        const next = measure(before)
        return String(Object.values(next)) === String(Object.values(before)) ? before : next
      })
    update()
    addEventListener('scroll', update, { capture: true, passive: true })
    addEventListener('resize', update)
    return () => {
      removeEventListener('scroll', update, true)
      removeEventListener('resize', update)
    }
  }, [rows])
  return [list, window]
}
