/*
 * Takes the pictures of docs/operations.md anew: `node scripts/screenshots/operations.ts`. Starts the
 * product with a Temporal of its own and fake model servers in a temporary directory, and ends all of it.
 */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { startBrowser } from '../../test/support/browser.ts'
import { stageRuns } from './staged-runs.ts'

const DIRECTORY = join(import.meta.dirname, '..', '..', 'docs', 'img', 'operations')
const WIDTH_PX = 1280

/** Of a list: what says something about documents. */
const COLUMNS_TO_ADD = ['OcrPhase', 'OcrPages', 'OcrEngine', 'OcrDialect']
const COLUMNS_TO_REMOVE = ['Run ID', 'Type', 'Start', 'End']

await using staged = await stageRuns()
const browser = await startBrowser()
try {
  const context = await browser.newContext({
    viewport: { width: WIDTH_PX, height: 800 },
    colorScheme: 'light',
    timezoneId: 'UTC',
  })
  const page = await context.newPage()
  const workflows = `${staged.stack.uiUrl}/namespaces/default/workflows`
  const run = `${workflows}/${staged.busyRun}`

  await page.goto(run)
  await page.waitForURL('**/timeline*')
  const tab = page.url().replace(/\/timeline.*$/, '')
  // First what does not last: the page is tried again for half a minute.
  await page.goto(`${tab}/pending-activities`)
  await page.getByText('Last Failure').first().waitFor()
  // It names the folder that this was taken in.
  await page
    .getByText('Stack Trace')
    .locator('..')
    .evaluate((block) => block.remove())
  await save(page, 'retried-page', 900)

  await page.goto(`${tab}/timeline`)
  await page.getByText('page 7 of').first().waitFor()
  await save(page, 'run-timeline', 1150)

  await page.goto(`${tab}/user-metadata`)
  await page.frameLocator('iframe').first().getByText('pdf').first().waitFor()
  await page.waitForTimeout(1000)
  await save(page, 'run-details', 1150)

  await page.goto(workflows)
  await staged.startAnother()
  await chooseColumns(page)
  await save(page, 'list', 560)
} finally {
  await browser.close()
}

async function chooseColumns(page: Page): Promise<void> {
  await page.getByLabel('Collapse saved views').click()
  await page.getByTestId('workflows-summary-table-configuration-button').click()
  for (const name of COLUMNS_TO_REMOVE) await rowOf(page, name).getByRole('button').last().click()
  for (const name of COLUMNS_TO_ADD) await rowOf(page, name).getByRole('button').last().click()
  // Without the drawer; the choice is remembered.
  await page.reload()
  await page.getByText('recognizing').first().waitFor()
}

function rowOf(page: Page, name: string) {
  return page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) })
}

/** Few colours and no photographs: a palette keeps a picture under 150 KB. */
async function save(page: Page, name: string, height: number): Promise<void> {
  await page.setViewportSize({ width: WIDTH_PX, height })
  const png = await page.screenshot({ animations: 'disabled' })
  const path = join(DIRECTORY, `${name}.png`)
  const { size } = await sharp(png).png({ palette: true, colours: 64, effort: 10 }).toFile(path)
  console.log(`${path}: ${Math.ceil(size / 1024)} KB`)
}
