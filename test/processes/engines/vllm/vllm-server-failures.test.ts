import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOfEnding, dotsRequest, endingOf } from '../../../support/chat-requests.ts'
import {
  busyReply,
  OUT_OF_MEMORY_REPLY,
  type FakeReply,
} from '../../../support/fakes/fake-reply.ts'
import { startVllm } from '../../../support/start-vllm.ts'

const never = new AbortController().signal

describe('createVllmServer with a server that fails', () => {
  const deaths: readonly (readonly [string, FakeReply])[] = [
    ['a reset before the answer', { kind: 'death', how: 'reset', afterwards: 'refuses' }],
    ['a reset in the answer', { kind: 'death', how: 'reset', afterwards: 'refuses', text: 'half' }],
    ['a 500', { kind: 'death', how: 'status', afterwards: 'refuses' }],
    ['a 500, then health 503', { kind: 'death', how: 'status', afterwards: 'unhealthy' }],
    [
      'a 500 half a second before',
      { kind: 'death', how: 'status', afterwards: 'refuses', lateMs: 400 },
    ],
    ['an error event', { kind: 'death', how: 'event', afterwards: 'refuses', text: 'half' }],
    ['an error event, then health 503', { kind: 'death', how: 'event', afterwards: 'unhealthy' }],
    [
      'a 500 that speaks of memory',
      { kind: 'death', how: 'status', afterwards: 'refuses', message: 'CUDA out of memory.' },
    ],
    [
      'an error event that speaks of memory',
      { kind: 'death', how: 'event', afterwards: 'unhealthy', message: 'CUDA out of memory.' },
    ],
  ]
  for (const [name, death] of deaths) {
    it(`tells the death of the engine from other failures: ${name}`, async () => {
      await using parts = await startVllm()
      parts.fake.script(death)

      const ending = await endingOf(parts.vllm.ask(dotsRequest(), { signal: never }))

      assert.equal(codeOfEnding(ending), 'ENGINE_DIED')
      assert.equal(parts.fake.requests.length, 1)
    })
  }

  const survivals: readonly (readonly [string, FakeReply, string])[] = [
    ['a 500', { kind: 'status', status: 500, body: { error: 'x' } }, 'ENGINE_REPLY_BROKEN'],
    [
      'a cut stream',
      { kind: 'cut', text: 'half', afterBytes: 90, how: 'reset' },
      'ENGINE_REPLY_BROKEN',
    ],
    ['an error event', { kind: 'error-event', error: { code: 500 } }, 'ENGINE_REPLY_BROKEN'],
    ['a reset before a byte', { kind: 'reset' }, 'ENGINE_UNREACHABLE'],
    ['out of memory', OUT_OF_MEMORY_REPLY, 'ENGINE_OUT_OF_MEMORY'],
    [
      'out of memory in a 503',
      { kind: 'status', status: 503, body: { error: { message: 'torch.OutOfMemoryError' } } },
      'ENGINE_OUT_OF_MEMORY',
    ],
    [
      'out of memory as a text',
      { kind: 'status', status: 500, body: 'CUDA error: failed to allocate memory' },
      'ENGINE_OUT_OF_MEMORY',
    ],
    [
      'out of memory as an error event',
      { kind: 'error-event', error: { message: 'CUDA out of memory.', code: 500 }, text: 'half' },
      'ENGINE_OUT_OF_MEMORY',
    ],
    [
      'its bound of waiting requests',
      {
        kind: 'status',
        status: 503,
        body: {
          error: {
            message: 'The engine is currently busy and cannot accept new requests.',
            type: 'Service Unavailable',
            param: null,
            code: 503,
          },
        },
      },
      'ENGINE_RATE_LIMITED',
    ],
    ['busy', busyReply(null, 503), 'ENGINE_RATE_LIMITED'],
  ]
  for (const [name, reply, code] of survivals) {
    it(`lets a failure be what it is while the engine lives: ${name}`, async () => {
      await using parts = await startVllm()
      parts.fake.script(reply)

      const ending = await endingOf(parts.vllm.ask(dotsRequest(), { signal: never }))

      assert.equal(codeOfEnding(ending), code)
      assert.ok('retryAfterMs' in ending && ending.retryAfterMs === null)
      assert.equal(parts.fake.requests.length, 1)
    })
  }

  it('hands on how long a busy server asks to wait, as seconds and as a date', async () => {
    await using parts = await startVllm()
    const inAMinute = new Date(Date.now() + 60_000).toUTCString()
    parts.fake.script(busyReply('7', 503), busyReply(inAMinute))

    const endings = [
      await endingOf(parts.vllm.ask(dotsRequest(), { signal: never })),
      await endingOf(parts.vllm.ask(dotsRequest(), { signal: never })),
    ]

    assert.deepEqual(endings.map(codeOfEnding), ['ENGINE_RATE_LIMITED', 'ENGINE_RATE_LIMITED'])
    const [seconds = 0, date = 0] = endings.map((ending) =>
      'retryAfterMs' in ending ? (ending.retryAfterMs ?? 0) : 0,
    )
    assert.ok(seconds >= 7_000 && seconds <= 8_400, `${seconds}`)
    assert.ok(date > 30_000 && date <= 72_000, `${date}`)
    assert.equal(parts.fake.requests.length, 2)
  })
})
