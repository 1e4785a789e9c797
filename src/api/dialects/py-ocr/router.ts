import { Router } from 'express'
import type { AppDeps } from '../../app-deps.ts'
import { jsonBody } from '../../http/json-body.ts'
import { handleFailures } from '../../http/problem-response.ts'
import { mountRoutes, type Route } from '../../http/route.ts'
import { refuseCompressedBody, refuseUnknown } from '../../http/unknown-route.ts'
import { cancelRoute } from './cancel.ts'
import { writeError } from './error-body.ts'
import { statusBatchRoute } from './status-batch.ts'
import { statusRoute } from './status.ts'
import { uploadRoute } from './upload.ts'

/** The routes of the Py OCR document below its base path, for the router and for OpenAPI. */
export function createPyOcrRoutes(deps: AppDeps): Route[] {
  return [uploadRoute(deps), statusBatchRoute(deps), statusRoute(deps), cancelRoute(deps)]
}

/**
 * Router of the Py OCR dialect. It knows nothing of its prefix, and answers every path below it in
 * the envelope of its document, unknown ones included.
 */
export function createPyOcrRouter(deps: AppDeps): Router {
  const router = Router({ caseSensitive: true })
  router.use(refuseCompressedBody, jsonBody())
  mountRoutes(router, createPyOcrRoutes(deps), deps)
  router.use(refuseUnknown, handleFailures(writeError, deps.logger))
  return router
}
