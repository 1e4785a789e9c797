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
import { routerPerCaller, type CallerDeps } from './guards/router-per-caller.ts'
import { healthRoutes } from './health.ts'
import { endRouter } from './http/end-of-router.ts'
import { jsonBody } from './http/json-body.ts'
import { createOpenApiDocument, type OpenApiDocument } from './http/openapi.ts'
import { handleFailures, writeProblem } from './http/problem-response.ts'
import { guardsOf, mountRoutes, OPEN_PAGE, type Route } from './http/route.ts'
import { refuseCompressedBody, refuseUnknown } from './http/unknown-route.ts'
import { mainPage } from './page/main-page.ts'
import { staticRoute } from './page/static-route.ts'
import { createRootDispatch } from './root-dispatch.ts'
import { WEBHOOKS } from './v1/webhook-schemas.ts'
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
  const routesOf = (own: AppDeps): Route[] => [
    ...createV1Routes(own),
    ...filesAndHealth(own, version),
  ]

  const app = createBareApp(deps)
  app.use(deps.relays.router)
  app.use(createDocsRouter(openApiOf(deps, version, routesOf(deps))))
  app.use(
    routerPerCaller(deps, (caller) => {
      const router = Router({ caseSensitive: true })
      if (prefixes) mountPrefixes(router, caller)
      router.use('/v1', refuseCompressedBody)
      const own = Router({ caseSensitive: true })
      mountRoutes(own, routesOf(caller.own), { ...deps, readBody: jsonBody() })
      endRouter(own, { write: writeProblem, logger: deps.logger, isWhole: false })
      router.use(own)
      if (roots) mountRoots(router, caller)
      else router.get('/', ...guardsOf(OPEN_PAGE, deps), mainPage(deps))
      return router
    }),
  )
  app.use(refuseUnknown, handleFailures(writeProblem, deps.logger))
  return app
}

function filesAndHealth(deps: AppDeps, version: string): Route[] {
  return [filesRoute(deps), ...healthRoutes(deps, version), staticRoute(deps, 'page')]
}

function mountPrefixes(router: Router, { own, all }: CallerDeps<AppDeps>): void {
  router.use('/pyocr/api', createPyOcrRouter(own))
  router.use('/dots', createDotsRouter(own))
  router.use(`/scnet${SCNET_PATH}`, createScnetRouter(own))
  router.use('/deepseek', createDeepseekRouter(own))
  if (isQianxiaServed(all.config)) router.use('/qianxia', createQianxiaRouter(all))
}

/** In this order: what is more specific goes before what answers all that is below it. */
function mountRoots(router: Router, { own, all }: CallerDeps<AppDeps>): void {
  const deepseek = createDeepseekRouter(own, false)
  const dots = createDotsRouter(own, false)
  const qianxia = isQianxiaServed(all.config) ? createQianxiaRouter(all, false) : null
  router.use(createRootDispatch(own, { dots, deepseek, page: mainPage(own) }))
  router.use(SCNET_PATH, createScnetRouter(own))
  if (qianxia !== null) router.use(qianxia)
  router.use('/api', createPyOcrRouter(own))
  router.use(deepseek)
}

/** Every route of the main port once, under the path that no other dialect shares. */
function openApiOf(deps: AppDeps, version: string, ownRoutes: readonly Route[]): OpenApiDocument {
  const { prefixes, roots } = deps.config.api.mounts
  const mounted = [
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
  ]
  return createOpenApiDocument(version, mounted, WEBHOOKS)
}
