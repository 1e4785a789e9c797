import type { DocumentsApi } from '../../../../web/src/api/documents-api.ts'
import { ApiError, type DocumentView } from '../../../../web/src/model.ts'
import { createStore } from '../../../../web/src/state/create-store.ts'
import { until } from '../../../support/until.ts'
import {
  documentView,
  fakeDocumentsApi,
  scriptedTransport,
} from '../../../support/web-documents.ts'

/** What the service answers when it refuses. */
export const refusal = (status: number, code = 'X'): ApiError =>
  new ApiError({ code, message: '', requestId: null, status })

/** A list that is whole. */
export const listing = (...documents: readonly DocumentView[]) =>
  Promise.resolve({ documents, nextCursor: null })

/** One that has ended. */
export const ENDED = documentView({ id: 'ended', state: 'completed', marks: 'ooo', createdAtMs: 5 })
/** One that is read, and newer. */
export const RUNNING = documentView({ id: 'running', createdAtMs: 10 })

/** A store that has begun, and whose documents are followed by a transport of the test. */
export function startStore(changes: Partial<DocumentsApi> = {}) {
  const socket = scriptedTransport('websocket')
  const api = fakeDocumentsApi({
    live: () => Promise.resolve({ transports: [socket] }),
    list: () => listing(ENDED, RUNNING),
    get: (id) => Promise.resolve([ENDED, RUNNING].find((one) => one.id === id) ?? null),
    ...changes,
  })
  const store = createStore(api)
  store.start()
  const following = async () => {
    await until(() => socket.opened.length > 0, 'something is followed')
    return socket.latest()
  }
  return { store, socket, following, [Symbol.dispose]: () => store.close() }
}
