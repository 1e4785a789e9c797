import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong on a page as it is now: rules with the elements that break them. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // Through the debugger, which the policy of the page does not bind.
  await page.evaluate(await source)
  // What `axe.run` resolves with.
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeResults
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`),
  )
}

/** How far the page can be scrolled sideways, in px. */
export function sidewaysPx(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
}

/**
 * What can be operated but is not reached by the Tab key from the top of the page, or does not look
 * any different when it is. Of a group that the arrow keys move in, one element has to be reached.
 */
export async function unreachableElements(page: Page): Promise<readonly string[]> {
  const expected = await page.evaluate(noteTabStops)
  const faults = new Map(expected.entries())
  // Twice over: the first press may begin in the middle.
  for (let press = 0; press < 2 * expected.length + 2 && faults.size > 0; press += 1) {
    await page.keyboard.press('Tab')
    const { place, look } = await page.evaluate(focusedTabStop)
    if (expected[place]?.look !== look) faults.delete(place)
  }
  return [...faults.values()].map(({ html }) => html)
}

/** An element that the Tab key stops at, with what shows the focus there. */
type TabStop = { readonly html: string; readonly look: string }

// Both run in the browser, so neither can use what stands outside.
function noteTabStops(): TabStop[] {
  // The focus goes to the top of the page.
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  scrollTo(0, 0)
  const lookOf = (element: Element): string =>
    [element, element.closest('label'), element.firstElementChild]
      .flatMap((part) =>
        part === null ? [] : [getComputedStyle(part), getComputedStyle(part, '::after')],
      )
      .map(({ outline, fill, strokeWidth }) => `${outline} ${fill} ${strokeWidth}`)
      .join()
  Object.assign(window, { lookOf })
  const all = document.querySelectorAll<HTMLElement | SVGElement>(
    'a[href], button:not(:disabled), input, select, textarea, [tabindex="0"]',
  )
  return [...all]
    .filter((element) => element.tabIndex >= 0 && element.checkVisibility())
    .map((element, place) => {
      element.setAttribute('data-tab-place', String(place))
      return { html: element.outerHTML.slice(0, 120), look: lookOf(element) }
    })
}

function focusedTabStop(): { readonly place: number; readonly look: string } {
  const element = document.activeElement ?? document.body
  const place = Number(element.getAttribute('data-tab-place') ?? -1)
  // Laid there by `noteTabStops`.
  const { lookOf } = window as unknown as { lookOf: (element: Element) => string }
  return { place, look: lookOf(element) }
}
