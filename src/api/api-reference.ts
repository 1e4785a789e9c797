import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Router, type Request, type Response } from 'express'
import type { OpenApiDocument } from './http/openapi.ts'

/*
 * Swagger UI from node_modules and ReDoc from vendor/, without a CDN. Both need inline styles and
 * data: images, and ReDoc a worker of a blob, so these pages have a policy of their own. ReDoc's footer
 * asks for a logo of its maker, which the policy refuses.
 */
const PAGES_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'"

const SWAGGER_DIRECTORY = dirname(
  createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'),
)
const REDOC_DIRECTORY = join(import.meta.dirname, '..', '..', 'vendor', 'redoc')

/** Files of others, by the path below the router that they are served at. */
const ASSETS = [
  { path: '/docs/swagger-ui.css', directory: SWAGGER_DIRECTORY, type: 'text/css' },
  { path: '/docs/swagger-ui-bundle.js', directory: SWAGGER_DIRECTORY, type: 'text/javascript' },
  { path: '/redoc/redoc.standalone.js', directory: REDOC_DIRECTORY, type: 'text/javascript' },
] as const

const PAGES = ['/openapi.json', '/docs', '/docs/initializer.js', '/redoc'] as const

/** What the pages show. */
export type ApiReference = {
  readonly title: string
  /** Makes it when somebody asks for it: each caller has a router, and few of them look. */
  readonly openApi: () => OpenApiDocument
}

/**
 * Serves `/docs` (Swagger UI), `/redoc` and `/openapi.json` from local files, below any prefix: the
 * document names it as its server.
 */
export function createApiReferenceRouter({ title, openApi }: ApiReference): Router {
  const router = Router({ caseSensitive: true })
  let made: OpenApiDocument | null = null
  router.get('/openapi.json', (req, res) => {
    const { baseUrl } = req
    made ??= openApi()
    res
      .set('Cache-Control', 'no-cache')
      .json({ ...made, servers: [{ url: baseUrl === '' ? '/' : baseUrl }] })
  })
  router.get('/docs', (req, res) => sendPage(res, 'text/html', swaggerPage(title, req)))
  router.get('/docs/initializer.js', (req, res) =>
    sendPage(res, 'text/javascript', swaggerInitializer(req)),
  )
  router.get('/redoc', (req, res) => sendPage(res, 'text/html', redocPage(title, req)))
  for (const { path, directory, type } of ASSETS)
    router.get(path, (_req, res) => {
      res.set({ 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'public, max-age=3600' })
      res.sendFile(path.split('/').at(-1) ?? '', { root: directory })
    })
  // For who ends the routes: these paths exist, and have no other methods.
  router.all([...PAGES, ...ASSETS.map(({ path }) => path)], (_req, res, next) => {
    res.locals['allow'] = ['GET', 'HEAD']
    next()
  })
  return router
}

/** Sends a page, or a script of one, that may use what stands on this host alone. */
export function sendPage(res: Response, type: string, page: string): void {
  res.set({ 'Content-Security-Policy': PAGES_POLICY, 'Cache-Control': 'no-cache' })
  res.type(type).send(page)
}

// The prefix is one that a router was mounted at, never a text of the client.
function swaggerPage(title: string, { baseUrl }: Request): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${baseUrl}/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${baseUrl}/docs/swagger-ui-bundle.js"></script>
    <script src="${baseUrl}/docs/initializer.js"></script>
  </body>
</html>
`
}

// A file, because the policy allows no inline script. validatorUrl null: the badge would be fetched
// from swagger.io.
function swaggerInitializer({ baseUrl }: Request): string {
  return `window.ui = SwaggerUIBundle({
  url: '${baseUrl}/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
})
`
}

// ReDoc looks for the element itself, so it needs no script of ours.
function redocPage(title: string, { baseUrl }: Request): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <redoc spec-url="${baseUrl}/openapi.json"></redoc>
    <script src="${baseUrl}/redoc/redoc.standalone.js"></script>
  </body>
</html>
`
}
