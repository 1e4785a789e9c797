import { createLazyTransport } from '../../live/lazy-transport.ts'
import type { LiveEvent, LiveSource } from '../../live/live-source.ts'
import { createSocketTransport, type SocketSession } from '../../live/socket-transport.ts'
import type { DocumentView } from '../../model.ts'
import type { DocumentList, ListQuery } from '../documents-api.ts'
import { toObject, toText } from '../read-json.ts'
import { isPage, readDocument, readRunningPage } from './read-document.ts'

/** As many as the service gives, so that all that runs is in one answer. */
const POLLED_DOCUMENTS = 100
/** As many as the service lets one socket follow. */
const MAX_FOLLOWED = 200

/** What changes are learned from. */
export type V1LiveOptions = {
  readonly root: string
  readonly urlOf: (id: string) => string
  readonly list: (query: ListQuery, limit: number) => Promise<DocumentList>
  readonly get: (id: string) => Promise<DocumentView | null>
}

/** How `/v1` tells of changes: socket, streams, or by being asked. */
export function createV1Live({ root, urlOf, list, get }: V1LiveOptions): LiveSource {
  const polling = createLazyTransport('polling', async () => {
    const { createPollingTransport } = await import('../../live/polling-transport.ts')
    const listNewest = async () =>
      (await list({ cursor: null, state: null }, POLLED_DOCUMENTS)).documents
    return createPollingTransport({ list: listNewest, get })
  })
  const streams = createLazyTransport('sse', async () => {
    const { createSseTransport } = await import('../../live/sse-transport.ts')
    const urlOfStream = (id: string): string => `${urlOf(id)}/events`
    return createSseTransport({ urlOf: urlOfStream, events: EVENTS, read: readEvent, polling })
  })
  const url = (): string => `${root}/v1/live`
  const socket = createSocketTransport({ url, maxFollowed: MAX_FOLLOWED, join: joinSocket })
  return { transports: [socket, streams, polling] }
}

/** Counts of a page that has ended come with the status that follows its own event. */
const EVENTS = ['document', 'retry'] as const

function readEvent(id: string, event: unknown, data: unknown): LiveEvent | null {
  switch (event) {
    case 'document': {
      const document = readDocument(data)
      return document && { kind: 'document', document }
    }
    case 'retry': {
      const running = readRunningPage(data)
      return isPage(running) ? { kind: 'retry', id, running } : null
    }
    case 'removed':
    case 'unknown':
      return { kind: 'removed', id }
    default:
      return null
  }
}

function joinSocket(emit: (event: LiveEvent) => void): SocketSession {
  return {
    follow: (id) => [{ follow: id }],
    unfollow: (id) => [{ unfollow: id }],
    take(message) {
      const { document_id, event, data } = toObject(message)
      const id = toText(document_id)
      const told = id === null ? null : readEvent(id, event, data)
      if (told !== null) emit(told)
      return []
    },
    leave: () => undefined,
  }
}
