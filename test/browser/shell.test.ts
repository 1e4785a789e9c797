import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'

import { noBrowser } from '../support/browser.ts'
import { openDocument, pdfFile, rowOf, sendFile, waitForText } from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { waitForEnd } from '../support/stack-client.ts'

/** All JavaScript that a new visitor loads before he opens a document. */
const SHELL_BYTES = 15_360

let product: PageStack

before(async () => {
  if (noBrowser) return
  product = await startPageStack()
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

/** Size of the scripts among what was requested, gzipped as far as gzip goes. */
async function scriptSizes(requests: readonly string[]): Promise<readonly [string, number][]> {
  const scripts = [...new Set(requests)].filter((url) => new URL(url).pathname.endsWith('.js'))
  return Promise.all(
    scripts.map(async (url): Promise<[string, number]> => {
      const bytes = await (await fetch(url)).bytes()
      return [new URL(url).pathname.replace('/static/', ''), gzipSync(bytes, { level: 9 }).length]
    }),
  )
}

const sum = (sizes: readonly [string, number][]): number =>
  sizes.reduce((total, [, size]) => total + size, 0)

const list = (sizes: readonly [string, number][]): string =>
  `${sum(sizes)} B in ${sizes.map(([name, size]) => `${name} ${size}`).join(', ')}`

describe('the page is small', { skip: noBrowser }, () => {
  for (const language of ['en', 'zh'] as const)
    it(`with at most ${SHELL_BYTES} B of scripts for a new visitor, in ${language}`, async (t) => {
      await using opened = await product.open({ language })
      const { page, requests } = opened
      await page.locator('label.drop').waitFor()
      await waitForText(page.locator('.service'), language === 'en' ? 'Live' : '实时')
      await page.waitForLoadState('networkidle')

      const sizes = await scriptSizes(requests)

      t.diagnostic(`empty list, ${language}: ${list(sizes)}`)
      assert.ok(sizes.length > 1)
      assert.ok(sum(sizes) <= SHELL_BYTES, list(sizes))
      opened.assertClean()
    })

  it('for a visitor who has documents, and loads what draws them with the first one he opens', async (t) => {
    const id = await sendFile(product.stack.url, pdfFile('one.pdf', 1))
    await waitForEnd(product.stack.url, id)
    await using opened = await product.open()
    const { page, requests } = opened
    await rowOf(page, 'one.pdf').waitFor()
    await page.waitForLoadState('networkidle')
    const listed = await scriptSizes(requests)
    const drawn = requests.filter((url) => /katex|document-view|render-markdown|\.woff2/i.test(url))
    await openDocument(page, 'one.pdf')
    await waitForText(page.locator('.preview'), 'This is what stands on page 1.')
    await page.waitForLoadState('networkidle')

    const opening = await scriptSizes(requests)

    t.diagnostic(`with documents in the list: ${list(listed)}`)
    t.diagnostic(`with a document open: ${sum(opening)} B`)
    assert.deepEqual(drawn, [])
    assert.ok(sum(opening) > sum(listed))
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
