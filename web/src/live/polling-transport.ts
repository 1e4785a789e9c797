import { ApiError, type DocumentView } from '../model.ts'
import type { LiveEvent, LiveTransport } from './live-source.ts'

const INTERVAL_MS = 2_000
/** While nothing runs, or nobody looks. */
const SLOW_INTERVAL_MS = 15_000
/** A list does not tell which page is where, so a few documents at a time are asked for. */
const MAX_ASKED = 4

/** What is polled. */
export type PollingOptions = {
  /** The newest documents, running ones among them. */
  readonly list: () => Promise<readonly DocumentView[]>
  readonly get: (id: string) => Promise<DocumentView | null>
  /** Default: whether the page is hidden. */
  readonly isHidden?: () => boolean
}

/** Asks for the followed documents every 2 s, and every 15 s while there are none. */
export function createPollingTransport(options: PollingOptions): LiveTransport {
  const { list, get, isHidden = () => document.hidden } = options
  return {
    name: 'polling',
    open({ onUp, onEvent, onDown }) {
      let ids: ReadonlySet<string> = new Set()
      let timer: ReturnType<typeof setTimeout> | undefined
      let isUp = false
      let isAsking = false
      let isClosed = false
      let failures = 0
      let turn = 0

      const look = async (): Promise<readonly LiveEvent[]> => {
        const listed = new Map((await list()).map((document) => [document.id, document]))
        const followed = [...ids]
        const [first, ...others] = followed
        const rotated = [...others.slice(turn), ...others.slice(0, turn)]
        const missing = followed.filter((id) => !listed.has(id))
        const asked = [...new Set([first, ...missing, ...rotated])]
          .filter((id) => id !== undefined)
          .slice(0, MAX_ASKED)
        turn = (turn + MAX_ASKED - 1) % Math.max(1, others.length)
        const events = await Promise.all(asked.map(async (id) => toEvent(id, await get(id))))
        const told = followed
          .filter((id) => !asked.includes(id))
          .flatMap((id) => listed.get(id) ?? [])
          .map((document) => ({ kind: 'document', document }) as const)
        return [...events, ...told]
      }
      const ask = async (): Promise<void> => {
        isAsking = true
        const events = await look().catch((error: unknown) => (isRefusal(error) ? [] : null))
        isAsking = false
        if (isClosed) return
        failures = events === null ? failures + 1 : 0
        // One lost answer is no lost service.
        if (failures > (isUp ? 1 : 0)) {
          isClosed = true
          onDown()
          return
        }
        if (!isUp) {
          isUp = true
          onUp()
        }
        for (const event of events ?? []) onEvent(event)
        plan()
      }
      const plan = (): void => {
        clearTimeout(timer)
        if (isClosed || isAsking) return
        const intervalMs = ids.size === 0 || isHidden() ? SLOW_INTERVAL_MS : INTERVAL_MS
        timer = setTimeout(() => void ask(), intervalMs)
      }
      timer = setTimeout(() => void ask())
      return {
        follow(next) {
          const isMore = [...next].some((id) => !ids.has(id))
          ids = next
          if (isUp && isMore) plan()
        },
        close() {
          isClosed = true
          clearTimeout(timer)
        },
      }
    },
  }
}

function toEvent(id: string, document: DocumentView | null): LiveEvent {
  return document === null ? { kind: 'removed', id } : { kind: 'document', document }
}

/** The service answers, if not as one would like. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status > 0 && error.status < 500
}
