import type { Connection } from '../model.ts'
import type { LiveConnection, LiveEvent, LiveTransport } from './live-source.ts'

/** A transport that lived for so long may die without being distrusted. */
const STABLE_MS = 10_000
const MAX_FAILURES = 2
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 15_000
/** Spent on a lesser transport before a better one is tried again. */
const PROBE_MS = 60_000

/** Whoever is told, whatever the transport. */
export type FailoverListener = {
  readonly onEvent: (event: LiveEvent) => void
  readonly onConnection: (connection: Connection) => void
  /** Default: `Math.random`. */
  readonly random?: () => number
}

/** Follows documents by whatever works. */
export type Failover = {
  follow(ids: ReadonlySet<string>): void
  /** Tries at once what would be tried later: the network is back, or somebody looks again. */
  wake(): void
  /** Opens the transport in use anew: it may have died without a word. */
  reopen(): void
  close(): void
}

type Attempt = {
  readonly rank: number
  connection: LiveConnection | null
  upAtMs: number | null
  isOver: boolean
}

/**
 * Uses the transports best first. One that fails twice in a row, or dies young, gives way to the next;
 * after the last one, all are tried in turn, at growing intervals. While a lesser one works, better
 * ones are tried beside it, and take over once they are up.
 */
export function openFailover(
  transports: readonly LiveTransport[],
  { onEvent, onConnection, random = Math.random }: FailoverListener,
): Failover {
  let ids: ReadonlySet<string> = new Set()
  let main: Attempt | null = null
  let probe: Attempt | null = null
  let rank = 0
  let failures = 0
  let pauses = 0
  let probes = 0
  let isOffline = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const begin = (rankOfAttempt: number): Attempt => {
    const attempt: Attempt = { rank: rankOfAttempt, connection: null, upAtMs: null, isOver: false }
    const connection = transports[rankOfAttempt]?.open({
      onEvent: (event) => attempt.isOver || onEvent(event),
      onUp: () => attempt.isOver || onUp(attempt),
      onDown: () => attempt.isOver || onDown(attempt),
    })
    attempt.connection = connection ?? null
    connection?.follow(ids)
    return attempt
  }
  const stop = (attempt: Attempt | null): void => {
    if (attempt === null || attempt.isOver) return
    attempt.isOver = true
    attempt.connection?.close()
  }
  const connect = (): void => {
    clearTimeout(timer)
    main = begin(rank)
  }
  const planConnect = (): void => {
    const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** pauses)
    pauses += 1
    timer = setTimeout(connect, pauseMs * (0.5 + random() / 2))
  }
  const tryBetter = (): void => {
    clearTimeout(timer)
    probe = begin(probes % rank)
    probes += 1
  }
  const planProbe = (): void => {
    clearTimeout(timer)
    if (rank > 0) timer = setTimeout(tryBetter, PROBE_MS)
  }
  const onUp = (attempt: Attempt): void => {
    if (attempt === probe) {
      stop(main)
      main = attempt
      probe = null
      rank = attempt.rank
      // One that dies young leads back at once.
      failures = MAX_FAILURES - 1
    }
    attempt.upAtMs = Date.now()
    isOffline = false
    onConnection(transports[rank]?.name === 'polling' ? 'polling' : 'live')
    planProbe()
  }
  const onDown = (attempt: Attempt): void => {
    stop(attempt)
    if (attempt === probe) {
      probe = null
      planProbe()
      return
    }
    stop(probe)
    main = probe = null
    clearTimeout(timer)
    if (attempt.upAtMs !== null && Date.now() - attempt.upAtMs >= STABLE_MS) failures = pauses = 0
    else failures += 1
    const isLast = rank === transports.length - 1
    if (failures < MAX_FAILURES && !(isLast && attempt.upAtMs === null)) {
      if (!isOffline) onConnection('connecting')
      planConnect()
    } else if (isLast) {
      isOffline = true
      onConnection('offline')
      rank = 0
      failures = MAX_FAILURES - 1
      planConnect()
    } else {
      rank += 1
      failures = isOffline ? MAX_FAILURES - 1 : 0
      connect()
    }
  }

  connect()
  return {
    follow(next) {
      ids = next
      main?.connection?.follow(ids)
      probe?.connection?.follow(ids)
    },
    wake() {
      pauses = 0
      if (main === null) connect()
      else if (rank > 0 && main.upAtMs !== null && probe === null) tryBetter()
    },
    reopen() {
      stop(main)
      stop(probe)
      probe = null
      connect()
    },
    close() {
      clearTimeout(timer)
      stop(main)
      stop(probe)
    },
  }
}
