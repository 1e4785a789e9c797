import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'

import { noBrowser } from '../support/browser.ts'
import type { Kind } from './markdown-page/main.ts'
import {
  draw,
  type MarkdownPages,
  startMarkdownPages,
  type WatchedPage,
} from './markdown-page/start-markdown-pages.ts'
import { HTML_PAYLOADS } from './payloads/html-payloads.ts'
import { FORMULA_PAYLOADS, MARKDOWN_PAYLOADS } from './payloads/markdown-payloads.ts'
import { PARSER_PAYLOADS } from './payloads/parser-payloads.ts'

/** Every payload with each way that it can get into the page. */
const PAYLOADS: readonly (readonly [Kind, string])[] = [
  ...[...HTML_PAYLOADS, ...PARSER_PAYLOADS].flatMap((text): [Kind, string][] => [
    ['markdown', text],
    ['table', `<table><tr><td>${text}</td></tr></table>`],
  ]),
  ...MARKDOWN_PAYLOADS.map((text): [Kind, string] => ['markdown', text]),
  ...FORMULA_PAYLOADS.flatMap((text): [Kind, string][] => [
    ['formula', text],
    ['markdown', `$${text}$`],
  ]),
]

/** Longest time of a processor to draw and lay out one payload, whatever else the machine does. */
const MAX_DRAWING_SECONDS = 2

let pages: MarkdownPages

/** Tells how long the page has kept a processor busy, in seconds. */
async function startStopwatch(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const busy = metrics.find(({ name }) => name === 'TaskDuration')
    assert.ok(busy)
    return busy.value
  }
}

before(async () => {
  if (!noBrowser) pages = await startMarkdownPages()
})

after(async () => {
  if (!noBrowser) await pages[Symbol.asyncDispose]()
})

describe('hostile text of a page', { skip: noBrowser }, () => {
  it('comes in more than 200 ways', () => {
    assert.ok(new Set(PAYLOADS.map(([, text]) => text)).size > 400)
  })

  for (const policy of ['strict', 'none'] as const)
    it(`runs nothing, asks for nothing and leads nowhere with ${policy === 'strict' ? 'the' : 'no'} policy`, async () => {
      await using opened = await pages.open(policy)
      const { page, events } = opened
      const busySeconds = await startStopwatch(page)
      const found: string[] = []

      for (const [kind, text] of PAYLOADS) {
        const what = JSON.stringify(text).slice(0, 100)
        const start = await busySeconds()
        await draw(page, kind, text)
        const took = (await busySeconds()) - start
        if (took > MAX_DRAWING_SECONDS) found.push(`${what} took ${took} s`)
        found.push(...(await leftovers(page)).map((leftover) => `${what} left ${leftover}`))
        // Chromium tells what the policy would have refused in the document that DOMPurify works on.
        const happened = events.splice(0).filter((event) => !event.startsWith('console'))
        found.push(...happened.map((event) => `${what}: ${event}`))
      }

      // What a payload started late.
      await page.waitForLoadState('networkidle')
      const runs = await page.evaluate(() => window.markdownPage.runs)
      assert.deepEqual(found, [])
      assert.equal(runs, 0)
    })

  it('cannot change how the next formula is drawn', async () => {
    await using opened = await pages.open('strict')
    await draw(opened.page, 'formula', '\\gdef\\pwned{1}\\global\\let\\frac\\pwned')

    await draw(opened.page, 'formula', '\\frac{a}{b}')

    assert.equal(await opened.page.locator('.mfrac').count(), 1)
  })
})

/**
 * Pokes at the drawn payload, and tells what of it should not be there: elements and attributes that
 * do or name something.
 */
function leftovers(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    window.markdownPage.poke()
    const active =
      'script, style, iframe, object, embed, form, input, button, textarea, select, meta, link, base, ' +
      'template, video, audio, source, area, [id], [name], [srcset], [ping], [autofocus]'
    const root = document.querySelector('#root')
    const elements = [...(root?.querySelectorAll('*') ?? [])].filter(
      // KaTeX's own: it sets styles, and draws roots and braces as SVG.
      (element) => element.closest('.katex, .katex-error') === null,
    )
    return elements.flatMap((element) => {
      const found = element.matches(active) ? [element.outerHTML.slice(0, 80)] : []
      if (element.namespaceURI !== 'http://www.w3.org/1999/xhtml') found.push(element.tagName)
      for (const { name, value } of element.attributes) {
        if (/^(?:on|style$)/i.test(name)) found.push(`${name}=${value}`)
        if (name === 'href' && !/^(?:https?|mailto):/.test(value)) found.push(`href=${value}`)
        if (name === 'src' && value !== './picture.png') found.push(`src=${value}`)
      }
      return found
    })
  })
}

describe('honest text of a page', { skip: noBrowser }, () => {
  const show = async (kind: Kind, text: string): Promise<WatchedPage> => {
    const opened = await pages.open('strict')
    await draw(opened.page, kind, text)
    return opened
  }
  /** Widths of all formulas in px. */
  const widths = (page: Page): Promise<number[]> =>
    page.evaluate(async () => {
      await document.fonts.ready
      return [...document.querySelectorAll('.katex-html')].map(
        (formula) => formula.getBoundingClientRect().width,
      )
    })

  it('has its formulas, in a line and in lines of their own, drawn with their styles', async () => {
    await using opened = await show(
      'markdown',
      'a $E = mc^2$ and \\(x_1\\)\n\n$$\n\\frac{a}{b} = \\sqrt{c}\n$$\n\n\\[\n\\sum_{i=1}^n i\n\\]',
    )
    const { page, events } = opened

    const found = await widths(page)

    assert.equal(found.length, 4)
    assert.ok(
      found.every((width) => width > 10),
      String(found),
    )
    assert.equal(await page.locator('.katex-display').count(), 2)
    // A superscript stands higher, by a style that the policy has to let through.
    const bottomOf = (selector: string): Promise<number> =>
      page
        .locator(selector)
        .first()
        .evaluate((letter) => letter.getBoundingClientRect().bottom)
    const base = await bottomOf('.katex-html .mord.mathnormal')
    const raised = await bottomOf('.katex-html .msupsub .mord')
    assert.ok(raised < base, `${raised} above ${base}`)
    assert.deepEqual(events, [])
  })

  it('has tables with spans, and formulas in their cells', async () => {
    await using opened = await show(
      'table',
      '<table><thead><tr><td rowspan="2">引擎</td><td colspan="2">Error $\\alpha^2$</td></tr>' +
        '<tr><td>a</td><td>$5</td></tr></thead><tbody><tr><td>x</td><td>\\(y_1\\)</td><td>$6</td></tr></tbody></table>',
    )
    const { page } = opened

    const cells = await page.locator('td').count()

    assert.equal(cells, 7)
    assert.equal(await page.locator('td[colspan="2"]').count(), 1)
    assert.equal(await page.locator('td .katex').count(), 2)
    assert.deepEqual(await page.locator('tbody td:last-child').allTextContents(), ['$6'])
  })

  it('has Markdown tables with formulas and aligned cells', async () => {
    await using opened = await show('markdown', '|a|b|\n|-|-:|\n|$x$|$5 and $6|')
    const { page } = opened

    assert.equal(await page.locator('td .katex').count(), 1)
    assert.equal(await page.locator('td[align="right"]').textContent(), '$5 and $6')
  })

  it('keeps prices, code, lists, emphasis and Chinese as they are', async () => {
    await using opened = await show(
      'markdown',
      '价格 $5 和 $6。**粗体** `a < b`\n\n1. 一\n2. 二\n\n```\n$x$\n```',
    )
    const { page } = opened

    assert.equal(await page.locator('p').textContent(), '价格 $5 和 $6。粗体 a < b')
    assert.deepEqual(await page.locator('ol > li').allTextContents(), ['一', '二'])
    assert.equal(await page.locator('pre code').textContent(), '$x$\n')
    assert.equal(await page.locator('strong').textContent(), '粗体')
    assert.equal(await page.locator('.katex').count(), 0)
  })

  it('links to web pages in a tab that knows nothing of this one', async () => {
    await using opened = await show('markdown', '[a](https://example.org/x)')

    const link = opened.page.locator('a')

    assert.equal(await link.getAttribute('href'), 'https://example.org/x')
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer')
    assert.equal(await link.getAttribute('target'), '_blank')
  })

  it('shows the pictures of the document, and of others what is said about them', async () => {
    await using opened = await show(
      'markdown',
      '![one](images/1_1.png)\n\n![two](https://outside.example/2.png)',
    )
    const { page } = opened

    assert.equal(await page.locator('img').getAttribute('src'), './picture.png')
    assert.equal(await page.locator('p').last().textContent(), 'two')
  })

  for (const [reason, latex] of [
    ['is far too long', 'x'.repeat(10_001)],
    ['is broken', '\\frac{a'],
  ] as const)
    it(`shows a formula that ${reason} as its LaTeX`, async () => {
      await using opened = await show('formula', latex)

      assert.equal(await opened.page.locator('.latex').textContent(), latex)
      assert.deepEqual(opened.events, [])
    })

  it('draws the rest of a formula with a command that it does not know', async () => {
    await using opened = await show('formula', '\\frac{a}{b} \\unheard')
    const { page, events } = opened

    assert.equal(await page.locator('.mfrac').count(), 1)
    assert.match((await page.locator('.katex-html').textContent()) ?? '', /\\unheard/)
    assert.deepEqual(events, [])
  })
})
