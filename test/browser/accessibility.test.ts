import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'

import { noBrowser, type OpenPage, type Visitor } from '../support/browser.ts'
import {
  accessibilityFaults,
  sidewaysPx,
  unreachableElements,
} from './support/check-accessibility.ts'
import { documentPath, pdfFile, rowOf, sendFile } from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { nameOfVisitor, VISITORS } from './support/visitors.ts'
import { waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

let product: PageStack

before(async () => {
  if (noBrowser) return
  product = await startPageStack()
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

/** For pages that look at the state of things in words of both languages. */
const READY = /^(?:Live|实时)$/

async function openFor(visitor: Visitor, path = '/'): Promise<OpenPage> {
  const opened = await product.open(visitor, path)
  await opened.page.locator('.service').filter({ hasText: READY }).waitFor()
  return opened
}

async function assertUsable(page: Page, what: string): Promise<void> {
  assert.deepEqual(await accessibilityFaults(page), [], what)
  assert.equal(await sidewaysPx(page), 0, `${what} scrolls sideways`)
}

describe('the page before the first document', { skip: noBrowser }, () => {
  for (const visitor of VISITORS)
    it(`has nothing that axe finds wrong: ${nameOfVisitor(visitor)}`, async () => {
      await using opened = await openFor(visitor)
      const { page } = opened
      await page.locator('.upload.large').waitFor()

      await assertUsable(page, 'empty list')
      await page.locator('.more-ways > button[aria-expanded]').click()
      await page.locator('.options select').waitFor()
      await assertUsable(page, 'options')

      opened.assertClean()
    })

  it('remembers language and theme', async () => {
    await using opened = await openFor({ language: 'en', theme: 'light' })
    const { page } = opened
    const colour = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await colour()

    await page.getByRole('button', { name: '中文' }).click()
    await page.getByRole('button', { name: '主题：跟随系统' }).click()
    await page.getByRole('button', { name: '主题：浅色' }).click()
    await page.getByRole('button', { name: '主题：深色' }).waitFor()
    const dark = await colour()
    await page.reload()
    await page.getByRole('button', { name: '主题：深色' }).waitFor()

    assert.notEqual(dark, light)
    assert.equal(await colour(), dark)
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN')
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en')
    opened.assertClean()
  })
})

describe('the page with documents in every state', { skip: noBrowser }, () => {
  /** Of a document with pages that were read, that failed, and that may lack something. */
  let mixedId: string
  /** Of one whose pages are read for as long as the tests run. */
  let runningId: string

  before(async () => {
    if (noBrowser) return
    const { url } = product.stack
    const send = (name: string, pageCount: number) => sendFile(url, pdfFile(name, pageCount))
    await product.script({
      failures: { 2: 'TOO_COMPLEX' },
      warnings: { 3: ['TEXT_ILLEGIBLE'] },
      blocks: {
        1: [
          { category: 'title', text: 'Annual report' },
          { category: 'text', text: 'Sales grew, see $a^2$ and [the web](https://example.com).' },
          {
            category: 'table',
            text: '<table><tr><th>Year</th><th>Sum</th></tr><tr><td>2026</td><td>42</td></tr></table>',
          },
          { category: 'formula', text: '\\frac{1}{2}' },
          { category: 'picture', text: '' },
        ],
      },
      markup: 'markdown',
    })
    mixedId = await send('mixed.pdf', 3)
    await waitForEnd(url, mixedId)
    const damaged = { ...pdfFile('damaged.pdf', 1), buffer: Buffer.from('%PDF-1.7 damaged') }
    await waitForEnd(url, await sendFile(url, damaged))
    await product.script({ heldFrom: 2, failures: { 1: 'ENGINE_TIMED_OUT' } })
    const cancelled = await send('cancelled.pdf', 3)
    await fetch(`${url}/v1/documents/${cancelled}/cancel`, { method: 'POST' })
    await waitForEnd(url, cancelled)
    runningId = await send('running.pdf', 3)
    await until(
      async () => {
        const answer = await fetch(`${url}/v1/documents/${runningId}`)
        return (await answer.text()).includes('ENGINE_TIMED_OUT')
      },
      'a page is tried again',
      60_000,
    )
  })

  for (const visitor of VISITORS)
    it(`has nothing that axe finds wrong: ${nameOfVisitor(visitor)}`, async () => {
      await using opened = await openFor(visitor)
      const { page } = opened
      for (const name of ['mixed.pdf', 'damaged.pdf', 'cancelled.pdf', 'running.pdf'])
        await rowOf(page, name).waitFor()

      await assertUsable(page, 'list')
      await rowOf(page, 'mixed.pdf').locator('button.remove').click()
      await rowOf(page, 'mixed.pdf').locator('.asking').waitFor()
      await assertUsable(page, 'question before a document is deleted')

      opened.assertClean()
    })

  for (const visitor of VISITORS)
    it(`shows documents with nothing that axe finds wrong: ${nameOfVisitor(visitor)}`, async () => {
      await using opened = await openFor(visitor, documentPath(mixedId))
      const { page } = opened
      const goTo = (path: string) => page.goto(product.stack.url + path)

      await page.locator('.preview .katex').first().waitFor()
      await assertUsable(page, 'page that was read')
      await page.getByRole('tab').nth(1).click()
      await assertUsable(page, 'page as Markdown')
      await goTo(documentPath(mixedId, 2))
      await page.locator('.page .card.bad').waitFor()
      await assertUsable(page, 'page that failed')
      await goTo(documentPath(mixedId, 3))
      await page.locator('.page .card.warn').waitFor()
      await assertUsable(page, 'page that may lack something')
      await goTo(documentPath(runningId, 2))
      await page.locator('.card.reading-now').waitFor()
      await assertUsable(page, 'page that is being read')

      opened.assertClean()
    })

  for (const width of [1280, 360])
    it(`is operated by the Tab key, which shows where it is, at ${width} px`, async () => {
      await using opened = await openFor({ width }, documentPath(mixedId))
      const { page } = opened
      await page.locator('.preview .katex').first().waitFor()

      assert.deepEqual(await unreachableElements(page), [])
      opened.assertClean()
    })
})
