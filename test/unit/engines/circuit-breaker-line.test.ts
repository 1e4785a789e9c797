import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FailureCode } from '../../../src/contract/failures.ts'
import { withCircuitBreaker } from '../../../src/engines/circuit-breaker.ts'
import type { OcrEngine, PageImage } from '../../../src/engines/engine.ts'
import { Slots } from '../../../src/engines/slots.ts'
import { OcrError } from '../../../src/platform/errors.ts'

const IMAGE: PageImage = { png: new Uint8Array(), widthPx: 1, heightPx: 1, dpi: 200 }
const NOTHING = { blocks: [], turned: null, warnings: [], usage: null } as const
const SLOTS = 2

/** An engine with a line for its slots, behind a breaker; the test ends each request by hand. */
function setUp() {
  const requests: PromiseWithResolvers<void>[] = []
  let probes = 0
  let nowMs = 1_000
  const slots = new Slots(SLOTS)
  const engine: OcrEngine = {
    id: 'llm',
    version: '1',
    async recognize(_image, { signal, guard }) {
      const request = async () => {
        const ending = Promise.withResolvers<void>()
        requests.push(ending)
        await ending.promise
      }
      await slots.use(signal, request, guard)
      return NOTHING
    },
    async probe() {
      probes += 1
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
  const guarded = withCircuitBreaker(engine, () => nowMs)
  const { signal } = new AbortController()
  return {
    requests,
    probeCount: () => probes,
    pass: (ms: number) => {
      nowMs += ms
    },
    /** The failure of each page, `null` when it was read; once those that got a slot are at the server. */
    async submit(pages: number) {
      const outcomes = Array.from({ length: pages }, () =>
        guarded.recognize(IMAGE, { languages: null, signal }).then(
          () => null,
          (error: unknown) => {
            assert.ok(error instanceof OcrError, String(error))
            return error
          },
        ),
      )
      await settled()
      return outcomes
    },
  }
}

function failureOf(code: FailureCode, retryAfterMs?: number): OcrError {
  return new OcrError(code, 'x', retryAfterMs === undefined ? {} : { retryAfterMs })
}

/** Once all that follows from what has happened has happened, too. */
function settled(): Promise<void> {
  return new Promise(setImmediate)
}

function codesOf(outcomes: Promise<OcrError | null>[]): Promise<(FailureCode | undefined)[]> {
  return Promise.all(outcomes.map(async (outcome) => (await outcome)?.code))
}

describe('withCircuitBreaker and pages in line for a slot', () => {
  it('sends none of them before the time that a busy server named', async () => {
    const engine = setUp()
    const outcomes = await engine.submit(6)

    engine.requests[0]?.reject(failureOf('ENGINE_RATE_LIMITED', 7_000))
    await settled()
    engine.requests[1]?.resolve()
    await settled()
    assert.equal(engine.requests.length, SLOTS)
    const errors = await Promise.all(outcomes)

    assert.equal(errors.filter((error) => error === null).length, 1)
    const waits = errors.flatMap((error) => error?.retryAfterMs ?? [])
    assert.equal(waits.length, 5)
    assert.ok(Math.min(...waits) >= 7_000 && Math.max(...waits) <= 8_400, String(waits))

    engine.pass(7_000)
    const later = await engine.submit(2)
    assert.equal(engine.requests.length, SLOTS + 2)
    for (const request of engine.requests) request.resolve()
    assert.deepEqual(await Promise.all(later), [null, null])
  })

  it('sends none of them to an engine that went down meanwhile', async () => {
    const engine = setUp()
    const outcomes = await engine.submit(8)

    for (let failed = 0; failed < 3; failed++) {
      engine.requests[failed]?.reject(failureOf('ENGINE_UNREACHABLE'))
      await settled()
    }
    // The one at the server when the door closed.
    assert.equal(engine.requests.length, 4)
    engine.requests[3]?.reject(failureOf('ENGINE_UNREACHABLE'))

    const codes = await codesOf(outcomes)
    assert.equal(engine.requests.length, 4)
    assert.deepEqual(
      codes.slice(4),
      Array.from({ length: 4 }, () => 'ENGINE_DOWN'),
    )
  })

  it('lets none of them suffer for a page that the service forbids', async () => {
    const engine = setUp()
    const outcomes = await engine.submit(6)

    engine.requests[0]?.reject(failureOf('ENGINE_MISCONFIGURED'))
    for (let page = 1; page < 6; page++) {
      await settled()
      engine.requests[page]?.resolve()
    }

    const [forbidden, ...others] = await codesOf(outcomes)
    assert.equal(forbidden, 'ENGINE_MISCONFIGURED')
    assert.deepEqual(new Set(others), new Set([undefined]))
    assert.equal(engine.probeCount(), 1)
  })

  it('sends the trial that got a slot, and those behind it once it was read', async () => {
    const engine = setUp()
    const first = await engine.submit(3)
    for (let failed = 0; failed < 3; failed++) {
      engine.requests[failed]?.reject(failureOf('ENGINE_UNREACHABLE'))
      await settled()
    }
    await Promise.all(first)
    engine.pass(1_000)

    const [trial] = await engine.submit(1)
    assert.equal(engine.requests.length, 4)
    engine.requests[3]?.resolve()
    assert.equal(await trial, null)

    const others = await engine.submit(3)
    for (let page = 4; page < 7; page++) {
      engine.requests[page]?.resolve()
      await settled()
    }
    assert.deepEqual(await Promise.all(others), [null, null, null])
  })
})
