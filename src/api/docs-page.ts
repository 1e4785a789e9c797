import { readFileSync } from 'node:fs'
import { Router } from 'express'
import { FAILURES } from '../contract/failures.ts'
import { createApiReferenceRouter, sendPage } from './api-reference.ts'
import type { OpenApiDocument } from './http/openapi.ts'

/**
 * Serves `/docs`, `/redoc`, `/openapi.json`, and `/errors`, where the `type` of every problem leads.
 */
export function createDocsRouter(openApi: OpenApiDocument): Router {
  const router = Router({ caseSensitive: true })
  const errorsPage = toErrorsPage()
  router.use(createApiReferenceRouter({ title: 'durable-ocr API', openApi: () => openApi }))
  router.get('/errors', (_req, res) => sendPage(res, 'text/html', errorsPage))
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
