import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

/** Of everything that is waited for in a browser: tests share two cores with much else. */
export const BROWSER_TIMEOUT_MS = 60_000

/** Where distributions put Chromium. */
const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
]

/** Script of a page: what its policy refused becomes an error in the console. */
const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  console.error('Refused by the policy: ' + event.violatedDirective + ' of ' + event.blockedURI))`

/** How a person has set up the browser. */
export type Visitor = {
  readonly language?: 'en' | 'zh'
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
  /** Done to the profile before the address is opened. */
  readonly prepare?: (context: BrowserContext) => Promise<unknown>
}

/** A page with all that must not happen in it. */
export type OpenPage = AsyncDisposable & {
  readonly page: Page
  /** Addresses that were asked for so far. */
  readonly requests: readonly string[]
  /** What happened that must not, in words. */
  readonly faults: readonly string[]
  /** Fails when a script threw, the policy refused something, or another origin was asked. */
  assertClean(): void
}

/**
 * Path of the Chromium to test with; `null` where there is none, which is an error in CI.
 *
 * `OCR_TEST_CHROMIUM` names another one.
 */
export function findChromium(): string | null {
  const paths = [process.env['OCR_TEST_CHROMIUM'] ?? '', ...USUAL_PATHS]
  const found = paths.find((path) => path !== '' && existsSync(path)) ?? null
  if (found === null && process.env['CI'] === 'true')
    throw new Error('Cannot test the page: no Chromium (apt-get install chromium)')
  return found
}

/** Reason to skip browser tests; `false`: there is a browser. */
export const noBrowser: string | false =
  findChromium() === null ? 'no Chromium; set OCR_TEST_CHROMIUM or install it' : false

/** Starts Chromium without a sandbox, which containers do not allow. */
export function startBrowser(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('Cannot start Chromium: there is none')
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** Opens an address in a browser profile of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  visitor: Visitor = {},
): Promise<OpenPage> {
  const { language = 'en', theme = 'light', width = 1280, height = 800 } = visitor
  const context = await browser.newContext({
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    colorScheme: theme,
    viewport: { width, height },
    timezoneId: 'UTC',
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  context.setDefaultTimeout(BROWSER_TIMEOUT_MS)
  await context.addInitScript({ content: TELL_VIOLATIONS })
  await visitor.prepare?.(context)
  const page = await context.newPage()
  const faults: string[] = []
  const requests: string[] = []
  const { host } = new URL(url)
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`))
  page.on('console', (message) => {
    // A connection that fails is logged as well, and may be what the test is about.
    const isOfConnection = /^(?:Failed to load resource|WebSocket connection)/.test(message.text())
    if (message.type() === 'error' && !isOfConnection) faults.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const asked = new URL(request.url())
    requests.push(request.url())
    if (!['data:', 'blob:'].includes(asked.protocol) && asked.host !== host)
      faults.push(`request to ${request.url()}`)
  })
  page.on('websocket', (socket) => requests.push(socket.url()))
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(url)
  return {
    page,
    requests,
    faults,
    assertClean: () => assert.deepEqual(faults, []),
    [Symbol.asyncDispose]: () => context.close(),
  }
}
