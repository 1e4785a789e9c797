import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'

import { noBrowser } from '../support/browser.ts'
import { documentPath, downloadOf, pdfFile, sendFile, waitForText } from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { readZip } from './support/read-zip.ts'
import { waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

let product: PageStack
let id: string

/** What the engine reads on the first page: one block of each kind that is drawn differently. */
const FIRST_PAGE = [
  { category: 'title', text: 'Annual report' },
  {
    category: 'text',
    text: 'Sales grew by **12 %**, to $5 and $6 a piece; see $a^2 + b^2 = c^2$.',
  },
  { category: 'formula', text: '\\int_0^1 x\\,dx = \\frac{1}{2}' },
  {
    category: 'table',
    text: '<table><tr><th colspan="2">Total</th></tr><tr><td>中文</td><td>42</td></tr></table>',
  },
  { category: 'list-item', text: '- first\n- second' },
  { category: 'picture', text: '' },
] as const

before(async () => {
  if (noBrowser) return
  product = await startPageStack()
  await product.script({ blocks: { 1: FIRST_PAGE }, markup: 'markdown' })
  id = await sendFile(product.stack.url, pdfFile('report.pdf', 3))
  await waitForEnd(product.stack.url, id)
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

const resultOf = async (format: string): Promise<string> =>
  (await fetch(`${product.stack.url}/v1/documents/${id}/result?format=${format}`)).text()

async function clipboardOf(page: Page): Promise<string> {
  // The clipboard is for the page that has the focus.
  await page.bringToFront()
  return await page.evaluate(() => navigator.clipboard.readText())
}

describe('an open document', { skip: noBrowser }, () => {
  it('shows what was read beside the image of the page', async () => {
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened

    const preview = page.locator('.preview')
    await preview.getByRole('heading', { name: 'Annual report' }).waitFor()
    await preview.locator('.katex-display').waitFor()

    assert.equal(await page.locator('article h2').textContent(), 'report.pdf')
    assert.equal(await preview.locator('strong').textContent(), '12 %')
    await waitForText(preview, '$5 and $6')
    assert.equal(await preview.locator('.katex').count(), 2)
    assert.deepEqual(await preview.locator('th, td').allTextContents(), ['Total', '中文', '42'])
    assert.equal(await preview.locator('th').getAttribute('colspan'), '2')
    assert.deepEqual(await preview.locator('li').allTextContents(), ['first', 'second'])
    const image = page.getByRole('img', { name: 'Image of page 1' })
    await image.evaluate((element: HTMLImageElement) => element.decode())
    const picture = preview.locator('.picture img')
    await picture.evaluate((element: HTMLImageElement) => element.decode())
    assert.equal(await page.locator('.boxes .box').count(), FIRST_PAGE.length)
    opened.assertClean()
  })

  it('shows the page as Markdown and as the API tells it', async () => {
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened

    await page.getByRole('tab', { name: 'Preview' }).focus()
    await page.keyboard.press('ArrowRight')
    const markdown = await page.locator('.source').textContent()
    await page.keyboard.press('ArrowRight')
    const json: unknown = JSON.parse((await page.locator('.source').textContent()) ?? '')

    assert.match(markdown ?? '', /^# Annual report\n/)
    const answer = await fetch(`${product.stack.url}/v1/documents/${id}/pages/1`)
    assert.deepEqual(json, await answer.json())
    assert.equal(
      await page.getByRole('tab', { name: 'JSON' }).getAttribute('aria-selected'),
      'true',
    )
    opened.assertClean()
  })

  it('marks the text of the box that is pointed at, and the box of the text', async () => {
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened
    const box = page.locator('.boxes [data-block="3"]')
    const block = page.locator('.preview [data-block="3"]')
    await block.locator('table').waitFor()

    await box.hover()
    await page.locator('.preview [data-block="3"][data-active]').waitFor()
    await page.locator('.preview [data-block="0"]').hover()
    await page.locator('.boxes [data-block="0"][data-active]').waitFor()

    assert.equal(await box.getAttribute('data-active'), null)
    assert.equal(await block.getAttribute('data-active'), null)
    opened.assertClean()
  })

  it('brings the text of a box into view that is clicked, from another tab as well', async () => {
    await using opened = await product.open({ height: 500 }, documentPath(id))
    const { page } = opened
    await page.getByRole('tab', { name: 'Markdown' }).click()

    await page.locator('.boxes [data-block="4"]').click()

    const block = page.locator('.preview [data-block="4"][data-active]')
    await block.waitFor()
    await page.waitForFunction(() => {
      const { top = -1, bottom = -1 } =
        document.querySelector('.preview [data-block="4"]')?.getBoundingClientRect() ?? {}
      return top >= 0 && top < innerHeight && bottom > 0
    })
    opened.assertClean()
  })

  it('hides the boxes of a category, and draws the image larger', async () => {
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened
    const image = page.getByRole('img', { name: 'Image of page 1' })
    await page.locator('.boxes .box').first().waitFor()
    const before = (await image.boundingBox())?.width ?? 0

    await page.getByRole('button', { name: 'Table 1' }).click()
    await page.getByRole('button', { name: 'Zoom in' }).click()

    assert.equal(await page.locator('.boxes .box').count(), FIRST_PAGE.length - 1)
    assert.ok(((await image.boundingBox())?.width ?? 0) > before)
    await page.getByRole('button', { name: 'Fit' }).click()
    assert.equal((await image.boundingBox())?.width, before)
    opened.assertClean()
  })

  it('copies the text and the Markdown of the whole document', async () => {
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened

    await page.getByRole('button', { name: 'Copy text' }).click()
    await waitForText(page.locator('.outcome'), 'Copied')
    const text = await clipboardOf(page)
    await page.getByRole('button', { name: 'Copy Markdown' }).click()
    await until(async () => (await clipboardOf(page)).startsWith('# '), 'the Markdown is copied')

    assert.equal(text, await resultOf('text'))
    assert.equal(await clipboardOf(page), await resultOf('markdown'))
    opened.assertClean()
  })

  for (const [ending, format] of [
    ['md', 'markdown'],
    ['txt', 'text'],
    ['json', 'json'],
  ] as const)
    it(`is downloaded as .${ending}`, async () => {
      await using opened = await product.open({}, documentPath(id))
      const { page } = opened

      const { name, path } = await downloadOf(
        page,
        page.getByRole('link', { name: `Download .${ending}` }),
      )

      assert.equal(name, `report.${ending}`)
      assert.equal(await readFile(path, 'utf8'), await resultOf(format))
      opened.assertClean()
    })

  it('is downloaded as an archive with its pictures', async () => {
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened

    const { name, path } = await downloadOf(
      page,
      page.getByRole('button', { name: 'Download .zip' }),
    )

    const files = await readZip(path)
    assert.equal(name, 'report.zip')
    assert.deepEqual([...files.keys()].toSorted(), [
      'images/1_1.png',
      'report.json',
      'report.md',
      'report.txt',
    ])
    const markdown = await resultOf('markdown')
    assert.ok(markdown.includes('](images/1_1.png)'))
    assert.equal(files.get('report.md')?.toString(), markdown)
    assert.equal(files.get('report.txt')?.toString(), await resultOf('text'))
    assert.equal(files.get('report.json')?.toString(), await resultOf('json'))
    assert.equal(files.get('images/1_1.png')?.subarray(1, 4).toString(), 'PNG')
    opened.assertClean()
  })

  it('is read with the keyboard alone', async () => {
    await using opened = await product.open({}, documentPath(id))
    const { page } = opened
    await page.locator('.preview').waitFor()
    const isAt = (number: number): Promise<unknown> =>
      Promise.all([
        page.waitForURL((url) => url.hash === `#/d/${id}/p/${number}`),
        page.getByRole('img', { name: `Image of page ${number}` }).waitFor(),
      ])

    await page.keyboard.press('ArrowRight')
    await isAt(2)
    await page.keyboard.press('End')
    await isAt(3)
    await page.keyboard.press('ArrowLeft')
    await isAt(2)
    await waitForText(page.locator('.preview'), 'This is what stands on page 2.')
    await page.keyboard.press('c')
    await waitForText(page.locator('.outcome'), 'Copied')
    const copied = await clipboardOf(page)
    await page.keyboard.press('Home')
    await isAt(1)
    await page.locator('.boxes [data-block="0"]').focus()
    await page.keyboard.press('ArrowDown')
    await page.locator('.preview [data-block="1"][data-active]').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('article.document').waitFor({ state: 'detached' })

    assert.equal(copied, 'Page 2\n\nThis is what stands on page 2.')
    assert.equal(new URL(page.url()).hash, '')
    opened.assertClean()
  })

  it('keeps the page number that somebody types while pages are read', async () => {
    await product.script({ heldFrom: 3 })
    const runningId = await sendFile(product.stack.url, pdfFile('running.pdf', 6))
    await using opened = await product.open({}, documentPath(runningId))
    const { page } = opened
    const facts = page.locator('.document-facts')
    const field = page.getByRole('spinbutton', { name: 'Go to page' })
    await waitForText(facts, '2 of 6')

    await field.fill('2')
    await product.script({ heldFrom: 6 })
    await waitForText(facts, '5 of 6')
    await field.press('Enter')

    await waitForText(page.locator('.preview'), 'This is what stands on page 2.')
    await product.script({})
    await waitForEnd(product.stack.url, runningId)
    opened.assertClean()
  })

  it('says so when there is none of that name', async () => {
    const unknown = '00000000-0000-7000-8000-000000000000'
    await using opened = await product.open({}, documentPath(unknown))

    await waitForText(opened.page.getByRole('alert'), 'There is no such document.')
    opened.assertClean()
  })
})
