import { parseJson } from '../api/read-json.ts'
import type { LiveEvent, LiveTransport } from './live-source.ts'

/** Browsers allow 6 connections to an origin, and requests need some of them. */
const MAX_STREAMS = 4
const OPEN_TIMEOUT_MS = 10_000
/** `readyState` of a source that will not come back by itself. */
const CLOSED = 2

/** What streams are opened with. */
export type SseOptions = {
  readonly urlOf: (id: string) => string
  /** Names of events to listen for. */
  readonly events: readonly string[]
  readonly read: (id: string, event: string, data: unknown) => LiveEvent | null
  /** Follows what streams do not, and tells whether the service answers at all. */
  readonly polling: LiveTransport
  /** For tests. */
  readonly createSource?: (url: string) => EventSource
}

type Stream = {
  readonly source: EventSource
  isOpen: boolean
  wasOpen: boolean
  deadline: ReturnType<typeof setTimeout>
}

/** Follows the first documents over a stream each, and polls the others. */
export function createSseTransport(options: SseOptions): LiveTransport {
  const { urlOf, events, read, polling } = options
  const createSource = options.createSource ?? ((url) => new EventSource(url))
  return {
    name: 'sse',
    open({ onUp, onEvent, onDown }) {
      const streams = new Map<string, Stream>()
      /** Streams that the server has ended; asking again would be no use. */
      const over = new Set<string>()
      let ids: ReadonlySet<string> = new Set()

      const close = (): void => {
        for (const id of streams.keys()) drop(id)
        rest.close()
      }
      const fail = (): void => {
        close()
        onDown()
      }
      const drop = (id: string): void => {
        const stream = streams.get(id)
        clearTimeout(stream?.deadline)
        stream?.source.close()
        streams.delete(id)
      }
      /** A stream is polled until it is open: a proxy may hold back all that it says. */
      const pollRest = (): void =>
        rest.follow(new Set([...ids].filter((id) => !streams.get(id)?.isOpen)))
      const openStream = (id: string): void => {
        const source = createSource(urlOf(id))
        const stream = {
          source,
          isOpen: false,
          wasOpen: false,
          deadline: setTimeout(fail, OPEN_TIMEOUT_MS),
        }
        streams.set(id, stream)
        source.onopen = () => {
          stream.isOpen = stream.wasOpen = true
          clearTimeout(stream.deadline)
          pollRest()
        }
        source.onerror = () => {
          if (source.readyState === CLOSED && !stream.wasOpen) return fail()
          stream.isOpen = false
          if (source.readyState === CLOSED) {
            over.add(id)
            drop(id)
          }
          return pollRest()
        }
        for (const event of events)
          source.addEventListener(event, ({ data }) => {
            const told = read(id, event, parseJson(String(data)))
            if (told) onEvent(told)
          })
      }
      const rest = polling.open({ onUp, onEvent, onDown: fail })
      return {
        follow(next) {
          ids = next
          for (const id of streams.keys()) if (!ids.has(id)) drop(id)
          for (const id of ids)
            if (streams.size < MAX_STREAMS && !streams.has(id) && !over.has(id)) openStream(id)
          pollRest()
        },
        close,
      }
    },
  }
}
