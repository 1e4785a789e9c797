import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import express, { Router, type Request } from 'express'
import { z } from 'zod'
import { endRouter } from '../../../../src/api/http/end-of-router.ts'
import { writeProblem } from '../../../../src/api/http/problem-response.ts'
import { mountRoutes, route, type RouteFacts } from '../../../../src/api/http/route.ts'
import { createRateLimits } from '../../../../src/api/limits/rate-limits.ts'
import type { OcrError } from '../../../../src/platform/errors.ts'
import { createRootLogger } from '../../../../src/platform/logger.ts'
import { serve } from '../../../support/serve.ts'

type Kind = Pick<RouteFacts, 'isSubmit' | 'isSinglePage' | 'isOpen'>

const ROUTES: Readonly<Record<string, Kind>> = {
  '/submit': { isSubmit: true },
  '/other-submit': { isSubmit: true },
  '/status': {},
  '/page': { isSinglePage: true },
  '/health': { isOpen: true },
}

/** Callers are told apart by a header. */
async function startLimited(submitsPerMinute: number | null, requestsPerMinute: number | null) {
  const limits = createRateLimits({
    limits: { submitsPerMinute, requestsPerMinute },
    submitterOf: (request) => request.get('x-caller') ?? 'nobody',
  })
  const app = express()
  const options = { guards: [limits.guard], checkResponses: true }
  for (const [path, kind] of Object.entries(ROUTES)) {
    // As dialects have it: a router of its own for each.
    const router = Router()
    const answers = route({
      method: 'get',
      path,
      tag: 'test',
      summary: 'A route',
      ...kind,
      responses: { 200: { description: 'Well', schema: z.object({}) } },
      handler: () => ({ status: 200, body: {} }),
    })
    mountRoutes(router, [answers], options)
    const logger = createRootLogger({ write: () => undefined })
    endRouter(router, { write: writeProblem, logger, isWhole: false })
    app.use(router)
  }
  const server = await serve(app)
  const ask = (path: string, caller = 'a') =>
    fetch(server.url + path, { headers: { 'x-caller': caller, connection: 'close' } })
  return Object.assign(server, {
    ask,
    upgrade: (caller = 'a') =>
      // Nothing else of a request is looked at.
      limits.countUpgrade({ get: () => caller } as unknown as Request),
    async statuses(paths: readonly string[], caller = 'a'): Promise<number[]> {
      const statuses: number[] = []
      for (const path of paths) statuses.push((await ask(path, caller)).status)
      return statuses
    },
  })
}

describe('rate limits', () => {
  it('refuse what is too much within a minute, and say when to come back', async () => {
    await using limited = await startLimited(2, null)
    await limited.statuses(['/submit', '/submit'])

    const refused = await limited.ask('/submit')

    assert.equal(refused.status, 429)
    assert.equal(((await refused.json()) as { code: string }).code, 'RATE_LIMITED')
    const seconds = Number(refused.headers.get('retry-after'))
    assert.ok(seconds >= 1 && seconds <= 60, String(seconds))
    assert.match(refused.headers.get('ratelimit') ?? '', /^"submits"; r=0; t=\d+/)
  })

  it('tell what is left, with every answer', async () => {
    await using limited = await startLimited(2, 10)

    const answered = await limited.ask('/submit')

    assert.match(answered.headers.get('ratelimit') ?? '', /^"submits"; r=1; t=\d+/)
    assert.match(answered.headers.get('ratelimit-policy') ?? '', /^"submits"; q=2; w=60/)
    assert.equal(answered.headers.get('retry-after'), null)
  })

  it('count all submits of a caller together, and those of another apart', async () => {
    await using limited = await startLimited(2, null)

    const own = await limited.statuses(['/submit', '/other-submit', '/submit', '/other-submit'])

    assert.deepEqual(own, [200, 200, 429, 429])
    assert.deepEqual(await limited.statuses(['/submit'], 'b'), [200])
  })

  it('count submits, pages and the rest apart: ten times as many pages', async () => {
    await using limited = await startLimited(1, 1)

    const first = await limited.statuses(['/submit', '/status', ...Array(10).fill('/page')])
    const second = await limited.statuses(['/submit', '/status', '/page'])

    assert.deepEqual(new Set(first), new Set([200]))
    assert.deepEqual(second, [429, 429, 429])
  })

  it('do not count health', async () => {
    await using limited = await startLimited(1, 1)
    await limited.statuses(['/status', '/status'])

    const response = await limited.ask('/health')

    assert.deepEqual([response.status, response.headers.get('ratelimit')], [200, null])
  })

  it('count the upgrades to sockets with the other requests', async () => {
    await using limited = await startLimited(null, 3)
    await limited.statuses(['/status', '/status'])
    await limited.upgrade()

    await assert.rejects(limited.upgrade(), ({ code, retryAfterMs }: OcrError) => {
      assert.equal(code, 'RATE_LIMITED')
      return retryAfterMs !== null && retryAfterMs >= 1_000 && retryAfterMs <= 60_000
    })
    assert.deepEqual(await limited.statuses(['/status', '/page']), [429, 200])
    await limited.upgrade('b')
  })

  it('let everything through without a limit, and say nothing', async () => {
    await using limited = await startLimited(null, null)

    await limited.upgrade()
    const statuses = await limited.statuses(Array(20).fill('/submit'))

    assert.deepEqual(new Set(statuses), new Set([200]))
    assert.equal((await limited.ask('/submit')).headers.get('ratelimit-policy'), null)
  })
})
