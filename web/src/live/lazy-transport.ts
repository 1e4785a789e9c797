import type { LiveConnection, LiveTransport } from './live-source.ts'

/** A transport whose code is loaded once it is opened. */
export function createLazyTransport(
  name: LiveTransport['name'],
  load: () => Promise<LiveTransport>,
): LiveTransport {
  return {
    name,
    open(listener) {
      let ids: ReadonlySet<string> = new Set()
      let inner: LiveConnection | null = null
      let isClosed = false
      load().then(
        (transport) => {
          if (isClosed) return
          inner = transport.open(listener)
          inner.follow(ids)
        },
        () => {
          if (!isClosed) listener.onDown()
        },
      )
      return {
        follow(next) {
          ids = next
          inner?.follow(ids)
        },
        close() {
          isClosed = true
          inner?.close()
        },
      }
    },
  }
}
