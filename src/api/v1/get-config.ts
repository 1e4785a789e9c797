import { MEDIA_TYPES } from '../../contract/document.ts'
import { ENGINE_IDS, ENGINES, LANGUAGES } from '../../contract/engines.ts'
import type { EnginesConfig } from '../../config/config.ts'
import type { AppDeps } from '../app-deps.ts'
import { callerOf } from '../guards/caller.ts'
import { readPackageVersion } from '../docs-page.ts'
import { route, type Route } from '../http/route.ts'
import { configSchema } from './schemas.ts'
import { DPI_BOUNDS } from './upload-fields.ts'

/** `GET /v1/config`: what a client needs to offer its user what a submit takes. */
export function getConfigRoute({ config }: AppDeps): Route {
  const { maxUploadBytes, maxPages, defaultEngine, title, temporalUi } = config.api
  const body = {
    version: readPackageVersion(),
    title,
    temporal_ui_url: temporalUi?.url ?? null,
    limits: {
      max_upload_bytes: maxUploadBytes,
      max_pages: maxPages,
      media_types: MEDIA_TYPES,
      languages: LANGUAGES,
      dpi: { min: DPI_BOUNDS.minimum, max: DPI_BOUNDS.maximum },
    },
    engines: ENGINE_IDS.map((id) => ({
      id,
      default: id === defaultEngine,
      configured: isConfigured(config.engines, id),
      dpi: ENGINES[id].dpi,
      queue: ENGINES[id].queue,
    })),
  }
  return route({
    method: 'get',
    path: '/v1/config',
    tag: 'v1',
    summary: 'Limits and engines',
    description: 'As configured; whether somebody works on the queue of an engine says /readyz.',
    responses: {
      200: { description: 'Configuration', schema: configSchema },
      304: { description: 'Not changed since the ETag that was sent' },
    },
    failures: [],
    handler: ({ request }) => ({
      status: 200,
      body: { ...body, caller: callerOf(request).name },
      headers: { 'Cache-Control': 'private, no-cache' },
    }),
  })
}

/** The engines on the host of a worker need no settings; the others need a server. */
function isConfigured(engines: EnginesConfig, id: (typeof ENGINE_IDS)[number]): boolean {
  return id === 'paddle' || id === 'tesseract' || engines[id] !== null
}
