import { Router, type Express } from 'express'
import type { AppDeps } from './app-deps.ts'
import { createBareApp } from './bare-app.ts'
import { createDeepseekRouter, createDeepseekRoutes } from './dialects/deepseek/router.ts'
import { createDotsRouter, createDotsRoutes } from './dialects/dots/router.ts'
import { createPyOcrRouter, createPyOcrRoutes } from './dialects/py-ocr/router.ts'
import { isQianxiaServed } from './dialects/qianxia/is-served.ts'
import { createQianxiaRouter, createQianxiaRoutes } from './dialects/qianxia/router.ts'
import { createScnetRouter, createScnetRoutes } from './dialects/scnet/router.ts'
import { createDocsRouter, readPackageVersion } from './docs-page.ts'
import { filesRoute } from './files.ts'
import { withoutUsers } from './gateway/ownerless-documents.ts'
import { healthRoutes } from './health.ts'
import { endRouter } from './http/end-of-router.ts'
import { createOpenApiDocument, type OpenApiDocument } from './http/openapi.ts'
import { handleFailures, writeProblem } from './http/problem-response.ts'
import { mountRoutes, type Route } from './http/route.ts'
import { refuseCompressedBody, refuseUnknown } from './http/unknown-route.ts'
import { mainPage } from './page/main-page.ts'
import { staticRoute } from './page/static-route.ts'
import { createRootDispatch } from './root-dispatch.ts'
import { createV1Routes } from './v1/routes.ts'

const SCNET_PATH = '/api/llm/v1/ocrdoc'

/**
 * Creates the application of the main port: `/v1`, the dialects under their prefixes and at their
 * documented roots, signed downloads, health and documentation.
 *
 * @example http.createServer(createApp(deps)).listen(8080, '127.0.0.1')
 */
export function createApp(deps: AppDeps): Express {
  const version = readPackageVersion()
  const { prefixes, roots } = deps.config.api.mounts
  const ownRoutes = [...createV1Routes(withoutUsers(deps)), ...filesAndHealth(deps, version)]

  const app = createBareApp(deps)
  app.use(deps.relays.router)
  app.use(createDocsRouter(openApiOf(deps, version, ownRoutes)))
  if (prefixes) mountPrefixes(app, deps)
  app.use('/v1', refuseCompressedBody)
  const own = Router({ caseSensitive: true })
  mountRoutes(own, ownRoutes, deps)
  endRouter(own, { write: writeProblem, logger: deps.logger, isWhole: false })
  app.use(own)
  if (roots) mountRoots(app, deps)
  else app.get('/', mainPage(deps))
  app.use(refuseUnknown, handleFailures(writeProblem, deps.logger))
  return app
}

function filesAndHealth(deps: AppDeps, version: string): Route[] {
  return [filesRoute(deps), ...healthRoutes(deps, version), staticRoute(deps, 'page')]
}

function mountPrefixes(app: Express, deps: AppDeps): void {
  const open = withoutUsers(deps)
  app.use('/pyocr/api', createPyOcrRouter(open))
  app.use('/dots', createDotsRouter(open))
  app.use(`/scnet${SCNET_PATH}`, createScnetRouter(open))
  app.use('/deepseek', createDeepseekRouter(open))
  if (isQianxiaServed(deps.config)) app.use('/qianxia', createQianxiaRouter(deps))
}

/** In this order: what is more specific goes before what answers all that is below it. */
function mountRoots(app: Express, deps: AppDeps): void {
  const open = withoutUsers(deps)
  const deepseek = createDeepseekRouter(open, false)
  const dots = createDotsRouter(open, false)
  const qianxia = isQianxiaServed(deps.config) ? createQianxiaRouter(deps, false) : null
  app.use(createRootDispatch(deps, { dots, deepseek, page: mainPage(deps) }))
  app.use(SCNET_PATH, createScnetRouter(open))
  if (qianxia !== null) app.use(qianxia)
  app.use('/api', createPyOcrRouter(open))
  app.use(deepseek)
}

/** Every route of the main port once, under the path that no other dialect shares. */
function openApiOf(deps: AppDeps, version: string, ownRoutes: readonly Route[]): OpenApiDocument {
  const { prefixes, roots } = deps.config.api.mounts
  return createOpenApiDocument(version, [
    { prefix: '', routes: ownRoutes },
    ...(prefixes || roots
      ? [
          { prefix: roots ? '/api' : '/pyocr/api', routes: createPyOcrRoutes(deps) },
          { prefix: roots ? SCNET_PATH : `/scnet${SCNET_PATH}`, routes: createScnetRoutes(deps) },
          { prefix: prefixes ? '/deepseek' : '', routes: createDeepseekRoutes(deps) },
        ]
      : []),
    // Without its prefix it has no path of its own.
    ...(prefixes ? [{ prefix: '/dots', routes: createDotsRoutes(deps) }] : []),
    ...(isQianxiaServed(deps.config) && (prefixes || roots)
      ? [{ prefix: prefixes ? '/qianxia' : '', routes: createQianxiaRoutes(deps) }]
      : []),
  ])
}
