import express, { type Express } from 'express'
import helmet from 'helmet'
import type { AppDeps } from './app-deps.ts'
import { accessLog } from './http/access-log.ts'
import { assignRequestId, closeUnreadBody } from './http/request-context.ts'

/** Creates what every application starts with: request ids, the log, safe headers, and no route. */
export function createBareApp({
  logger,
  config,
  countRequest,
}: Pick<AppDeps, 'logger' | 'config' | 'countRequest'>): Express {
  const app = express()
  app.disable('x-powered-by')
  app.enable('case sensitive routing')
  // Flat: `a[b]=c` is a name, never an object.
  app.set('query parser', 'simple')
  const password = config.api.qianxia.password.reveal()
  app.use(assignRequestId, accessLog(logger, password), closeUnreadBody)
  if (countRequest !== undefined) app.use(countRequest)
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
