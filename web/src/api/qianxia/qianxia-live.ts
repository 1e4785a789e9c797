import { createLazyTransport } from '../../live/lazy-transport.ts'
import type { LiveSource } from '../../live/live-source.ts'
import { createSocketTransport } from '../../live/socket-transport.ts'
import type { DocumentView } from '../../model.ts'
import { createIdempotencyKey } from '../idempotency-key.ts'
import { joinTaskSocket } from './task-socket.ts'

const POLLED_TASKS = 100

/** What changes are learned from. */
export type QianxiaLiveOptions = {
  /** On the origin of the page, with the path password. */
  readonly ownUrl: string
  readonly listNewest: (limit: number) => Promise<DocumentView[]>
  readonly get: (id: string) => Promise<DocumentView | null>
}

/** How Qianxia tells of changes: by its socket, or by being asked. */
export function createQianxiaLive({ ownUrl, listNewest, get }: QianxiaLiveOptions): LiveSource {
  const clientId = createIdempotencyKey()
  const socket = createSocketTransport({
    url: () => `${ownUrl}/ws?client_id=page_${clientId}`,
    maxFollowed: 100,
    join: joinTaskSocket,
    ping: { type: 'ping' },
  })
  const polling = createLazyTransport('polling', async () => {
    const { createPollingTransport } = await import('../../live/polling-transport.ts')
    return createPollingTransport({ list: () => listNewest(POLLED_TASKS), get })
  })
  return { transports: [socket, polling] }
}
