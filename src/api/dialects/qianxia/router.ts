import { Router } from 'express'
import { z } from 'zod'
import type { AppDeps } from '../../app-deps.ts'
import { endRouter } from '../../http/end-of-router.ts'
import { jsonBody } from '../../http/json-body.ts'
import { mountRoutes, type Route } from '../../http/route.ts'
import { refuseCompressedBody } from '../../http/unknown-route.ts'
import { createAuthRoutes } from './auth-routes.ts'
import { admitSessions } from './admit-sessions.ts'
import { allowBackUrl } from './back-url.ts'
import { batchStatusRoute } from './batch-status.ts'
import { cancelRoutes } from './cancel-task.ts'
import { writeError } from './error-body.ts'
import { exportTaskRoute } from './export-task.ts'
import { getPageRoute, getPagesRoute } from './get-pages.ts'
import { getBatchesRoute, getProgressRoute } from './get-progress.ts'
import { getResultRoute } from './get-result.ts'
import { getTaskRoute } from './get-task.ts'
import { healthRoutes } from './health.ts'
import { listTasksRoute } from './list-tasks.ts'
import { pageFilesRoutes } from './page-files-routes.ts'
import { homeRoute, rootPageRoutes } from './page-routes.ts'
import { belowPassword } from './path-password.ts'
import { submitBatchRoute } from './submit-batch.ts'
import { submitRoutes } from './submit-routes.ts'
import { systemRoutes } from './system-routes.ts'
import { createUserRoutes } from './user-routes.ts'

/** Where compressed bodies are refused and requests counted: paths that are this dialect's at any root. */
const OWN_PATHS = ['/process', '/api/tasks', '/api/async', '/api/system', '/api/user']

/** The routes of the dialect below its root, for OpenAPI. */
export function createQianxiaRoutes(deps: AppDeps): Route[] {
  const hasPassword = deps.config.api.qianxia.password.reveal() !== ''
  const tasks = taskRoutes(deps)
  return [...rootRoutes(deps), ...(hasPassword ? tasks.map(belowPasswordParameter) : tasks)]
}

/**
 * Router of the Qianxia dialect; it knows nothing of its prefix. Everything below the path password
 * is answered in the envelope of the dialect.
 *
 * @param isWhole Whether everything else that reaches it is answered there too
 */
export function createQianxiaRouter(deps: AppDeps, isWhole = true): Router {
  const { qianxia, publicUrl } = deps.config.api
  const { password } = qianxia
  const end = { write: writeError, logger: deps.logger }
  const guards = [admitSessions(deps), ...deps.guards]
  const guarded = { ...deps, guards, readBody: jsonBody() }
  const router = Router({ caseSensitive: true })
  router.use('/api/auth', deps.qianxia.counters.handler, refuseCompressedBody)
  mountRoutes(router, rootRoutes(deps), guarded)
  const tasks = Router({ caseSensitive: true })
  tasks.use(OWN_PATHS, allowBackUrl(qianxia, publicUrl))
  tasks.use(OWN_PATHS, deps.qianxia.counters.handler, refuseCompressedBody)
  mountRoutes(tasks, taskRoutes(deps), guarded)
  // Without a password its paths stand among those of others.
  if (password.reveal() !== '') endRouter(tasks, { ...end, isWhole: true })
  router.use(belowPassword(password, tasks))
  endRouter(router, { ...end, isWhole })
  return router
}

function rootRoutes(deps: AppDeps): Route[] {
  return [...rootPageRoutes(deps), ...healthRoutes(deps), ...createAuthRoutes(deps)]
}

function taskRoutes(deps: AppDeps): Route[] {
  return [
    homeRoute(deps),
    ...submitRoutes(deps),
    submitBatchRoute(deps),
    batchStatusRoute(deps),
    listTasksRoute(deps),
    getTaskRoute(deps),
    getResultRoute(deps),
    getPagesRoute(deps),
    getPageRoute(deps),
    ...pageFilesRoutes(deps),
    getProgressRoute(deps),
    getBatchesRoute(deps),
    exportTaskRoute(deps),
    ...cancelRoutes(deps),
    ...systemRoutes(deps),
    ...createUserRoutes(deps),
  ]
}

function belowPasswordParameter(mounted: Route): Route {
  const password = z.string().meta({ description: '`PASSWORD`' })
  return {
    ...mounted,
    path: `/{password}${mounted.path === '/' ? '' : mounted.path}`,
    params: z.object({ password, ...mounted.params?.shape }),
  }
}
