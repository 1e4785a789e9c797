import { z } from 'zod'
import { RequestError } from '../http/request-error.ts'
import { route, type Route } from '../http/route.ts'

/** `GET /v1/live` without an upgrade. What is said over the WebSocket: live-sockets.ts. */
export function getLiveRoute(): Route {
  return route({
    method: 'get',
    path: '/v1/live',
    tag: 'v1',
    summary: 'Follow many documents over one WebSocket',
    description:
      'Messages are JSON texts. Send `{"follow": "<document id>"}` and `{"unfollow": "<document id>"}`, ' +
      'for up to 200 documents that have not ended. Told is `{"document_id", "event", "data"}`: at ' +
      'once the state so far as `document`, then `page`, `retry` and `document` with the data of ' +
      'GET /v1/documents/{id}/events, `removed` when the document was deleted, `unknown` for an id ' +
      'that does not exist, and `refused` with a `code` for one document too many, of this socket or of all. After a `document` ' +
      'whose status is final nothing more is told of it. Every 30 s ' +
      'comes `{"event": "pulse"}`: a socket that is silent for longer is dead. The server closes with 1012 when it stops ' +
      'and with 1013 when it cannot look a document up: come back then.',
    responses: {
      101: { description: 'The WebSocket is open' },
      426: {
        description: 'Not asked for as a WebSocket',
        contentType: 'application/problem+json',
        schema: z.unknown(),
      },
    },
    failures: [],
    handler() {
      throw new RequestError('this address is a WebSocket', { httpStatus: 426 })
    },
  })
}
