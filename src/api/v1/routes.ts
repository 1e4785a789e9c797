import type { AppDeps } from '../app-deps.ts'
import type { Route } from '../http/route.ts'
import { cancelDocumentRoute } from './cancel-document.ts'
import { createDocumentRoute } from './create-document.ts'
import { deleteDocumentRoute } from './delete-document.ts'
import { getConfigRoute } from './get-config.ts'
import { getDocumentRoute } from './get-document.ts'
import { getEventsRoute } from './get-events.ts'
import { getPageImageRoute } from './get-page-image.ts'
import { getPageRoute } from './get-page.ts'
import { getPictureRoute } from './get-picture.ts'
import { getResultRoute } from './get-result.ts'
import { getLiveRoute } from './get-live.ts'
import { listDocumentsRoute } from './list-documents.ts'
import { rerunDocumentRoute } from './rerun-document.ts'
import { getWebhooksRoute, redeliverWebhookRoute } from './webhook-routes.ts'
import { sessionRoutes } from './session.ts'

/** All routes of `/v1`, with their full paths. */
export function createV1Routes(deps: AppDeps): Route[] {
  return [
    createDocumentRoute(deps),
    listDocumentsRoute(deps),
    getDocumentRoute(deps),
    getEventsRoute(deps),
    deleteDocumentRoute(deps),
    cancelDocumentRoute(deps),
    rerunDocumentRoute(deps),
    getWebhooksRoute(deps),
    redeliverWebhookRoute(deps),
    getResultRoute(deps),
    getPageRoute(deps),
    getPageImageRoute(deps),
    getPictureRoute(deps),
    getLiveRoute(),
    getConfigRoute(deps),
    ...sessionRoutes(deps),
  ]
}
