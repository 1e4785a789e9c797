import type { Request, Response } from 'express'
import { z } from 'zod'
import { hasEnded } from '../../contract/document-status.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import type { AppDeps } from '../app-deps.ts'
import { originOf } from '../http/request-context.ts'
import { route, type Route } from '../http/route.ts'
import { isFinalEventId } from '../live/event-log.ts'
import type { DocumentEvent } from '../live/live-documents.ts'
import { EventStream } from './event-stream.ts'
import { readDocumentId, requireDocument, unknownDocument } from './find-document.ts'
import { toWireEvent } from './wire-event.ts'
import { documentParams } from './schemas.ts'

/** Proxies drop connections that are silent for 30 s or more. */
const KEEP_ALIVE_MS = 15_000

/** `GET /v1/documents/{id}/events`: what happens to a document, as it happens, until it has ended. */
export function getEventsRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/v1/documents/{id}/events',
    tag: 'v1',
    summary: 'Follow a document',
    description:
      'Server-sent events: first all that has happened so far, then what happens. `page`: a page has ' +
      'ended (`page`, `outcome`, `code`, `characters`, `seconds`); `retry`: a page is tried again ' +
      '(`page`, `attempt`, `code`); `document`: the status as of GET /v1/documents/{id}, whenever it ' +
      'has changed. The answer ends after the `document` event whose status is final. With ' +
      '`Last-Event-ID`, only what came after that event is sent. Many documents are followed over ' +
      'one WebSocket at /v1/live.',
    params: documentParams,
    responses: {
      200: { description: 'Events', contentType: 'text/event-stream', schema: z.string() },
      204: { description: 'The event named by `Last-Event-ID` was the last one' },
    },
    failures: ['DOCUMENT_NOT_FOUND', 'RATE_LIMITED'],
    async handler({ params, request, response }) {
      const documentId = readDocumentId(params.id, response)
      requireDocument(await deps.gateway.status(documentId))
      const afterId = request.get('last-event-id') ?? null
      // An EventSource comes back after every end, except after this answer.
      if (afterId !== null && isFinalEventId(afterId)) return { status: 204 }
      if (response.closed) return null
      await sendEvents(deps, { documentId, afterId, request, response })
      return null
    },
  })
}

type Following = {
  readonly documentId: DocumentId
  readonly afterId: string | null
  readonly request: Request
  readonly response: Response
}

/** Resolves when the answer has ended, however it did. */
async function sendEvents(deps: AppDeps, following: Following): Promise<void> {
  const { gateway, live, stopping } = deps
  const { documentId, afterId, request, response } = following
  const stream = new EventStream(response)
  const { publicUrl, temporalUi } = deps.config.api
  const bases = { origin: originOf(request, publicUrl), temporalUi }
  const tell = (event: DocumentEvent): void => {
    stream.send({ id: event.id, ...toWireEvent(event, bases) })
    if (event.kind === 'status' && hasEnded(event.status.state)) stream.end()
  }
  using followed = await live.follow(documentId, tell, { afterId })
  // Deleted since it was looked for.
  if (followed === null) throw unknownDocument()
  if (response.closed) return
  stream.open()
  stream.expectPace()
  const keepAlive = setInterval(() => {
    stream.keepAlive()
    // Nothing is told of a document that was deleted.
    void gateway.status(documentId).then(
      (status) => status === null && stream.end(),
      () => undefined,
    )
  }, KEEP_ALIVE_MS)
  const end = (): void => stream.end()
  stopping.addEventListener('abort', end, { once: true })
  if (stopping.aborted || request.method === 'HEAD') stream.end()
  try {
    await stream.closed()
  } finally {
    clearInterval(keepAlive)
    stopping.removeEventListener('abort', end)
  }
}
