import { Router } from 'express'
import type { AppDeps } from '../../app-deps.ts'
import { endRouter } from '../../http/end-of-router.ts'
import { jsonBody } from '../../http/json-body.ts'
import { mountRoutes, type Route } from '../../http/route.ts'
import { refuseCompressedBody } from '../../http/unknown-route.ts'
import { cancelRoute } from './cancel.ts'
import { writeError } from './error-body.ts'
import { statusBatchRoute } from './status-batch.ts'
import { statusRoute } from './status.ts'
import { TASK_KINDS } from './task-kind.ts'
import { uploadRoute } from './upload.ts'

/** The routes of the Py OCR document below its base path, for the router and for OpenAPI. */
export function createPyOcrRoutes(deps: AppDeps): Route[] {
  return [
    ...TASK_KINDS.map((kind) => uploadRoute(deps, kind)),
    statusBatchRoute(deps),
    ...TASK_KINDS.map((kind) => statusRoute(deps, kind)),
    ...TASK_KINDS.map((kind) => cancelRoute(deps, kind)),
  ]
}

/**
 * Router of the Py OCR dialect. It knows nothing of its prefix, and answers every path below it in
 * the envelope of its document, unknown ones included unless it is only a part of a root.
 */
export function createPyOcrRouter(deps: AppDeps, isWhole = true): Router {
  const router = Router({ caseSensitive: true })
  router.use(refuseCompressedBody)
  mountRoutes(router, createPyOcrRoutes(deps), { ...deps, readBody: jsonBody() })
  endRouter(router, { write: writeError, logger: deps.logger, isWhole })
  return router
}
