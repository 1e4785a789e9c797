import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readReadiness } from '../../../src/api/readiness.ts'
import { watchLoop } from '../../../src/platform/loop-lag.ts'
import { ALICE, BOB, KEYED_ACCESS } from '../../support/api-keys.ts'
import { startTestApi } from '../../support/test-api.ts'
import { readJson } from '../../support/read-json.ts'
import { until } from '../../support/until.ts'

const ALL_UP = {
  temporal: true,
  store: true,
  pollers: { documents: true, 'ocr-cpu': true, 'ocr-gpu-dots': false },
}

function sources(answer: typeof ALL_UP, freeDiskBytes = 2_000_000_000) {
  return {
    gateway: { readiness: async () => answer },
    freeDiskBytes: async () => freeDiskBytes,
    minFreeDiskBytes: 1_073_741_824,
    isStopping: false,
  }
}

describe('readReadiness', () => {
  it('reports pollers of other queues without missing them', async () => {
    const readiness = await readReadiness(sources(ALL_UP))

    assert.deepEqual(readiness, { missing: [], absentPollers: ['ocr-gpu-dots'] })
  })

  it('names everything that is missing', async () => {
    const down = { temporal: false, store: false, pollers: { ...ALL_UP.pollers, 'ocr-cpu': false } }

    const { missing } = await readReadiness(sources(down, 1_000_000_000))

    assert.deepEqual(missing, ['temporal', 'store', 'free disk', 'poller on ocr-cpu'])
  })

  it('counts a disk that cannot be asked as full', async () => {
    const { missing } = await readReadiness({
      ...sources(ALL_UP),
      freeDiskBytes: () => Promise.reject(new Error('x')),
    })

    assert.deepEqual(missing, ['free disk'])
  })

  it('does not look at the disk where any is enough', async () => {
    const { missing } = await readReadiness({ ...sources(ALL_UP, 0), minFreeDiskBytes: null })

    assert.deepEqual(missing, [])
  })
})

describe('GET /readyz', () => {
  it('answers 503 with what is missing', async () => {
    await using api = await startTestApi()
    api.gateway.readinessAnswer = { ...ALL_UP, temporal: false }

    const response = await api.fetch('/readyz')

    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '5'])
    assert.partialDeepStrictEqual(await readJson(response), {
      status: 'unready',
      missing: ['temporal'],
    })
  })

  it('turns unready when the server is about to stop', async () => {
    await using api = await startTestApi()
    api.stop()

    assert.equal((await api.fetch('/readyz')).status, 503)
  })
})

describe('GET /livez', () => {
  it('tells the lag of the event loop', async () => {
    await using api = await startTestApi({ loop: { lagMs: () => 12.4 } })

    const body = await readJson(await api.fetch('/livez'))

    assert.equal(body.status, 'ok')
    assert.equal(body.lag_ms, 12)
  })

  it('watches the event loop once, however many callers have asked', async (test) => {
    const { mock } = test.mock.method(globalThis, 'setInterval')
    const watches = () => mock.calls.filter(({ arguments: [, everyMs] }) => everyMs === 200).length
    using loop = watchLoop()
    await using api = await startTestApi({ api: { access: KEYED_ACCESS }, loop })

    for (const { headers } of [ALICE, BOB])
      // A machine that stood still for a second is told of for five.
      await until(
        async () => (await api.fetch('/livez', { headers })).status === 200,
        'it counts as alive',
      )

    assert.equal(watches(), 1)
  })

  it('does not count as alive right after the event loop stood still', async () => {
    using loop = watchLoop()
    await using api = await startTestApi({ loop })
    const endsAtMs = performance.now() + 1_500
    while (performance.now() < endsAtMs) Math.sqrt(endsAtMs)

    const response = await api.fetch('/livez')

    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '5'])
    const body = await readJson(response)
    assert.equal(body.status, 'late')
    assert.ok(body.lag_ms >= 1_000)
  })
})

describe('GET /version', () => {
  it('tells the version of the package', async () => {
    await using api = await startTestApi()

    const body = await readJson(await api.fetch('/version'))

    assert.partialDeepStrictEqual(body, { name: 'durable-ocr', node: process.version })
    assert.match(body.version, /^\d+\.\d+\.\d+/)
  })
})
