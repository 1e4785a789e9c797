import type { Logger } from 'pino'
import type { DocumentId } from '../../contract/identifiers.ts'
import { OcrError } from '../../platform/errors.ts'
import type { DocumentGateway } from '../gateway/document-gateway.ts'
import { DocumentWatch } from './document-watch.ts'
import type { LiveDocuments } from './live-documents.ts'

/** Logs that nobody follows, kept for those who come back; a log has some 200 bytes a page. */
const KEPT_LOGS = 200

/** Documents that are looked at once in each interval; of more, each is looked at less often. */
const LOOKS_PER_INTERVAL = 50

/** Followed documents, over everybody who follows. */
const MAX_FOLLOWED = 2_000

/** What the hub works with. */
export type LiveDocumentsOptions = {
  readonly gateway: Pick<DocumentGateway, 'status' | 'pageRecord'>
  readonly logger: Logger
  /**
   * Between two looks at a followed document, while there are 50 of them at most; proportionally longer
   * above, so that the looks in a second stay the same. Default: 1,000, as long as the gateway keeps a
   * status.
   */
  readonly intervalMs?: number
  /** Time that a log outlives its last follower. Default: 60,000. */
  readonly keepMs?: number
}

/** Time between two looks at each of so many documents: no more than 50 looks in an interval. */
export function lookPauseMs(followedDocuments: number, intervalMs: number): number {
  return intervalMs * Math.max(1, followedDocuments / LOOKS_PER_INTERVAL)
}

/** Makes the hub. It asks for nothing until somebody follows a document. */
export function createLiveDocuments({
  gateway,
  logger,
  intervalMs = 1_000,
  keepMs = 60_000,
}: LiveDocumentsOptions): LiveDocuments {
  const followed = new Map<DocumentId, DocumentWatch>()
  /** In the order in which their last followers left. */
  const kept = new Map<DocumentId, { readonly watch: DocumentWatch; readonly untilMs: number }>()
  let isClosed = false

  const forgetOld = (): void => {
    for (const [documentId, { untilMs }] of kept) {
      if (kept.size <= KEPT_LOGS && performance.now() < untilMs) return
      kept.delete(documentId)
    }
  }
  const onAlone = (watch: DocumentWatch): void => {
    followed.delete(watch.documentId)
    if (!watch.isWorthKeeping || isClosed) return
    kept.set(watch.documentId, { watch, untilMs: performance.now() + keepMs })
    forgetOld()
  }
  const pauseMs = (): number => lookPauseMs(followed.size, intervalMs)
  const watchOf = (documentId: DocumentId): DocumentWatch => {
    forgetOld()
    if (!followed.has(documentId) && followed.size >= MAX_FOLLOWED)
      throw new OcrError('RATE_LIMITED', 'Cannot follow document: too many are followed')
    const watch =
      followed.get(documentId) ??
      kept.get(documentId)?.watch ??
      new DocumentWatch({ documentId, gateway, logger, pauseMs, onAlone })
    kept.delete(documentId)
    followed.set(documentId, watch)
    return watch
  }

  return {
    async follow(documentId, listener, options = {}) {
      if (isClosed)
        throw new OcrError('SERVICE_UNAVAILABLE', 'Cannot follow document: the server stops')
      return watchOf(documentId).follow(listener, options)
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      for (const watch of followed.values()) watch.sleep()
      kept.clear()
    },
  }
}
