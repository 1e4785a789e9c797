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
import { readPages, waitForEnd } from '../support/stack-client.ts'

/** Temporal forgets a worker that was killed within 75 s. */
const WORKER_MISSED_MS = 150_000

let product: PageStack

before(async () => {
  if (noBrowser) return
  product = await startPageStack()
})

beforeEach(() => product.script({ heldFrom: 4 }))

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

const textOf = (page: number): string => `This is what stands on page ${page}.`

/** Every page once, in order. */
async function assertWhole(id: string, pageCount: number): Promise<void> {
  const pages = await readPages(product.stack.url, id)
  assert.deepEqual(
    pages.map((text) => text.split('\n').at(-1)),
    Array.from({ length: pageCount }, (_, place) => textOf(place + 1)),
  )
}

describe('the page comes back to where it was', { skip: noBrowser }, () => {
  it('after a reload in the middle of a document', async () => {
    const id = await sendFile(product.stack.url, pdfFile('reloaded.pdf', 8))
    await using opened = await product.open({}, documentPath(id, 3))
    const { page } = opened
    await waitForText(page.locator('.preview'), textOf(3))
    await waitForText(page.locator('.document-facts'), '3 of 8')

    await page.reload()

    await waitForText(page.locator('.preview'), textOf(3))
    await waitForText(rowOf(page, 'reloaded.pdf'), '3 of 8')
    assert.equal(new URL(page.url()).hash, `#/d/${id}/p/3`)
    await product.script({})
    await waitForText(stateOf(page, 'reloaded.pdf'), 'Completed')
    await assertWhole(id, 8)
    opened.assertClean()
  })

  it('by the address of a page, for somebody else', async () => {
    await product.script({})
    const id = await sendFile(product.stack.url, pdfFile('linked.pdf', 5))
    await waitForEnd(product.stack.url, id)
    await using opened = await product.open({ language: 'zh' }, documentPath(id, 3))
    const { page } = opened

    await waitForText(page.locator('.preview'), textOf(3))

    assert.equal(await page.locator('.tile[aria-current]').textContent(), '3')
    opened.assertClean()
  })

  it('with the back and forward buttons', async () => {
    await product.script({})
    const id = await sendFile(product.stack.url, pdfFile('visited.pdf', 3))
    await waitForEnd(product.stack.url, id)
    await using opened = await product.open()
    const { page } = opened
    await openDocument(page, 'visited.pdf')
    await waitForText(page.locator('.preview'), textOf(1))
    await page.getByRole('button', { name: 'Next page' }).click()
    await waitForText(page.locator('.preview'), textOf(2))

    await page.goBack()
    await page.locator('article.document').waitFor({ state: 'detached' })
    await page.goForward()
    await waitForText(page.locator('.preview'), textOf(2))

    opened.assertClean()
  })

  it('after the worker was killed and started again, having said that documents are safe', async () => {
    const id = await sendFile(product.stack.url, pdfFile('survivor.pdf', 8))
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened
    await waitForText(rowOf(page, 'survivor.pdf'), '3 of 8')

    await product.stack.worker.end('SIGKILL')
    const banner = page.locator('.banner').filter({ hasText: 'No worker is running.' })
    await banner.waitFor({ timeout: WORKER_MISSED_MS })
    const told = await banner.textContent()
    await waitForText(page.locator('.preview'), textOf(1))
    await product.script({})
    product.stack.worker.start()
    await stateOf(page, 'survivor.pdf')
      .filter({ hasText: 'Completed' })
      .waitFor({ timeout: WORKER_MISSED_MS })

    await banner.waitFor({ state: 'detached' })
    assert.match(told ?? '', /Your documents are safe and will be read when one is back\./)
    await assertWhole(id, 8)
    opened.assertClean()
  })

  it('after the service was restarted while a document was read', async () => {
    const id = await sendFile(product.stack.url, pdfFile('restarted.pdf', 8))
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened
    await waitForText(rowOf(page, 'restarted.pdf'), '3 of 8')

    await product.stack.api.end('SIGTERM')
    await waitForText(page.locator('.banner'), 'The service does not answer.')
    await waitForText(page.locator('.service'), 'Offline')
    await product.script({ heldFrom: 7 })
    product.stack.api.start()
    await waitForText(rowOf(page, 'restarted.pdf'), '6 of 8')
    await waitForText(page.locator('.service'), 'Live')
    await product.script({})
    await waitForText(stateOf(page, 'restarted.pdf'), 'Completed')

    await waitForText(page.locator('.document-facts'), '8 pages')
    assert.equal(await page.locator('.banner').count(), 0)
    opened.assertClean()
  })
})

describe('where sockets are not let through', { skip: noBrowser }, () => {
  it('the page hears of changes by server-sent events', async () => {
    const id = await sendFile(product.stack.url, pdfFile('events.pdf', 5))
    await using opened = await product.open({
      prepare: (context) => context.routeWebSocket(/./, (socket) => socket.close()),
    })
    const { page, requests } = opened

    await waitForText(rowOf(page, 'events.pdf'), '3 of 5')
    await waitForText(page.locator('.service'), 'Live')
    await product.script({})
    await waitForText(stateOf(page, 'events.pdf'), 'Completed')

    assert.ok(requests.some((url) => url.endsWith(`/v1/documents/${id}/events`)))
    opened.assertClean()
  })

  it('nor server-sent events, the page asks', async () => {
    const id = await sendFile(product.stack.url, pdfFile('polled.pdf', 5))
    await using opened = await product.open({
      async prepare(context) {
        await context.routeWebSocket(/./, (socket) => socket.close())
        await context.route('**/events', (route) => route.abort())
      },
    })
    const { page, requests } = opened

    await waitForText(rowOf(page, 'polled.pdf'), '3 of 5')
    await waitForText(page.locator('.service'), 'Refreshing')
    const before = requests.length
    await product.script({})
    await waitForText(stateOf(page, 'polled.pdf'), 'Completed')

    const asked = requests.slice(before).map((url) => new URL(url).pathname)
    assert.ok(
      asked.every((path) => ['/v1/documents', `/v1/documents/${id}`].includes(path)),
      asked.join(' '),
    )
    opened.assertClean()
  })
})
