import { Router, type Express } from 'express'
import { QIANXIA_PORT } from '../config/dialects-config.ts'
import type { AppDeps } from './app-deps.ts'
import { createBareApp } from './bare-app.ts'
import { createDeepseekRouter } from './dialects/deepseek/router.ts'
import { createDotsRouter } from './dialects/dots/router.ts'
import { writeError as writePyOcrError } from './dialects/py-ocr/error-body.ts'
import { createPyOcrRouter } from './dialects/py-ocr/router.ts'
import { isQianxiaServed } from './dialects/qianxia/is-served.ts'
import { createQianxiaRouter } from './dialects/qianxia/router.ts'
import { routerPerCaller } from './guards/router-per-caller.ts'
import { filesRoute } from './files.ts'
import { endRouter } from './http/end-of-router.ts'
import { mountRoutes } from './http/route.ts'

/** What is served on a documented port. */
export type CompatApp = {
  /** Where it is opened; another one than documented if that can be configured. */
  readonly port: number
  readonly app: Express
  /** Whether WebSockets of Qianxia are taken there. */
  readonly hasSockets: boolean
}

/** The application of a documented port; `null` for one that no dialect documents, or is not served. */
export function createCompatApp(port: number, deps: AppDeps): CompatApp | null {
  switch (port) {
    case 5000:
      return { port, app: createPyOcrAndDotsApp(deps), hasSockets: false }
    case 8031:
      return {
        port,
        app: createBareApp(deps).use(routerPerCaller(deps, ({ own }) => createDeepseekRouter(own))),
        hasSockets: false,
      }
    case QIANXIA_PORT:
      if (!isQianxiaServed(deps.config)) return null
      return {
        port: deps.config.api.qianxia.port,
        app: createBareApp(deps).use(routerPerCaller(deps, ({ all }) => createQianxiaRouter(all))),
        hasSockets: true,
      }
    default:
      return null
  }
}

/**
 * Port 5000 has two documented users that do not meet: Py OCR below `/api`, and dots. The signed
 * downloads that Py OCR's answers lead to are there too.
 */
function createPyOcrAndDotsApp(deps: AppDeps): Express {
  const files = Router({ caseSensitive: true })
  mountRoutes(files, [filesRoute(deps)], deps)
  endRouter(files, { write: writePyOcrError, logger: deps.logger, isWhole: false })
  return createBareApp(deps)
    .use(
      '/api',
      routerPerCaller(deps, ({ own }) => createPyOcrRouter(own)),
    )
    .use(files)
    .use(routerPerCaller(deps, ({ own }) => createDotsRouter(own)))
}
