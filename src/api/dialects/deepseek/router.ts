import { Router } from 'express'
import { createApiReferenceRouter } from '../../api-reference.ts'
import type { AppDeps } from '../../app-deps.ts'
import { readPackageVersion } from '../../docs-page.ts'
import { endRouter } from '../../http/end-of-router.ts'
import { createOpenApiDocument, type OpenApiDocument } from '../../http/openapi.ts'
import { mountRoutes, type Route } from '../../http/route.ts'
import { cleanupRoute } from './cleanup.ts'
import { writeError } from './error-body.ts'
import { healthRoute } from './health.ts'
import { infoRoute } from './info.ts'
import { ocrBase64Route } from './ocr-base64.ts'
import { ocrRoute } from './ocr.ts'
import { resultsRoute } from './results.ts'

/** The routes of the DeepSeek-OCR document below its base path, for the router and for OpenAPI. */
export function createDeepseekRoutes(deps: AppDeps): Route[] {
  return [
    infoRoute(),
    healthRoute(deps),
    ocrRoute(deps),
    ocrBase64Route(deps),
    resultsRoute(deps),
    cleanupRoute(deps),
  ]
}

/**
 * Router of the DeepSeek dialect, with the pages that document it. It knows nothing of its prefix.
 *
 * @param isWhole See `RouterEnd`
 */
export function createDeepseekRouter(deps: AppDeps, isWhole = true): Router {
  const router = Router({ caseSensitive: true })
  const routes = createDeepseekRoutes(deps)
  const openApi = (): OpenApiDocument => openApiOf(routes)
  router.use(createApiReferenceRouter({ title: 'DeepSeek-OCR API', openApi }))
  mountRoutes(router, routes, deps)
  endRouter(router, { write: writeError, logger: deps.logger, isWhole })
  return router
}

function openApiOf(routes: readonly Route[]): OpenApiDocument {
  const version = readPackageVersion()
  return {
    ...createOpenApiDocument(version, [{ prefix: '', routes }]),
    info: {
      title: 'DeepSeek-OCR API',
      version,
      description: 'The DeepSeek-OCR API of durable-ocr / durable-ocr 的 DeepSeek-OCR API',
    },
  }
}
