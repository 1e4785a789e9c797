import type { Response } from 'express'
import type { PageFiles } from './page-files.ts'
import { toPageHtml, type PageSettings } from './page-html.ts'

/** Origins besides our own that a page may reach. */
export type PagePolicy = {
  readonly connect?: readonly string[]
  readonly images?: readonly string[]
}

/** Sends the web page; 503 and one sentence where it was not built. */
export function sendPage(
  response: Response,
  files: PageFiles,
  { settings, policy = {} }: { readonly settings: PageSettings; readonly policy?: PagePolicy },
): void {
  const { html } = files
  if (html === null)
    response
      .status(503)
      .type('text/plain')
      .send('The web page has not been built: run "npm run build". The API works: see /docs.\n')
  else sendHtml(response, toPageHtml(html, settings), policy)
}

/** Sends HTML that may load what stands on this origin, and nothing else. */
export function sendHtml(response: Response, html: string, policy: PagePolicy = {}): void {
  response.set({
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      ["img-src 'self' data: blob:", ...(policy.images ?? [])].join(' '),
      ["connect-src 'self'", ...(policy.connect ?? [])].join(' '),
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      // What becomes HTML has gone through the sanitiser, whose policy this is.
      "require-trusted-types-for 'script'",
      'trusted-types dompurify',
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-cache',
  })
  response.type('html').send(html)
}
