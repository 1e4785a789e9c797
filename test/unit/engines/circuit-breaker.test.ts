import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FailureCode } from '../../../src/contract/failures.ts'
import { withCircuitBreaker } from '../../../src/engines/circuit-breaker.ts'
import type { OcrEngine, PageImage, RecognizeOptions } from '../../../src/engines/engine.ts'
import { OcrError } from '../../../src/platform/errors.ts'

const IMAGE: PageImage = { png: new Uint8Array(), widthPx: 1, heightPx: 1, dpi: 200 }
const NOTHING = { blocks: [], turned: null, warnings: [], usage: null } as const

/** An engine that does what the test says, behind a breaker whose clock the test moves. */
function setUp() {
  const counts = { pages: 0, probes: 0 }
  let nowMs = 1_000
  let page: (options: RecognizeOptions) => Promise<void> = async () => undefined
  let probe: () => Promise<void> = async () => undefined
  const engine: OcrEngine = {
    id: 'llm',
    version: '1',
    async recognize(_image, options) {
      counts.pages += 1
      await page(options)
      return NOTHING
    },
    async probe() {
      counts.probes += 1
      await probe()
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
  const guarded = withCircuitBreaker(engine, () => nowMs)
  const signal = new AbortController().signal
  return {
    counts,
    pass: (ms: number) => {
      nowMs += ms
    },
    onPage: (behave: typeof page) => {
      page = behave
    },
    onProbe: (behave: typeof probe) => {
      probe = behave
    },
    circuit: () => guarded.circuit?.(),
    /** The code that a page failed with; `null` when it was read. */
    read: () =>
      guarded.recognize(IMAGE, { languages: null, signal }).then(
        () => null,
        (error: unknown) => {
          assert.ok(error instanceof OcrError, String(error))
          return error
        },
      ),
  }
}

const failing = (code: FailureCode, retryAfterMs?: number) => () =>
  Promise.reject(new OcrError(code, 'x', retryAfterMs === undefined ? {} : { retryAfterMs }))

describe('withCircuitBreaker', () => {
  it('opens after three outages in a row, and not when a page came through between them', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    await engine.read()
    await engine.read()
    engine.onPage(async () => undefined)
    await engine.read()
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    await engine.read()
    await engine.read()

    assert.equal((await engine.read())?.code, 'ENGINE_UNREACHABLE')
    assert.equal((await engine.read())?.code, 'ENGINE_DOWN')
    assert.equal(engine.counts.pages, 6)
  })

  it('asks a dead engine at most once a second, and sends it no page', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    engine.onProbe(failing('ENGINE_UNREACHABLE'))
    for (let n = 0; n < 3; n++) await engine.read()

    const codes = new Set<string | undefined>()
    for (let n = 0; n < 600; n++) {
      engine.pass(100)
      codes.add((await engine.read())?.code)
    }

    assert.deepEqual([...codes], ['ENGINE_DOWN'])
    assert.equal(engine.counts.pages, 3)
    assert.ok(engine.counts.probes <= 61, String(engine.counts.probes))
  })

  it('tells pages of a dead engine to come back within seconds, not all at once', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_DIED'))
    for (let n = 0; n < 3; n++) await engine.read()

    const waits = await Promise.all(Array.from({ length: 20 }, () => engine.read()))

    const ms = waits.map((error) => error?.retryAfterMs ?? 0)
    assert.ok(Math.min(...ms) >= 4_000 && Math.max(...ms) <= 8_000, String(ms))
    assert.ok(new Set(ms).size > 1)
  })

  it('lets a single page try when the probe passes, and everybody once words come', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_DIED'))
    for (let n = 0; n < 3; n++) await engine.read()
    engine.pass(1_000)
    let speak: () => void = () => undefined
    let finish: () => void = () => undefined
    engine.onPage(
      ({ onTokens }) =>
        new Promise((resolve) => {
          speak = () => onTokens?.(1)
          finish = resolve
        }),
    )

    const trial = engine.read()
    await Promise.resolve()
    assert.equal((await engine.read())?.code, 'ENGINE_DOWN')
    await new Promise(setImmediate)
    speak()
    engine.onPage(async () => undefined)

    assert.equal(await engine.read(), null)
    finish()
    assert.equal(await trial, null)
  })

  it('waits longer and longer between trials when pages fail although the probe passes', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_REPLY_BROKEN'))
    for (let n = 0; n < 3; n++) await engine.read()

    const trialsAtMs: number[] = []
    for (let ms = 0; ms < 60_000; ms += 500) {
      engine.pass(500)
      const before = engine.counts.pages
      await engine.read()
      if (engine.counts.pages > before) trialsAtMs.push(ms)
    }

    // After 1, 2, 4, 8, 16 and 30 s.
    assert.equal(trialsAtMs.length, 5)
  })

  it('charges no trial in the first two minutes of them, be it of the only page there is', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_REPLY_BROKEN'))
    for (let n = 0; n < 3; n++) await engine.read()

    for (let n = 0; n < 6; n++) {
      engine.pass(30_000)
      assert.equal((await engine.read())?.code, n < 4 ? 'ENGINE_DOWN' : 'ENGINE_REPLY_BROKEN')
    }
  })

  it('tells a trial that finds the server busy when the server wants it back', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    for (let n = 0; n < 3; n++) await engine.read()
    engine.pass(1_000)
    engine.onPage(failing('ENGINE_RATE_LIMITED', 60_000))

    const { code, retryAfterMs } = (await engine.read()) ?? {}

    assert.deepEqual([code, retryAfterMs], ['ENGINE_RATE_LIMITED', 60_000])
  })

  it('charges every death of the engine', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_DIED'))
    for (let n = 0; n < 3; n++) await engine.read()
    engine.pass(30_000)

    assert.equal((await engine.read())?.code, 'ENGINE_DIED')
  })

  it('fails pages at once while the engine is set up wrongly, until the probe passes', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_MISCONFIGURED'))
    engine.onProbe(failing('ENGINE_MISCONFIGURED'))
    await engine.read()

    for (let n = 0; n < 5; n++) assert.equal((await engine.read())?.code, 'ENGINE_MISCONFIGURED')
    assert.deepEqual(engine.counts, { pages: 1, probes: 1 })

    engine.onProbe(async () => undefined)
    engine.onPage(async () => undefined)
    engine.pass(1_000)
    assert.equal(await engine.read(), null)
    assert.equal(await engine.read(), null)
  })

  it('lets no page suffer for another one that the service forbids', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_MISCONFIGURED'))
    await engine.read()
    engine.onPage(async () => undefined)

    const results = await Promise.all(Array.from({ length: 20 }, () => engine.read()))

    assert.deepEqual([...new Set(results)], [null])
    assert.equal(engine.counts.probes, 1)
  })

  it('does not believe a probe that condemns an engine which has read pages', async () => {
    const engine = setUp()
    await engine.read()
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    for (let n = 0; n < 3; n++) await engine.read()
    engine.onProbe(failing('ENGINE_MISCONFIGURED'))
    engine.onPage(async () => undefined)
    engine.pass(1_000)

    assert.equal(await engine.read(), null)
  })

  it('tries again when the server goes down while the trial page is still at work', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    for (let n = 0; n < 3; n++) await engine.read()
    engine.pass(1_000)
    let finish: () => void = () => undefined
    engine.onPage(({ onTokens }) => {
      onTokens?.(1)
      return new Promise((resolve) => {
        finish = resolve
      })
    })
    const slowTrial = engine.read()
    await new Promise(setImmediate)
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    for (let n = 0; n < 3; n++) await engine.read()
    engine.onPage(async () => undefined)
    engine.pass(30_000)

    assert.equal(await engine.read(), null)
    finish()
    await slowTrial
  })

  it('stays closed for a dead engine when a page failed before it was sent', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    await engine.read()
    await engine.read()
    engine.onPage(failing('ENGINE_REJECTED_REQUEST'))
    await engine.read()
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    await engine.read()

    assert.equal((await engine.read())?.code, 'ENGINE_DOWN')
  })

  it('sends no page before the time that a busy server named', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_RATE_LIMITED', 7_000))
    await engine.read()
    engine.onPage(async () => undefined)
    engine.pass(6_999)

    const early = await engine.read()

    assert.equal(early?.code, 'ENGINE_RATE_LIMITED')
    assert.ok((early.retryAfterMs ?? 0) >= 1)
    assert.equal(engine.counts.pages, 1)
    engine.pass(1)
    assert.equal(await engine.read(), null)
  })

  it('goes on when answers are nonsense: the server lives', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_OUTPUT_INVALID'))
    for (let n = 0; n < 10; n++) assert.equal((await engine.read())?.code, 'ENGINE_OUTPUT_INVALID')

    assert.equal(engine.counts.pages, 10)
  })

  it('tells whether it is open', async () => {
    const engine = setUp()
    engine.onPage(failing('ENGINE_UNREACHABLE'))
    for (let n = 0; n < 3; n++) await engine.read()
    const open = engine.circuit()
    engine.pass(30_000)
    engine.onPage(async () => undefined)

    const trial = engine.read()
    const halfOpen = engine.circuit()
    await trial

    assert.deepEqual([open, halfOpen, engine.circuit()], ['open', 'half-open', 'closed'])
  })
})
