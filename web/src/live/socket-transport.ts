import { parseJson } from '../api/read-json.ts'
import type { LiveEvent, LiveTransport } from './live-source.ts'

/** What is said over one socket. Messages are sent as JSON. */
export type SocketSession = {
  follow(id: string): readonly unknown[]
  unfollow(id: string): readonly unknown[]
  /** Takes a message of the server; returns what it is answered with. */
  take(message: unknown): readonly unknown[]
  /** The socket is closed. */
  leave(): void
}

/** What sockets are opened with. */
export type SocketOptions = {
  /** Path or URL. */
  readonly url: () => string
  /** Documents that the server lets one socket follow. */
  readonly maxFollowed: number
  readonly join: (emit: (event: LiveEvent) => void) => SocketSession
  /** Sent now and then, to be answered; `null`: the server speaks by itself. */
  readonly ping?: unknown
  /** One that says nothing for so long is gone, whatever the socket says. Default: 45 s. */
  readonly pingMs?: number
  /** Default: 10 s. */
  readonly openTimeoutMs?: number
}

/** Follows documents over one WebSocket. */
export function createSocketTransport(options: SocketOptions): LiveTransport {
  const { ping = null, pingMs = 45_000, openTimeoutMs = 10_000 } = options
  return {
    name: 'websocket',
    open({ onUp, onEvent, onDown }) {
      const session = options.join(onEvent)
      const followed = new Set<string>()
      let wanted: ReadonlySet<string> = new Set()
      let isOpen = false
      let isHeard = true
      let beat: ReturnType<typeof setInterval> | undefined

      const socket = new WebSocket(toSocketUrl(options.url()))
      const close = (): void => {
        clearTimeout(deadline)
        clearInterval(beat)
        socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null
        socket.close()
        session.leave()
      }
      const fail = (): void => {
        close()
        onDown()
      }
      const deadline = setTimeout(fail, openTimeoutMs)
      const send = (messages: readonly unknown[]): void => {
        for (const message of messages) socket.send(JSON.stringify(message))
      }
      const follow = (): void => {
        if (!isOpen) return
        const next = new Set([...wanted].slice(0, options.maxFollowed))
        for (const id of followed)
          if (!next.has(id)) {
            followed.delete(id)
            send(session.unfollow(id))
          }
        for (const id of next)
          if (!followed.has(id)) {
            followed.add(id)
            send(session.follow(id))
          }
      }
      socket.onopen = () => {
        isOpen = true
        clearTimeout(deadline)
        beat = setInterval(() => {
          if (!isHeard) return fail()
          isHeard = false
          return send(ping === null ? [] : [ping])
        }, pingMs)
        onUp()
        follow()
      }
      socket.onmessage = ({ data }) => {
        isHeard = true
        if (typeof data === 'string') send(session.take(parseJson(data)))
      }
      socket.onclose = socket.onerror = fail
      return {
        follow(ids) {
          wanted = ids
          follow()
        },
        close,
      }
    },
  }
}

function toSocketUrl(url: string): string {
  return (url.startsWith('/') ? location.origin + url : url).replace(/^http/, 'ws')
}
