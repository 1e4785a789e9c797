import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'

import { noBrowser } from '../support/browser.ts'
import { markedPage } from '../support/marked-page.ts'
import {
  chooseFiles,
  dropFiles,
  openDocument,
  pdfFile,
  rowOf,
  stateOf,
  waitForText,
} from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { serve, type TestServer } from '../support/serve.ts'

let files: TestServer
let product: PageStack

const remote = pdfFile('remote.pdf', 1)

before(async () => {
  if (noBrowser) return
  files = await serve((_request, response) => {
    response.setHeader('Content-Type', 'application/pdf').end(remote.buffer)
  })
  product = await startPageStack({
    env: {
      OCR_ALLOWED_URL_HOSTS: `127.0.0.1:${files.port}`,
      OCR_ALLOWED_URL_PORTS: String(files.port),
      OCR_MAX_UPLOAD_MB: '1',
    },
  })
})

beforeEach(() => product.script({}))

after(async () => {
  await product?.[Symbol.asyncDispose]()
  await files?.[Symbol.asyncDispose]()
})

describe('documents come in', { skip: noBrowser }, () => {
  it('by a chosen file, whose pages are then seen to be read without a reload', async () => {
    await product.script({ heldFrom: 3 })
    await using opened = await product.open()
    const { page, requests } = opened

    await chooseFiles(page, [pdfFile('chosen.pdf', 4)])
    await waitForText(rowOf(page, 'chosen.pdf'), '2 of 4')
    await waitForText(stateOf(page, 'chosen.pdf'), 'Running')
    await product.script({})
    await waitForText(stateOf(page, 'chosen.pdf'), 'Completed')
    await waitForText(rowOf(page, 'chosen.pdf'), '4 pages')
    await openDocument(page, 'chosen.pdf')
    await waitForText(page.locator('.preview'), 'This is what stands on page 1.')

    const loads = requests.filter((url) => url === `${product.stack.url}/`)
    assert.equal(loads.length, 1)
    opened.assertClean()
  })

  it('by several files dropped anywhere on the page', async () => {
    await using opened = await product.open()
    const { page } = opened
    const names = ['first.pdf', 'second.pdf', 'third.pdf', 'fourth.pdf']

    await dropFiles(
      page,
      names.map((name) => pdfFile(name, 1)),
    )

    for (const name of names) await waitForText(stateOf(page, name), 'Completed')
    assert.equal(await page.locator('.dropping').count(), 0)
    opened.assertClean()
  })

  it('by a pasted image', async () => {
    await using opened = await product.open()
    const { page } = opened
    const { png } = await markedPage(1)
    await page.evaluate(async (bytes) => {
      const image = new Blob([new Uint8Array(bytes)], { type: 'image/png' })
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': image })])
    }, Array.from(png))

    await page.keyboard.press('Control+v')

    await waitForText(stateOf(page, 'image.png'), 'Completed')
    opened.assertClean()
  })

  it('by their address', async () => {
    await using opened = await product.open()
    const { page } = opened

    await page
      .getByRole('textbox', { name: 'Address of a document' })
      .fill(`${files.url}/remote.pdf`)
    await page.getByRole('button', { name: 'Read', exact: true }).click()

    await waitForText(stateOf(page, 'remote.pdf'), 'Completed')
    opened.assertClean()
  })

  it('by the sample, for who has none at hand', async () => {
    await using opened = await product.open({
      // The sample is offered while the list is empty.
      prepare: (context) =>
        context.route(/\/v1\/documents\?/, (route) =>
          route.fulfill({ json: { documents: [], next_cursor: null } }),
        ),
    })
    const { page } = opened

    await page.getByRole('button', { name: 'Try the sample' }).click()

    await waitForText(stateOf(page, 'sample.pdf'), 'Completed')
    opened.assertClean()
  })

  it('with the pages that were asked for, and no others', async () => {
    await using opened = await product.open()
    const { page } = opened

    await page.getByRole('button', { name: 'Options' }).click()
    await page.getByRole('textbox', { name: 'Pages' }).fill('2-3')
    await chooseFiles(page, [pdfFile('selected.pdf', 5)])

    await waitForText(stateOf(page, 'selected.pdf'), 'Completed')
    await openDocument(page, 'selected.pdf')
    assert.deepEqual(await page.locator('.strip .tile').allTextContents(), ['2', '3'])
    opened.assertClean()
  })
})

describe('what cannot be read', { skip: noBrowser }, () => {
  it('is refused before it is sent when its type is wrong', async () => {
    await using opened = await product.open()
    const { page, requests } = opened
    await waitForText(page.locator('label.drop small'), 'PDF')

    await chooseFiles(page, [
      { name: 'program.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') },
    ])

    const refused = page.getByRole('alert').filter({ hasText: 'program.exe' })
    await waitForText(refused, 'Files of this type cannot be read. Choose one of PDF PNG')
    assert.deepEqual(
      requests.filter((url) => url.endsWith('/v1/documents')),
      [],
    )
    await refused.getByRole('button', { name: 'Dismiss program.exe' }).click()
    await refused.waitFor({ state: 'detached' })
    opened.assertClean()
  })

  it('is refused before it is sent when it is too large', async () => {
    await using opened = await product.open()
    const { page, requests } = opened
    await waitForText(page.locator('label.drop small'), 'up to 1 MB')
    const buffer = Buffer.alloc(2 * 1024 * 1024, '%PDF-1.7\n')

    await chooseFiles(page, [{ name: 'large.pdf', mimeType: 'application/pdf', buffer }])

    const refused = page.getByRole('alert').filter({ hasText: 'large.pdf' })
    await waitForText(refused, 'The file has 2 MB, and at most 1 MB are taken.')
    assert.deepEqual(
      requests.filter((url) => url.endsWith('/v1/documents')),
      [],
    )
    opened.assertClean()
  })

  it('is refused by the service when its content is not what its name says', async () => {
    await using opened = await product.open()
    const { page } = opened
    const buffer = Buffer.from('no PDF at all')

    await chooseFiles(page, [{ name: 'disguised.pdf', mimeType: 'application/pdf', buffer }])

    const refused = page.locator('.uploads li').filter({ hasText: 'disguised.pdf' })
    await waitForText(refused.getByRole('alert'), /Request [\w-]+/)
    opened.assertClean()
  })

  it('can be given up while it is being sent', async () => {
    await using opened = await product.open({
      // It never arrives.
      prepare: (context) => context.route(/\/v1\/documents$/, () => undefined),
    })
    const { page } = opened

    await chooseFiles(page, [pdfFile('given-up.pdf', 1)])
    await page.getByRole('progressbar', { name: 'given-up.pdf' }).waitFor()
    await page.getByRole('button', { name: 'Stop sending given-up.pdf' }).click()

    await page.locator('.uploads li').waitFor({ state: 'detached' })
    opened.assertClean()
  })
})
