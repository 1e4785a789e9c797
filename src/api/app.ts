import express, { Router, type Express } from 'express'
import helmet from 'helmet'
import { accessLog } from './http/access-log.ts'
import type { AppDeps } from './app-deps.ts'
import { createPyOcrRouter, createPyOcrRoutes } from './dialects/py-ocr/router.ts'
import { writeError as writePyOcrError } from './dialects/py-ocr/error-body.ts'
import { createDocsRouter, readPackageVersion } from './docs-page.ts'
import { filesRoute } from './files.ts'
import { healthRoutes } from './health.ts'
import { createOpenApiDocument } from './http/openapi.ts'
import { handleFailures, writeProblem } from './http/problem-response.ts'
import { assignRequestId, closeUnreadBody } from './http/request-context.ts'
import { mountRoutes } from './http/route.ts'
import { refuseCompressedBody, refuseUnknown } from './http/unknown-route.ts'
import { createV1Routes } from './v1/routes.ts'

/**
 * Creates the application of the main port: `/v1`, the dialects at their documented roots and under
 * their prefixes, signed downloads, health and documentation.
 *
 * @example http.createServer(createApp(deps)).listen(8080, '127.0.0.1')
 */
export function createApp(deps: AppDeps): Express {
  const version = readPackageVersion()
  const ownRoutes = [...createV1Routes(deps), filesRoute(deps), ...healthRoutes(deps, version)]
  const openApi = createOpenApiDocument(version, [
    { prefix: '', routes: ownRoutes },
    { prefix: '/api', routes: createPyOcrRoutes(deps) },
  ])

  const app = createBareApp(deps)
  app.get('/', (_req, res) => res.redirect(302, '/docs'))
  app.use(createDocsRouter(openApi))
  app.use('/api', createPyOcrRouter(deps))
  app.use('/pyocr/api', createPyOcrRouter(deps))
  app.use('/v1', refuseCompressedBody)
  const own = Router({ caseSensitive: true })
  mountRoutes(own, ownRoutes, deps)
  app.use(own)
  app.use(refuseUnknown, handleFailures(writeProblem, deps.logger))
  return app
}

/**
 * Creates the application of port 5000: Py OCR at its documented root, and the signed downloads that
 * its answers lead to.
 */
export function createPyOcrApp(deps: AppDeps): Express {
  const app = createBareApp(deps)
  app.use('/api', createPyOcrRouter(deps))
  const files = Router({ caseSensitive: true })
  mountRoutes(files, [filesRoute(deps)], deps)
  app.use(files)
  app.use(refuseUnknown, handleFailures(writePyOcrError, deps.logger))
  return app
}

/** What every application starts with. */
function createBareApp({ logger }: AppDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.enable('case sensitive routing')
  // Flat: `a[b]=c` is a name, never an object.
  app.set('query parser', 'simple')
  app.use(assignRequestId, accessLog(logger), closeUnreadBody)
  app.use(
    helmet({
      // Answers are data. What is a page or a file sets a policy of its own.
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      // For the proxy that ends TLS to decide.
      strictTransportSecurity: false,
    }),
  )
  app.use((_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store')
    next()
  })
  return app
}
