import express, { type Express } from 'express'
import helmet from 'helmet'
import type { AppDeps } from './app-deps.ts'
import { allowOrigins } from './guards/cross-origin.ts'
import { accessLog } from './http/access-log.ts'
import { assignRequestId, closeUnreadBody } from './http/request-context.ts'

/** Creates what every application starts with: request ids, the log, safe headers, who asks, and no route. */
export function createBareApp({
  logger,
  config,
  countRequest,
  callers,
}: Pick<AppDeps, 'logger' | 'config' | 'countRequest' | 'callers'>): Express {
  const app = express()
  app.disable('x-powered-by')
  app.enable('case sensitive routing')
  // Flat: `a[b]=c` is a name, never an object.
  app.set('query parser', 'simple')
  // Only what a proxy of the operator's says of addresses, schemes and hosts is believed.
  app.set('trust proxy', config.api.access.trustProxy)
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
  app.use(allowOrigins(config.api.access), callers.noteCaller)
  return app
}
