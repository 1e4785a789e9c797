import { Router } from 'express'
import type { AppDeps } from '../../app-deps.ts'
import { endRouter } from '../../http/end-of-router.ts'
import { mountRoutes, type Route } from '../../http/route.ts'
import { writeError } from './error-body.ts'
import { healthRoute } from './health.ts'
import { ocrRoute } from './ocr.ts'

/** The routes of the dots document, for the router and for OpenAPI. */
export function createDotsRoutes(deps: AppDeps): Route[] {
  return [healthRoute(deps), ocrRoute(deps)]
}

/**
 * Router of the dots dialect. It knows nothing of its prefix.
 *
 * @param isWhole whether unknown paths are answered too, in the envelope of the document
 */
export function createDotsRouter(deps: AppDeps, isWhole = true): Router {
  const router = Router({ caseSensitive: true })
  mountRoutes(router, createDotsRoutes(deps), deps)
  endRouter(router, { write: writeError, logger: deps.logger, isWhole })
  return router
}
