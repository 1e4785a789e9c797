import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'

import { noBrowser } from '../support/browser.ts'
import { documentPath, pdfFile, rowOf, sendFile, waitForText } from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

const PAGES = 500
const DOCUMENTS = 300

/** Some 40 rows or tiles with all that is in them, and the rest of the page. */
const MAX_ELEMENTS = 1_500
/** A page and those beside it; nobody needs the images of pages that fly past. */
const MAX_IMAGES = 40

/** A task of so many ms is felt; as it is, hardly one takes more than 50, also on a busy machine. */
const FELT_MS = 200
/**
 * So many may be the machine's, which stands still for seconds at times. Work that grows with the
 * number of pages or documents is felt with every update and every step: dozens of times.
 */
const MAX_FELT_TASKS = 5

let product: PageStack

before(async () => {
  if (noBrowser) return
  product = await startPageStack()
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

const elementsOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelectorAll('*').length)

/** Watches tasks over 50 ms from now on; what it gives fails when too many of them were felt. */
async function watchLongTasks(t: TestContext, page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => {
    const tasks: number[] = []
    Object.assign(window, { longTasks: tasks })
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => Math.round(duration))),
    ).observe({ entryTypes: ['longtask'] })
  })
  return async () => {
    // Laid there above.
    const tasks = await page.evaluate(() => Reflect.get(window, 'longTasks') as number[])
    t.diagnostic(`long tasks in ms: ${tasks.join(' ')}`)
    const felt = tasks.filter((durationMs) => durationMs > FELT_MS)
    assert.ok(felt.length <= MAX_FELT_TASKS, `tasks that were felt, in ms: ${felt.join(' ')}`)
  }
}

const imagesOf = (requests: readonly string[]): number =>
  requests.filter((url) => url.endsWith('/image')).length

describe(`a document of ${PAGES} pages`, { skip: noBrowser }, () => {
  let id: string

  before(async () => {
    if (noBrowser) return
    // At the lowest resolution: it is their number that matters.
    id = await sendFile(product.stack.url, pdfFile('long.pdf', PAGES), { dpi: '72' })
  })

  it('is followed while it is read without growing the page', async (t) => {
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened
    await page.locator('.strip .tile').first().waitFor()
    const assertSmooth = await watchLongTasks(t, page)

    const most = { elements: 0 }
    await until(
      async () => {
        most.elements = Math.max(most.elements, await elementsOf(page))
        return (await rowOf(page, 'long.pdf').locator('.state').textContent()) === 'Completed'
      },
      'the document is read',
      400_000,
    )

    await assertSmooth()
    assert.ok(most.elements < MAX_ELEMENTS, `${most.elements} elements`)
    await waitForText(page.locator('.document-facts'), `${PAGES} pages`)
    opened.assertClean()
  })

  it('is leafed through with few elements and few images', async (t) => {
    await waitForEnd(product.stack.url, id, 400_000)
    await using opened = await product.open({}, documentPath(id))
    const { page, requests } = opened
    await waitForText(page.locator('.preview'), 'This is what stands on page 1.')
    const assertSmooth = await watchLongTasks(t, page)
    const before = imagesOf(requests)

    const tiles = page.locator('.strip .tiles')
    await tiles.hover()
    for (let step = 0; step < 60; step += 1) await page.mouse.wheel(400, 0)
    await page.waitForFunction(() => {
      const {
        scrollLeft = 0,
        scrollWidth = 0,
        clientWidth = 0,
      } = document.querySelector('.tiles') ?? {}
      return scrollLeft + clientWidth >= scrollWidth - 1
    })
    await page.getByRole('link', { name: `Page ${PAGES}, read` }).waitFor()

    await assertSmooth()
    assert.ok((await elementsOf(page)) < MAX_ELEMENTS, `${await elementsOf(page)} elements`)
    assert.ok(imagesOf(requests) - before < MAX_IMAGES, `${imagesOf(requests) - before} images`)
    opened.assertClean()
  })

  it('is opened at a page near its end', async () => {
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened
    const field = page.getByRole('spinbutton', { name: 'Go to page' })

    await field.fill('499')
    await field.press('Enter')

    await waitForText(page.locator('.preview'), 'This is what stands on page 499.')
    const tile = page.locator('.tile[aria-current]')
    assert.equal(await tile.textContent(), '499')
    const box = await tile.boundingBox()
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 1280, 'the tile is in view')
    opened.assertClean()
  })
})

describe(`a list of ${DOCUMENTS} documents`, { skip: noBrowser }, () => {
  it('is loaded and drawn as one scrolls', async (t) => {
    // They only have to be listed.
    await product.stack.worker.end('SIGKILL')
    const names = Array.from({ length: DOCUMENTS }, (_, place) => `document-${place}.pdf`)
    for (let first = 0; first < DOCUMENTS; first += 10)
      await Promise.all(
        names.slice(first, first + 10).map((name) => sendFile(product.stack.url, pdfFile(name, 1))),
      )
    await using opened = await product.open()
    const { page } = opened
    const rows = page.locator('ul.documents > li')
    await rows.first().waitFor()
    const assertSmooth = await watchLongTasks(t, page)
    const atFirst = await rows.count()

    await rows.first().hover()
    let most = 0
    await until(
      async () => {
        await page.mouse.wheel(0, 3_000)
        most = Math.max(most, await elementsOf(page))
        const length = await rows.first().getAttribute('aria-setsize')
        return Number(length) > DOCUMENTS
      },
      'all documents are listed',
      120_000,
    )
    await rowOf(page, 'long.pdf').waitFor()

    await assertSmooth()
    assert.ok(atFirst < 100, `${atFirst} rows before anybody scrolled`)
    assert.ok((await rows.count()) < 100, `${await rows.count()} rows at the end`)
    assert.ok(most < 2_500, `${most} elements`)
    opened.assertClean()
  })
})
