import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'

import { noBrowser } from '../support/browser.ts'
import {
  documentPath,
  openDocument,
  pdfFile,
  rowOf,
  sendFile,
  stateOf,
  waitForText,
} from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { waitForEnd } from '../support/stack-client.ts'

let product: PageStack

before(async () => {
  if (noBrowser) return
  product = await startPageStack()
})

beforeEach(() => product.script({}))

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

/** Sends a document and waits until it has ended. */
async function sendAndRead(name: string, pageCount: number): Promise<string> {
  const id = await sendFile(product.stack.url, pdfFile(name, pageCount))
  await waitForEnd(product.stack.url, id)
  return id
}

describe('a document of the list', { skip: noBrowser }, () => {
  it('is cancelled', async () => {
    await product.script({ heldFrom: 2 })
    await sendFile(product.stack.url, pdfFile('unwanted.pdf', 3))
    await using opened = await product.open()
    const { page } = opened
    await waitForText(rowOf(page, 'unwanted.pdf'), '1 of 3')

    await page.getByRole('button', { name: 'Cancel: unwanted.pdf' }).click()

    await waitForText(stateOf(page, 'unwanted.pdf'), 'Cancelled')
    await product.script({})
    opened.assertClean()
  })

  it('is deleted for good, after one question', async () => {
    const id = await sendAndRead('deleted.pdf', 1)
    await using opened = await product.open()
    const { page } = opened
    const remove = page.getByRole('button', { name: 'Delete: deleted.pdf' })
    const question = page.getByRole('group', { name: 'Delete: deleted.pdf' })

    await remove.click()
    await waitForText(question, 'Delete for good?')
    await question.getByRole('button', { name: 'Keep' }).click()
    await remove.waitFor()
    const isFocusKept = await remove.evaluate((button) => button === document.activeElement)
    await remove.click()
    await question.getByRole('button', { name: 'Delete' }).click()
    await rowOf(page, 'deleted.pdf').waitFor({ state: 'detached' })

    assert.ok(isFocusKept)
    assert.equal((await fetch(`${product.stack.url}/v1/documents/${id}`)).status, 404)
    await page.reload()
    await page.locator('ul.documents').waitFor()
    assert.equal(await rowOf(page, 'deleted.pdf').count(), 0)
    opened.assertClean()
  })

  it('is run again as a new one, which finds the pages that were read', async () => {
    await product.script({ failures: { 2: 'TOO_COMPLEX' } })
    await sendAndRead('again.pdf', 2)
    await product.script({})
    await using opened = await product.open()
    const { page } = opened
    await waitForText(rowOf(page, 'again.pdf'), '1 failed')

    await page.getByRole('button', { name: 'Run again: again.pdf' }).click()

    await page.waitForFunction(
      () =>
        [...document.querySelectorAll('ul.documents > li')].filter(
          ({ textContent }) =>
            textContent.includes('again.pdf') && textContent.includes('Completed'),
        ).length === 2,
    )
    assert.equal(await rowOf(page, 'again.pdf').filter({ hasText: '1 failed' }).count(), 1)
    opened.assertClean()
  })

  it('is found by its state', async () => {
    await product.script({})
    await sendAndRead('good.pdf', 1)
    const damaged = { ...pdfFile('damaged.pdf', 1), buffer: Buffer.from('%PDF-1.7 damaged') }
    await waitForEnd(product.stack.url, await sendFile(product.stack.url, damaged))
    await using opened = await product.open()
    const { page } = opened
    await rowOf(page, 'good.pdf').first().waitFor()

    await page.getByRole('button', { name: 'Failed', exact: true }).click()
    await rowOf(page, 'good.pdf').first().waitFor({ state: 'detached' })
    await rowOf(page, 'damaged.pdf').waitFor()
    await page.getByRole('button', { name: 'Completed', exact: true }).click()
    await rowOf(page, 'damaged.pdf').waitFor({ state: 'detached' })
    await rowOf(page, 'good.pdf').waitFor()
    await page.getByRole('button', { name: 'Running', exact: true }).click()
    await waitForText(page.getByRole('region', { name: 'Documents' }), 'Nothing here.')
    await page.getByRole('button', { name: 'All', exact: true }).click()
    await rowOf(page, 'damaged.pdf').waitFor()

    opened.assertClean()
  })

  it('whose file is damaged says so, and what to do', async () => {
    const damaged = { ...pdfFile('broken.pdf', 1), buffer: Buffer.from('%PDF-1.7 broken') }
    await waitForEnd(product.stack.url, await sendFile(product.stack.url, damaged))
    await using opened = await product.open()
    const { page } = opened

    await openDocument(page, 'broken.pdf')

    const card = page.locator('.document .card.bad')
    await waitForText(card, 'The PDF is damaged and cannot be read here.')
    await waitForText(card, 'Open it in a PDF viewer, print it to a new PDF')
    await waitForText(card.locator('code'), 'CORRUPT_PDF')
    assert.ok(await page.getByRole('button', { name: 'Copy text' }).isDisabled())
    opened.assertClean()
  })
})

describe('a page of a document', { skip: noBrowser }, () => {
  it('that failed says why, what to do, and its code', async () => {
    await product.script({ failures: { 2: 'TOO_COMPLEX' } })
    const id = await sendAndRead('failing.pdf', 3)
    await product.script({})
    await using opened = await product.open({}, documentPath(id, 2))
    const { page } = opened

    const card = page.locator('.page .card.bad')
    await waitForText(card, 'This page could not be read.')
    await waitForText(card.locator('code'), 'TOO_COMPLEX')
    const explanation = (await card.locator('p').textContent()) ?? ''
    await page.getByRole('link', { name: 'Page 2, failed' }).waitFor()
    await card.getByRole('button', { name: 'Run again' }).click()
    await page.waitForURL((url) => url.hash !== `#/d/${id}/p/2` && url.hash.endsWith('/p/2'))
    await waitForText(page.locator('.preview'), 'This is what stands on page 2.')

    assert.ok(explanation.length > 40, explanation)
    opened.assertClean()
  })

  it('that is degraded says what may be missing', async () => {
    await product.script({ warnings: { 1: ['TEXT_ILLEGIBLE'] } })
    const id = await sendAndRead('doubtful.pdf', 2)
    await product.script({})
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened

    const card = page.locator('.page .card.warn')
    await waitForText(card, 'Something may be missing on this page.')
    await waitForText(card.locator('code'), 'TEXT_ILLEGIBLE')
    await waitForText(page.locator('.preview'), 'This is what stands on page 1.')
    await waitForText(rowOf(page, 'doubtful.pdf'), '1 to check')
    opened.assertClean()
  })

  it('that is tried again says at which attempt it is and why, and then appears by itself', async () => {
    await product.script({ failures: { 2: 'ENGINE_TIMED_OUT' } })
    const id = await sendFile(product.stack.url, pdfFile('retried.pdf', 2))
    await using opened = await product.open({}, documentPath(id, 2))
    const { page } = opened

    const card = page.locator('.page .card')
    await waitForText(card, /Attempt \d, because the one before failed:/)
    await waitForText(card.locator('code'), 'ENGINE_TIMED_OUT')
    await product.script({})
    await waitForText(page.locator('.preview'), 'This is what stands on page 2.')

    opened.assertClean()
  })
})
