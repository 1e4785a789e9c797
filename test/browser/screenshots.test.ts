import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import sharp from 'sharp'

import { noBrowser, type Visitor } from '../support/browser.ts'
import { documentPath, pdfFile, rowOf, sendFile, waitForText } from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { readStatus, waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

/*
 * The pictures of the README, of the product as it is. They go to a temporary directory; with
 * UPDATE_SCREENSHOTS=true to docs/img, where they are to be looked at before they are committed.
 */
const IMAGES = join(import.meta.dirname, '../../docs/img')
const IS_UPDATE = process.env['UPDATE_SCREENSHOTS'] === 'true'

/** Of a picture, so that the README stays quick to load. */
const MAX_BYTES = 200 * 1024
/** An empty page takes less. */
const MIN_BYTES = 10 * 1024

let directory: string

before(async () => {
  directory = IS_UPDATE ? IMAGES : await mkdtemp(join(tmpdir(), 'durable-ocr-pictures-'))
})

after(async () => {
  if (!IS_UPDATE) await rm(directory, { recursive: true })
})

/** Takes a picture of what is in view, and checks that it is one. */
async function takePicture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  await page.mouse.move(0, 0)
  const taken = await page.screenshot({ animations: 'disabled' })
  const png = await sharp(taken).png({ palette: true, effort: 10 }).toBuffer()
  await writeFile(join(directory, `${name}.png`), png)
  const { length } = await readFile(join(directory, `${name}.png`))
  assert.ok(length > MIN_BYTES && length < MAX_BYTES, `${name}.png has ${length} B`)
}

const THEMES = ['light', 'dark'] as const

describe('pictures of an open document', { skip: noBrowser }, () => {
  let product: PageStack
  let id: string

  before(async () => {
    if (noBrowser) return
    product = await startPageStack({ hasRealEngines: true })
    const buffer = await readFile(join(import.meta.dirname, '../../samples/sample.pdf'))
    const sample = { name: 'sample.pdf', mimeType: 'application/pdf', buffer }
    id = await sendFile(product.stack.url, sample)
    await waitForEnd(product.stack.url, id, 300_000)
  })

  after(async () => {
    await product?.[Symbol.asyncDispose]()
  })

  const take = async (name: string, visitor: Visitor): Promise<void> => {
    await using opened = await product.open(visitor, documentPath(id))
    const { page } = opened
    await waitForText(page.locator('.preview'), 'A document that cannot get lost')
    await page.locator('.image-sheet img').evaluate((image: HTMLImageElement) => image.decode())
    await page.locator('.boxes .box').first().waitFor()
    await takePicture(page, name)
    opened.assertClean()
  }

  for (const theme of THEMES) {
    it(`in English, ${theme}`, () => take(`page-${theme}`, { theme }))
    it(`in Chinese, ${theme}`, () => take(`page-zh-${theme}`, { theme, language: 'zh' }))
  }

  it('on a telephone', () => take('mobile', { width: 360, height: 740 }))
})

describe('pictures of the list', { skip: noBrowser }, () => {
  let product: PageStack

  before(async () => {
    if (noBrowser) return
    product = await startPageStack()
    await fillList(product)
  })

  after(async () => {
    await product?.[Symbol.asyncDispose]()
  })

  for (const theme of THEMES)
    it(`in English, ${theme}`, async () => {
      await using opened = await product.open({ theme })
      const { page } = opened
      await waitForText(rowOf(page, 'Annual report 2026.pdf'), '17 of 48')
      await waitForText(page.locator('.service'), 'Live')
      await page.locator('.bar .running').first().waitFor()

      await takePicture(page, `list-${theme}`)

      opened.assertClean()
    })
})

/** Documents in every state, the running ones for as long as the script holds them. */
async function fillList(product: PageStack): Promise<void> {
  const { url } = product.stack
  const send = (name: string, pageCount: number) => sendFile(url, pdfFile(name, pageCount))
  const damaged = { ...pdfFile('Torn fax.pdf', 1), buffer: Buffer.from('%PDF-1.7 torn') }
  await waitForEnd(url, await sendFile(url, damaged))
  await waitForEnd(url, await send('Invoice 118.pdf', 2))
  await waitForEnd(url, await send('会议纪要.pdf', 6))
  await product.script({ warnings: { 9: ['TEXT_ILLEGIBLE'] }, failures: { 14: 'TOO_COMPLEX' } })
  await waitForEnd(url, await send('Lecture notes.pdf', 24))
  await product.script({ heldFrom: 4 })
  const draftId = await send('Draft.pdf', 9)
  await untilDone(url, draftId, 3)
  await fetch(`${url}/v1/documents/${draftId}/cancel`, { method: 'POST' })
  await waitForEnd(url, draftId)
  await product.script({
    heldFrom: 18,
    warnings: { 5: ['TEXT_ILLEGIBLE'] },
    failures: { 11: 'TOO_COMPLEX' },
  })
  await untilDone(url, await send('Annual report 2026.pdf', 48), 17)
}

async function untilDone(url: string, id: string, pages: number): Promise<void> {
  const isDone = async () => ((await readStatus(url, id))?.pages.done ?? 0) >= pages
  await until(isDone, `${pages} pages are read`, 60_000)
}
