import type { Request, RequestHandler } from 'express'
import { MemoryStore, rateLimit } from 'express-rate-limit'
import type { LimitsConfig } from '../../config/limits-config.ts'
import { OcrError } from '../../platform/errors.ts'
import type { RouteFacts, RouteGuard } from '../http/route.ts'

const WINDOW_MS = 60_000
/** A document of hundreds of pages that is looked through is no flood. */
const PAGES_PER_REQUEST = 10

/** What rate limits work with. */
export type RateLimitOptions = {
  readonly limits: Pick<LimitsConfig, 'submitsPerMinute' | 'requestsPerMinute'>
  /** Opaque id of who asks. */
  readonly submitterOf: (request: Request) => string
}

/** What counts the requests of one process. */
export type RateLimits = {
  /** Throws `RATE_LIMITED`. */
  readonly guard: RouteGuard
  /**
   * Counts an upgrade, which no route takes, as one more of the other requests.
   *
   * @throws {OcrError} `RATE_LIMITED`
   */
  countUpgrade(request: Request): Promise<void>
}

/**
 * Limits requests per minute and caller, over all dialects and ports of this process, and tells so in
 * `RateLimit` and `RateLimit-Policy`. Documents, single pages and everything else are counted apart; what
 * anybody may read, such as health, is not counted.
 */
export function createRateLimits({ limits, submitterOf }: RateLimitOptions): RateLimits {
  const { submitsPerMinute, requestsPerMinute } = limits
  const limiter = (
    name: string,
    perMinute: number | null,
    store: MemoryStore = new MemoryStore(),
  ): RequestHandler | null =>
    perMinute === null ? null : limited({ name, perMinute, submitterOf, store })
  const requestCounts = new MemoryStore()
  const submits = limiter('submits', submitsPerMinute)
  const requests = limiter('requests', requestsPerMinute, requestCounts)
  const pages = limiter(
    'pages',
    requestsPerMinute === null ? null : PAGES_PER_REQUEST * requestsPerMinute,
  )
  return {
    guard(guarded) {
      if (guarded.isSubmit) return submits
      if (isUncounted(guarded)) return null
      return guarded.isSinglePage ? pages : requests
    },
    async countUpgrade(request) {
      if (requestsPerMinute === null) return
      const { totalHits, resetTime } = await requestCounts.increment(submitterOf(request))
      if (totalHits <= requestsPerMinute) return
      const waitMs = (resetTime?.getTime() ?? Infinity) - Date.now()
      throw tooMany('requests', Math.min(waitMs, WINDOW_MS) / 1000)
    },
  }
}

/** A prober behind the address of a busy client must not find us dead. */
function isUncounted({ isOpen, method }: RouteFacts): boolean {
  return isOpen === true && method === 'get'
}

function limited({
  name,
  perMinute,
  submitterOf,
  store,
}: {
  readonly name: string
  readonly perMinute: number
  readonly store: MemoryStore
  readonly submitterOf: RateLimitOptions['submitterOf']
}): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: submitterOf,
    store,
    // They look for mistakes of setting up, among them ours of trusting no proxy, and print.
    validate: false,
    handler(_request, response, next) {
      // The library has set it: the seconds until the window of this caller ends.
      next(tooMany(name, Number(response.getHeader('Retry-After') ?? WINDOW_MS / 1000)))
    },
  })
}

function tooMany(name: string, waitSeconds: number): OcrError {
  return new OcrError('RATE_LIMITED', `Cannot answer: too many ${name} within a minute`, {
    retryAfterMs: Math.max(1, Math.ceil(waitSeconds)) * 1000,
  })
}
