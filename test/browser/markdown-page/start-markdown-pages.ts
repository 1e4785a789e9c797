import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'

import { startBrowser } from '../../support/browser.ts'
import { serve } from '../../support/serve.ts'
import type { Kind } from './main.ts'

/** The policy of the page, and Trusted Types on top: DOMPurify's is the only policy there may be. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
  "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify"

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
}

/** One white pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsH0ycgAAAABJRU5ErkJggg==',
  'base64',
)

/** `strict`: under the policy; `none`: with nothing but the sanitizer between a payload and the page. */
export type PagePolicy = 'strict' | 'none'

/** The page, with what happened to it that must not. */
export type WatchedPage = AsyncDisposable & { readonly page: Page; readonly events: string[] }

/** A browser, and a server of a page that holds the renderer and nothing else. */
export type MarkdownPages = AsyncDisposable & { open(policy: PagePolicy): Promise<WatchedPage> }

/** Builds the page as the real one is built, serves it and starts the browser. */
export async function startMarkdownPages(): Promise<MarkdownPages> {
  const directory = await mkdtemp(join(tmpdir(), 'markdown-page-'))
  await build({
    configFile: join(import.meta.dirname, '../../../web/vite.config.ts'),
    root: import.meta.dirname,
    logLevel: 'error',
    build: { outDir: directory, emptyOutDir: true },
  })
  const server = await serve((request, response) => {
    void answer(directory, request.url ?? '', response)
  })
  const browser = await startBrowser()
  return {
    open: (policy) => openMarkdownPage(browser, `${server.url}/${policy}/`),
    async [Symbol.asyncDispose]() {
      await browser.close()
      await server[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    },
  }
}

/** Draws a text in place of the last one. */
export function draw(page: Page, kind: Kind, text: string): Promise<void> {
  return page.evaluate(([one, other]) => window.markdownPage.draw(one, other), [
    kind,
    text,
  ] as const)
}

/** Answers `/<policy>/<file>`. */
async function answer(directory: string, url: string, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(url, 'http://page')
  const [, policy = '', folder = ''] = pathname.split('/')
  const name = pathname.endsWith('/') ? 'index.html' : basename(pathname)
  try {
    const file =
      name === 'picture.png'
        ? PICTURE
        : await readFile(join(directory, folder === 'static' ? 'static' : '', name))
    response.setHeader('Content-Type', CONTENT_TYPES[extname(name)] ?? 'font/woff2')
    if (policy === 'strict') response.setHeader('Content-Security-Policy', POLICY)
    response.end(file)
  } catch {
    response.writeHead(404).end()
  }
}

async function openMarkdownPage(browser: Browser, url: string): Promise<WatchedPage> {
  const context = await browser.newContext()
  const events: string[] = []
  // What gets through goes nowhere.
  await context.route(/outside\.example/, (route) => route.abort())
  const page = await context.newPage()
  context.on('page', (opened) => events.push(`window ${opened.url()}`))
  page.on('dialog', (dialog) => {
    events.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => events.push(`error ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') events.push(`console ${message.text()}`)
  })
  await page.goto(url)
  await page.waitForFunction(() => 'markdownPage' in window)
  page.on('framenavigated', (frame) => events.push(`navigation to ${frame.url()}`))
  page.on('request', (request) => {
    const { pathname, protocol } = new URL(request.url())
    const isOwn = /^\/(?:strict|none)\/(?:static\/[\w.-]+|picture\.png)$/.test(pathname)
    if (protocol !== 'data:' && !isOwn) events.push(`request ${request.url().slice(0, 200)}`)
  })
  return { page, events, [Symbol.asyncDispose]: () => context.close() }
}
