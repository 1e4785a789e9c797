import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Router, type Response } from 'express'
import { FAILURES } from '../contract/failures.ts'
import type { OpenApiDocument } from './http/openapi.ts'

/*
 * Swagger UI from node_modules, without a CDN. It needs inline styles and data: images, so these
 * pages have a policy of their own.
 */
const DOCS_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'"

const ASSETS = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const

// A file, because the policy allows no inline script. validatorUrl null: the badge would be fetched
// from swagger.io.
const INITIALIZER = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
})
`

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>durable-ocr API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/initializer.js"></script>
  </body>
</html>
`

/** Serves `/docs`, `/openapi.json` and `/errors`, where the `type` of every problem leads. */
export function createDocsRouter(openApi: OpenApiDocument): Router {
  const router = Router({ caseSensitive: true })
  const assetsDirectory = dirname(
    createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'),
  )
  const openApiJson = JSON.stringify(openApi)
  const errorsPage = toErrorsPage()
  router.get('/openapi.json', (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('application/json').send(openApiJson)
  })
  router.get('/docs', (_req, res) => sendPage(res, 'text/html', PAGE))
  router.get('/docs/initializer.js', (_req, res) => sendPage(res, 'text/javascript', INITIALIZER))
  router.get('/errors', (_req, res) => sendPage(res, 'text/html', errorsPage))
  for (const [name, contentType] of Object.entries(ASSETS))
    router.get(`/docs/${name}`, (_req, res) => {
      res.set({ 'Content-Type': contentType, 'Cache-Control': 'public, max-age=3600' })
      res.sendFile(join(assetsDirectory, name))
    })
  return router
}

/** Version of this program, as its package.json says. */
export function readPackageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const manifest: unknown = JSON.parse(text)
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  if (!hasVersion || typeof manifest.version !== 'string')
    throw new Error('Cannot read package.json: no version')
  return manifest.version
}

function sendPage(res: Response, type: string, page: string): void {
  res.set({ 'Content-Security-Policy': DOCS_POLICY, 'Cache-Control': 'no-cache' })
  res.type(type).send(page)
}

function toErrorsPage(): string {
  const rows = Object.entries(FAILURES).map(
    ([code, { title, httpStatus }]) =>
      `<h2 id="${code}">${code}</h2>\n<p>${title}. HTTP status of /v1: ${httpStatus}.</p>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>durable-ocr failure codes</title></head>
<body>
<h1>Failure codes</h1>
<p>Meaning, cause and remedy of each code: docs/errors.md in the source.</p>
${rows.join('\n')}
</body>
</html>
`
}
