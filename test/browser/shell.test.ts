import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { noBrowser } from '../support/browser.ts'
import { openDocument, pdfFile, rowOf, sendFile, waitForText } from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { assertScriptsWithin, scriptSizes, totalOf } from './support/script-sizes.ts'
import { waitForEnd } from '../support/stack-client.ts'

/** All JavaScript that a new visitor loads before he opens a document. */
const SHELL_BYTES = 15_360
/** The same with documents in the list: some 3 % above what it is, so that growth is noticed. */
const LIST_BYTES = 22_800

let product: PageStack

before(async () => {
  if (noBrowser) return
  product = await startPageStack()
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

describe('the page is small', { skip: noBrowser }, () => {
  for (const language of ['en', 'zh'] as const)
    it(`with at most ${SHELL_BYTES} B of scripts for a new visitor, in ${language}`, async (t) => {
      await using opened = await product.open({ language })
      const { page, requests } = opened
      await page.locator('label.drop').waitFor()
      await waitForText(page.locator('.service'), language === 'en' ? 'Live' : '实时')
      await page.waitForLoadState('networkidle')

      await assertScriptsWithin(t, requests, SHELL_BYTES)
      opened.assertClean()
    })

  it(`with at most ${LIST_BYTES} B for a visitor who has documents, and loads what draws them with the first one he opens`, async (t) => {
    const id = await sendFile(product.stack.url, pdfFile('one.pdf', 1))
    await waitForEnd(product.stack.url, id)
    await using opened = await product.open()
    const { page, requests } = opened
    await rowOf(page, 'one.pdf').waitFor()
    await page.waitForLoadState('networkidle')
    await assertScriptsWithin(t, requests, LIST_BYTES)
    const listed = totalOf(await scriptSizes(requests))
    const drawn = requests.filter((url) => /katex|document-view|render-markdown|\.woff2/i.test(url))
    await openDocument(page, 'one.pdf')
    await waitForText(page.locator('.preview'), 'This is what stands on page 1.')
    await page.waitForLoadState('networkidle')

    const opening = totalOf(await scriptSizes(requests))

    t.diagnostic(`with a document open: ${opening} B`)
    assert.deepEqual(drawn, [])
    assert.ok(opening > listed)
    opened.assertClean()
  })
})

describe('the page says that it could not be loaded', { skip: noBrowser }, () => {
  it('where its script is missing', async () => {
    await using opened = await product.open({
      prepare: (context) => context.route(/\/static\/shell-.*\.js$/, (route) => route.abort()),
    })

    await waitForText(opened.page.getByRole('alert'), 'The page could not be loaded. Reload it.')
  })

  it('and not where it was loaded', async () => {
    await using opened = await product.open()
    const { page } = opened
    await page.locator('label.drop').waitFor()

    const alerts = await page.locator('[role="alert"]').allTextContents()

    assert.deepEqual(alerts, [])
    opened.assertClean()
  })
})
