import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import { hasEnded } from '../../contract/document-status.ts'
import { DOCUMENT, PAGE_EVENT, RETRY_EVENT, type DocumentBody } from './document-body.ts'
import { readEventStream, type ServerSentEvent } from './event-stream.ts'
import type { ServerClient } from './server-client.ts'

/** What happens to a document. */
export type DocumentEvent =
  | { readonly kind: 'document'; readonly document: DocumentBody }
  | { readonly kind: 'page'; readonly page: z.output<typeof PAGE_EVENT> }
  | { readonly kind: 'retry'; readonly retry: z.output<typeof RETRY_EVENT> }

/** The server says something every 15 s, if only that it is there. */
const SILENCE_MS = 45_000
/** Between two looks at a document whose stream broke off. */
const POLL_MS = 2_000
/** A server may be away for minutes, as when it is replaced; its documents are not lost. */
const PATIENT_TRIES = 40

/** How to follow. */
export type FollowOptions = {
  readonly signal: AbortSignal
  /** Between two looks, when no stream holds; 2 s. */
  readonly pollMs?: number
}

/**
 * Tells what happens to a document until it has ended; the last event is its final status. Where the
 * stream of events breaks off or is not to be had, the status is asked for again and again.
 *
 * @throws {ServerError} when the document is unknown, or the server is away for minutes
 */
export async function* followDocument(
  client: ServerClient,
  id: string,
  { signal, pollMs = POLL_MS }: FollowOptions,
): AsyncGenerator<DocumentEvent> {
  let lastId: string | null = null
  for (;;) {
    try {
      for await (const { event, eventId } of streamEvents(client, { id, lastId, signal })) {
        lastId = eventId || lastId
        yield event
        if (event.kind === 'document' && hasEnded(event.document.status)) return
      }
    } catch {
      // Whether it was the stream, the server or the document: the status tells.
      signal.throwIfAborted()
    }
    const document = await client.status(id, { signal, tries: PATIENT_TRIES })
    yield { kind: 'document', document }
    if (hasEnded(document.status)) return
    await delay(pollMs, undefined, { signal })
  }
}

type Place = { readonly id: string; readonly lastId: string | null; readonly signal: AbortSignal }

async function* streamEvents(
  client: ServerClient,
  { id, lastId, signal }: Place,
): AsyncGenerator<{ readonly event: DocumentEvent; readonly eventId: string }> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), SILENCE_MS)
  try {
    const response = await client.events(id, lastId, {
      signal: AbortSignal.any([signal, silence.signal]),
      tries: 1,
    })
    const body = response?.body
    if (!body) return
    for await (const sent of readEventStream(noting(body, () => timer.refresh()))) {
      const event = toDocumentEvent(sent)
      if (event !== null) yield { event, eventId: sent.id }
    }
  } finally {
    clearTimeout(timer)
  }
}

async function* noting(
  body: AsyncIterable<Uint8Array>,
  onChunk: () => unknown,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    onChunk()
    yield chunk
  }
}

/** `null` for events of a newer server that are not known here. */
function toDocumentEvent({ event, data }: ServerSentEvent): DocumentEvent | null {
  const value: unknown = JSON.parse(data)
  if (event === 'document') return { kind: 'document', document: DOCUMENT.parse(value) }
  if (event === 'page') return { kind: 'page', page: PAGE_EVENT.parse(value) }
  if (event === 'retry') return { kind: 'retry', retry: RETRY_EVENT.parse(value) }
  return null
}
