import { Router } from 'express'
import type { AppDeps } from '../../app-deps.ts'
import { endRouter } from '../../http/end-of-router.ts'
import { mountRoutes, type Route } from '../../http/route.ts'
import { refuseCompressedBody } from '../../http/unknown-route.ts'
import { requireApiKey } from './authorize.ts'
import { writeError } from './error-body.ts'
import { jsonBodyOfAnyClient } from './json-body.ts'
import { getResultRoute, postResultRoute } from './result.ts'
import { submitRoute } from './submit.ts'
import { uploadRoute } from './upload.ts'

/** The routes of the SCNet document below `/api/llm/v1/ocrdoc`, for the router and for OpenAPI. */
export function createScnetRoutes(deps: AppDeps): Route[] {
  return [submitRoute(deps), postResultRoute(deps), getResultRoute(deps), uploadRoute(deps)]
}

/**
 * Router of the SCNet dialect. It knows nothing of its prefix; everything below is its own. Who has no
 * key learns nothing of what is there.
 */
export function createScnetRouter(deps: AppDeps): Router {
  const router = Router({ caseSensitive: true })
  router.use(requireApiKey(deps.config.api.scnet.apiKeys, deps.callers), refuseCompressedBody)
  mountRoutes(router, createScnetRoutes(deps), { ...deps, readBody: jsonBodyOfAnyClient() })
  endRouter(router, { write: writeError, logger: deps.logger, isWhole: true })
  return router
}
