import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

import { shownTab } from './shown-tab.ts'

/**
 * Ties what stands for the same block of a page together, its box on the image and its text: the
 * elements with the same `data-block`. What is pointed at or focused in one is marked in the other,
 * and a click brings the other into view.
 */
export function useBlockLinks(page: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = page.current
    if (root === null) return undefined
    let marked: string | null = null
    const mark = (block: string | null): void => {
      marked = block
      for (const element of root.querySelectorAll('[data-active]'))
        element.removeAttribute('data-active')
      if (block === null) return
      for (const element of elementsOf(root, block)) element.setAttribute('data-active', '')
    }
    const point = ({ target }: Event): void => {
      const block = blockOf(target)
      if (block !== marked) mark(block)
    }
    const follow = ({ target }: Event): void => {
      const block = blockOf(target)
      if (block === null) return
      const isBox = isInBoxes(target)
      if (isBox) {
        shownTab.value = 'preview'
        // So that the arrow keys go on from here; browsers do not do it for SVG by themselves.
        const box = target instanceof Element ? target.closest<SVGElement>('[data-block]') : null
        box?.focus({ preventScroll: true })
      }
      // Once the tab is drawn, which may have been another one.
      requestAnimationFrame(() => {
        for (const element of elementsOf(root, block))
          if (isInBoxes(element) !== isBox) bringIntoView(element)
        mark(block)
      })
    }
    const leave = (): void => mark(null)
    root.addEventListener('mouseover', point)
    root.addEventListener('mouseleave', leave)
    root.addEventListener('focusin', point)
    root.addEventListener('click', follow)
    return () => {
      root.removeEventListener('mouseover', point)
      root.removeEventListener('mouseleave', leave)
      root.removeEventListener('focusin', point)
      root.removeEventListener('click', follow)
    }
  }, [page])
}

// Not by being SVG: formulas draw their roots with it.
function isInBoxes(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('svg.boxes') !== null
}

function blockOf(target: EventTarget | null): string | null {
  const element = target instanceof Element ? target.closest('[data-block]') : null
  return element?.getAttribute('data-block') ?? null
}

function elementsOf(root: Element, block: string): Iterable<Element> {
  return root.querySelectorAll(`[data-block="${CSS.escape(block)}"]`)
}

function bringIntoView(element: Element): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  element.scrollIntoView({ block: 'nearest', behavior: isCalm ? 'auto' : 'smooth' })
}
