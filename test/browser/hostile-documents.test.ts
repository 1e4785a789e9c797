import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { noBrowser } from '../support/browser.ts'
import { documentPath, pdfFile, rowOf, sendFile, waitForText } from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { waitForEnd } from '../support/stack-client.ts'
import { HTML_PAYLOADS } from './payloads/html-payloads.ts'
import { FORMULA_PAYLOADS, MARKDOWN_PAYLOADS } from './payloads/markdown-payloads.ts'
import { PARSER_PAYLOADS } from './payloads/parser-payloads.ts'

/** Longer ones are cut, as `markdown.test.ts` shows, and the rest of their page with them. */
const MAX_LENGTH = 1_000

/** Five of each kind, spread over all that there are; the renderer alone is tested with every one. */
const PAYLOADS = [HTML_PAYLOADS, PARSER_PAYLOADS, MARKDOWN_PAYLOADS, FORMULA_PAYLOADS].flatMap(
  (all) => {
    const short = all.filter((text) => text.length <= MAX_LENGTH)
    return short.filter((_, place) => place % Math.ceil(short.length / 5) === 0)
  },
)

const FILE_NAMES = [
  '<img src=x onerror=pwn()>.pdf',
  '"><script>pwn()<\u2044script>.pdf',
  '${pwn()} {{pwn()}}.pdf',
  "'onmouseover='pwn().pdf",
]

let product: PageStack

before(async () => {
  if (noBrowser) return
  product = await startPageStack()
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

/** Counts the scripts that ran, by the one function that all payloads call. */
async function openHostile(path: string) {
  const runs: string[] = []
  const opened = await product.open(
    { prepare: (context) => context.exposeFunction('pwn', () => runs.push('pwn')) },
    path,
  )
  return {
    ...opened,
    assertHarmless() {
      assert.deepEqual(runs, [])
      assert.deepEqual(
        opened.requests.filter((url) => url.includes('/outside')),
        [],
      )
      assert.equal(new URL(opened.page.url()).pathname, '/')
      // Chromium tells what the policy would have refused in the document that DOMPurify works on.
      const faults = opened.faults.filter((fault) => !/\bpolicy\b/i.test(fault))
      assert.deepEqual(faults, [])
    },
  }
}

/** Elements that sanitized text cannot have, and such attributes. KaTeX sets styles of its own. */
function listActiveElements(): string[] {
  const inside = document.body.querySelectorAll('.preview *')
  return [...inside]
    .filter(
      (element) =>
        element.matches('script, style, iframe, object, embed, form, input, base, meta, link') ||
        element.getAttributeNames().some((name) => name.startsWith('on')) ||
        (element.hasAttribute('style') && element.closest('.katex') === null),
    )
    .map((element) => element.outerHTML.slice(0, 200))
}

describe('a hostile document', { skip: noBrowser }, () => {
  it(`runs nothing with ${PAYLOADS.length} payloads in its text`, async () => {
    const blocks = PAYLOADS.map((text, place) => [
      place + 1,
      [
        { category: 'text', text },
        { category: 'title', text },
        { category: 'formula', text },
        { category: 'table', text: `<table><tr><td>${text}</td></tr></table>` },
        { category: 'text', text: 'The end of the page.' },
      ] as const,
    ])
    await product.script({ blocks: Object.fromEntries(blocks), markup: 'markdown' })
    const id = await sendFile(product.stack.url, pdfFile('hostile.pdf', PAYLOADS.length))
    await waitForEnd(product.stack.url, id)
    await using opened = await openHostile(documentPath(id))
    const { page } = opened

    const found: string[] = []
    for (const place of PAYLOADS.keys()) {
      await page.goto(product.stack.url + documentPath(id, place + 1))
      await page.getByRole('region', { name: `Page ${place + 1}`, exact: true }).waitFor()
      await page.getByRole('tab', { name: 'Preview' }).click()
      // Drawn as Markdown, not as its source.
      await waitForText(page.locator('.preview [data-block="4"] p'), 'The end of the page.')
      found.push(...(await page.evaluate(listActiveElements)))
      await page.locator('.boxes [data-block="0"]').hover()
      await page.getByRole('tab', { name: 'Markdown' }).click()
      await page.getByRole('tab', { name: 'JSON' }).click()
    }

    assert.deepEqual(found, [])
    opened.assertHarmless()
  })

  it('runs nothing with plain text that looks like markup', async () => {
    const blocks = { 1: PAYLOADS.map((text) => ({ category: 'text', text }) as const) }
    await product.script({ blocks })
    const id = await sendFile(product.stack.url, pdfFile('plain.pdf', 1))
    await waitForEnd(product.stack.url, id)
    await using opened = await openHostile(documentPath(id))
    const { page } = opened

    await page.locator(`.preview [data-block="${PAYLOADS.length - 1}"]`).waitFor()

    const shown = await page.locator('.preview .block').allTextContents()
    assert.deepEqual(
      shown.map((text) => text.trim()),
      PAYLOADS.map((text) => text.replaceAll('\u0000', '').trim()),
    )
    opened.assertHarmless()
  })

  it('runs nothing with markup in its name, which is shown as it is', async () => {
    await product.script({})
    for (const name of FILE_NAMES) {
      const id = await sendFile(product.stack.url, pdfFile(name, 1))
      await waitForEnd(product.stack.url, id)
    }
    await using opened = await openHostile('/')
    const { page } = opened

    for (const name of FILE_NAMES) {
      await rowOf(page, name).getByRole('link').click()
      await waitForText(page.locator('article h2'), name)
      await page.waitForFunction((start) => document.title.startsWith(start), name)
    }

    opened.assertHarmless()
  })
})
