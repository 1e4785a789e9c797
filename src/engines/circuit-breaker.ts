import type { FailureCode } from '../contract/failures.ts'
import { OcrError } from '../platform/errors.ts'
import type { AnswerOptions, OcrEngine, RequestGuard } from './engine.ts'
import { unlessAborted } from './model-server/unless-aborted.ts'

/** Failures in a row of a connection or a server after which the engine counts as down. */
const FAILURES_TO_OPEN = 3

/** Probes of an engine that is down are at least this far apart. */
const PROBE_INTERVAL_MS = 1_000

/** A page that fails although the probe passed makes the next trial wait twice as long, up to this. */
const MAX_TRIAL_INTERVAL_MS = 30_000

const PROBE_DEADLINE_MS = 5_000

/** Pages of an engine that is down come back after this, and up to as much again. */
const DOWN_RETRY_MS = 4_000

/**
 * Trials that fail cost no page anything for so long: as much as a restart of vLLM takes, behind a proxy
 * that passes the probe meanwhile. After that they do: it may be the page that the server cannot bear.
 */
const FREE_TRIALS_MS = 120_000

/** Signs that not the page is the trouble. A server that is only busy is not helped by more pages. */
const OUTAGE: readonly FailureCode[] = [
  'ENGINE_UNREACHABLE',
  'ENGINE_TIMED_OUT',
  'ENGINE_REPLY_BROKEN',
  'ENGINE_DIED',
  'ENGINE_RATE_LIMITED',
]

/**
 * What a trial is forgiven. Not a death: a page that kills the engine must not be tried for ever. Busy
 * costs nothing anyway, and tells when to come back.
 */
const FORGIVEN: readonly FailureCode[] = [
  'ENGINE_UNREACHABLE',
  'ENGINE_TIMED_OUT',
  'ENGINE_REPLY_BROKEN',
]

type State =
  | { readonly kind: 'closed'; readonly failures: number }
  | {
      readonly kind: 'down'
      readonly isBusy: boolean
      readonly trialIntervalMs: number
      /** Since when trials have failed; `null`: none has. */
      readonly triedSinceMs: number | null
    }
  | { readonly kind: 'misconfigured'; readonly error: OcrError }

/**
 * Keeps pages away from an engine behind a server while it is in trouble.
 *
 * Down (three failures of connection or server in a row, "busy" included): pages are told to come back later, which
 * counts against nobody; once a second the engine's own probe is tried, and after it has passed a
 * single page, whose first token opens the door for all. Set up wrongly: pages fail at once with
 * that code until the probe passes. An engine that has read a page before is not condemned by its
 * probe alone: some services list their models wrongly, or not to everybody. Rate limited: no page is
 * sent before the time that the server named.
 *
 * All this is asked before a page stands in line for a slot of its engine, and by the engine for each
 * request that has got one, through {@link RequestGuard}: the page ahead may have failed meanwhile.
 *
 * Own code, because the breakers of libraries try a whole page where a probe costs nothing, and know
 * no second kind of open.
 *
 * @param now Milliseconds that only go forward.
 */
export function withCircuitBreaker(
  engine: OcrEngine,
  now: () => number = () => performance.now(),
): OcrEngine {
  let state: State = { kind: 'closed', failures: 0 }
  let isTrying = false
  let hasRead = false
  let probing: Promise<void> | null = null
  let nextTrialAtMs = 0
  let pausedUntilMs = 0
  /** Failures that say nothing new: they were noted, or pages were told them here. */
  const known = new WeakSet<OcrError>()

  const close = (): void => {
    state = { kind: 'closed', failures: 0 }
  }

  /** What a page is told that failed as a trial: trials would use up the attempts of a lone page. */
  const failureOfTrial = (error: unknown): unknown => {
    const isForgiven =
      state.kind === 'down' &&
      now() - (state.triedSinceMs ?? now()) < FREE_TRIALS_MS &&
      error instanceof OcrError &&
      FORGIVEN.includes(error.code)
    return isForgiven ? turnedAway(state) : error
  }

  const note = (error: unknown, isTrial: boolean): void => {
    if (!(error instanceof OcrError) || known.has(error)) return
    known.add(error)
    if (error.code === 'ENGINE_RATE_LIMITED' && error.retryAfterMs !== null)
      pausedUntilMs = Math.max(pausedUntilMs, now() + error.retryAfterMs)
    if (error.code === 'ENGINE_MISCONFIGURED') {
      state = { kind: 'misconfigured', error }
      // It may be this page alone: the next one has the engine asked at once.
      nextTrialAtMs = now()
    } else if (OUTAGE.includes(error.code)) noteOutage(error.code, isTrial)
    // Nonsense is an answer: the server lives. What else failed need not have reached it.
    else if (error.kind === 'nonsense') close()
  }

  const noteOutage = (code: FailureCode, isTrial: boolean): void => {
    if (state.kind === 'closed' && state.failures + 1 < FAILURES_TO_OPEN) {
      state = { kind: 'closed', failures: state.failures + 1 }
      return
    }
    // Pages that were under way when it opened say nothing new.
    if (state.kind === 'down' && !isTrial) return
    const last = state.kind === 'down' ? state.trialIntervalMs : PROBE_INTERVAL_MS / 2
    const trialIntervalMs = Math.min(2 * last, MAX_TRIAL_INTERVAL_MS)
    const triedSinceMs = state.kind === 'down' ? (state.triedSinceMs ?? now()) : null
    state = { kind: 'down', isBusy: code === 'ENGINE_RATE_LIMITED', trialIntervalMs, triedSinceMs }
    nextTrialAtMs = now() + trialIntervalMs
  }

  /** Asks the engine how it is; throws why no page may be sent. */
  const probe = async (): Promise<void> => {
    nextTrialAtMs = now() + PROBE_INTERVAL_MS
    try {
      await engine.probe(AbortSignal.timeout(PROBE_DEADLINE_MS))
      if (state.kind === 'misconfigured') close()
    } catch (error) {
      if (error instanceof OcrError && error.code === 'ENGINE_MISCONFIGURED') {
        // The page decides then.
        if (hasRead) return
        state = { kind: 'misconfigured', error }
      } else if (state.kind === 'misconfigured')
        state = {
          kind: 'down',
          isBusy: false,
          trialIntervalMs: PROBE_INTERVAL_MS,
          triedSinceMs: null,
        }
      if (error instanceof OcrError || isTimeout(error)) throw turnedAway(state)
      throw error
    }
  }

  /** One probe at a time, whoever asked for it. */
  const probeOnce = (): Promise<void> => {
    probing ??= probe().finally(() => {
      probing = null
    })
    return probing
  }

  /** Lets a page through a door that is not open, or throws why not; `true`: it is the trial. */
  const enterTrial = async (signal: AbortSignal): Promise<boolean> => {
    // A page that is set up wrongly fails for good: it waits for what a running probe says.
    const isWaiting = state.kind === 'misconfigured' && probing !== null
    if (isTrying || (!isWaiting && now() < nextTrialAtMs)) throw turnedAway(state)
    const wasDown = state.kind === 'down'
    if (wasDown) isTrying = true
    try {
      await unlessAborted(probeOnce(), signal)
    } catch (error) {
      if (wasDown) isTrying = false
      throw error
    }
    return wasDown
  }

  /** Lets `work` through, or throws why not. */
  const pass = async <Options extends AnswerOptions, T>(
    options: Options,
    work: (options: Options) => Promise<T>,
  ): Promise<T> => {
    let isTrial = false
    let passed: State | null = null
    const enter = async (): Promise<void> => {
      try {
        const pauseMs = pausedUntilMs - now()
        if (pauseMs > 0) throw rateLimited(pauseMs)
        if (state.kind === 'closed' || state === passed) return
        if (await enterTrial(options.signal)) isTrial = true
        passed = state
      } catch (error) {
        if (error instanceof OcrError) known.add(error)
        throw error
      }
    }
    const guard: RequestGuard = async (request) => {
      await enter()
      try {
        return await request()
      } catch (error) {
        note(error, isTrial)
        throw error
      }
    }
    const onTokens = (tokens: number): void => {
      options.onTokens?.(tokens)
      if (!isTrial) return
      // Words are coming: there is no need to wait for the last one.
      isTrial = false
      isTrying = false
      close()
    }
    try {
      await enter()
      const result = await work({ ...options, onTokens, guard })
      hasRead = true
      close()
      return result
    } catch (error) {
      note(error, isTrial)
      throw isTrial ? failureOfTrial(error) : error
    } finally {
      if (isTrial) isTrying = false
    }
  }

  const answer = engine.answer?.bind(engine)
  return {
    id: engine.id,
    version: engine.version,
    recognize: (image, options) => pass(options, (watched) => engine.recognize(image, watched)),
    ...(answer && {
      answer: (image, question, options) =>
        pass(options, (watched) => answer(image, question, watched)),
    }),
    probe: (signal) => engine.probe(signal),
    circuit: () => (state.kind === 'closed' ? 'closed' : isTrying ? 'half-open' : 'open'),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

function turnedAway(state: State): OcrError {
  if (state.kind === 'misconfigured') return state.error
  const retryAfterMs = DOWN_RETRY_MS * (1 + Math.random())
  return state.kind === 'down' && state.isBusy
    ? new OcrError('ENGINE_RATE_LIMITED', 'Cannot send page: its engine is busy', { retryAfterMs })
    : new OcrError('ENGINE_DOWN', 'Cannot send page: its engine is down', { retryAfterMs })
}

function rateLimited(pauseMs: number): OcrError {
  return new OcrError('ENGINE_RATE_LIMITED', 'Cannot send page: its engine wants a pause', {
    // A little apart, so that not all pages come back at one moment.
    retryAfterMs: pauseMs * (1 + Math.random() * 0.2),
  })
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}
