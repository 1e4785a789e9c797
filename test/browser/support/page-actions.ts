import type { Locator, Page } from 'playwright-core'
import { markedDocument } from '../../support/marked-document.ts'
import { postDocument } from '../../support/stack-client.ts'

/** A file as the browser is given it. */
export type TestFile = {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer<ArrayBuffer>
}

/**
 * A marked document with bytes of its own: documents of equal bytes share their pages, and a test
 * wants to see its own being read.
 */
export function pdfFile(name: string, pageCount: number): TestFile {
  const note = `% ${name} ${process.hrtime.bigint()}\n`
  const buffer = Buffer.concat([markedDocument(pageCount), Buffer.from(note)])
  return { name, mimeType: 'application/pdf', buffer }
}

/** Sends a document past the page, and gives its id. */
export async function sendFile(
  url: string,
  file: TestFile,
  fields: Readonly<Record<string, string>> = {},
): Promise<string> {
  const response = await postDocument(url, { bytes: file.buffer, name: file.name }, { fields })
  if (response.status !== 202) throw new Error(`${file.name}: ${await response.text()}`)
  // The answer of `/v1`.
  return ((await response.json()) as { id: string }).id
}

/** Chooses files as somebody does who clicks. */
export async function chooseFiles(page: Page, files: readonly TestFile[]): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.locator('label.drop .primary').click(),
  ])
  await chooser.setFiles([...files])
}

/** The row of a document in the list. */
export function rowOf(page: Page, name: string): Locator {
  return page
    .locator('ul.documents > li')
    .filter({ has: page.getByRole('link', { name, exact: true }) })
}

/** The state of a document in the list, in words. */
export function stateOf(page: Page, name: string): Locator {
  return rowOf(page, name).locator('.state')
}

/** Waits until something says what it should. */
export async function waitForText(locator: Locator, text: string | RegExp): Promise<void> {
  await locator.filter({ hasText: text }).first().waitFor()
}

/** Opens a document from the list. */
export async function openDocument(page: Page, name: string): Promise<void> {
  await rowOf(page, name).getByRole('link', { name, exact: true }).click()
  await page.locator('article.document').waitFor()
}

/** The address of a page of a document. */
export function documentPath(id: string, page = 1): string {
  return `/#/d/${id}/p/${page}`
}

/** What somebody gets who clicks on a download: its name, and its bytes. */
export async function downloadOf(
  page: Page,
  button: Locator,
): Promise<{ readonly name: string; readonly path: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
  return { name: download.suggestedFilename(), path: await download.path() }
}

/** Drags files over the page and lets them go. */
export async function dropFiles(page: Page, files: readonly TestFile[]): Promise<void> {
  const sent = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    base64: buffer.toString('base64'),
  }))
  const dataTransfer = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer()
    for (const { name, mimeType, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0)
      transfer.items.add(new File([bytes], name, { type: mimeType }))
    }
    return transfer
  }, sent)
  await page.dispatchEvent('body', 'dragover', { dataTransfer })
  await page.locator('.dropping').waitFor()
  await page.dispatchEvent('body', 'drop', { dataTransfer })
}
