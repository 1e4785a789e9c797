import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { asked } from '../../support/dots-fixtures.ts'
import { failureOf } from '../../support/failure-of.ts'
import { streamOf } from '../../support/fakes/chat-events.ts'
import type { FakeReply } from '../../support/fakes/fake-reply.ts'
import { GPU_ENGINES, startGpuEngine, type GpuSetup } from '../../support/gpu-engines.ts'
import { until } from '../../support/until.ts'
import { SECRET, VLLM_FAILURES } from '../../support/vllm-failures.ts'

const DEATHS: readonly [how: string, reply: FakeReply][] = [
  ['with a reset', { kind: 'death', how: 'reset', afterwards: 'refuses' }],
  ['with a reset on the way', { kind: 'death', how: 'reset', afterwards: 'refuses', text: SECRET }],
  ['with a 500', { kind: 'death', how: 'status', afterwards: 'refuses' }],
  ['with a 500, its server living on', { kind: 'death', how: 'status', afterwards: 'unhealthy' }],
  [
    'with an error event',
    { kind: 'death', how: 'event', afterwards: 'refuses', text: SECRET, lateMs: 300 },
  ],
  [
    'with an error event, its server living on',
    { kind: 'death', how: 'event', afterwards: 'unhealthy', text: SECRET },
  ],
]

for (const id of GPU_ENGINES) {
  describe(`the ${id} engine, answers that are no page`, () => {
    let setup: GpuSetup
    before(async () => void (setup = await startGpuEngine(id)))
    after(() => setup[Symbol.asyncDispose]())

    for (const step of ['default', 'resample'] as const) {
      for (const { what, reply, code, waitMs = null } of VLLM_FAILURES) {
        it(`fails as ${code} when the server ${what}, after one request (${step})`, async () => {
          const { server, engine, page } = setup
          const seen = server.requests.length
          server.script(reply)

          const failure = await failureOf(engine.recognize(page, asked({ step })))

          assert.equal(failure.code, code)
          assert.equal(server.requests.length, seen + 1)
          if (waitMs === null) assert.equal(failure.retryAfterMs, null)
          else assert.ok((failure.retryAfterMs ?? 0) >= waitMs)
          if (reply.kind === 'text') assert.notEqual(failure.usage, null)
          assert.doesNotMatch(`${failure.message} ${failure.publicDetail}`, new RegExp(SECRET))
        })
      }
    }

    it('fails as ENGINE_REPLY_BROKEN for an answer that is cut at any tenth of its bytes', async () => {
      const { server, engine, page } = setup
      const { wholeAt } = streamOf(SECRET.repeat(5))
      const cuts = Array.from({ length: 20 }, (_, cut): FakeReply => ({
        kind: 'cut',
        text: SECRET.repeat(5),
        afterBytes: Math.floor((wholeAt * (cut % 10)) / 10),
        how: cut < 10 ? 'end' : 'reset',
      }))
      const seen = server.requests.length
      server.script(...cuts)

      // At once, because after each the server is asked for its health for a second and a half.
      const failures = await Promise.all(cuts.map(() => failureOf(engine.recognize(page, asked()))))

      assert.deepEqual(
        failures.map(({ code }) => code),
        cuts.map(() => 'ENGINE_REPLY_BROKEN'),
      )
      assert.equal(server.requests.length, seen + cuts.length)
    })
  })

  describe(`the ${id} engine, deaths of the model`, () => {
    for (const [how, reply] of DEATHS) {
      it(`fails as ENGINE_DIED, after one request, when the model died ${how}`, async () => {
        await using setup = await startGpuEngine(id)
        setup.server.script(reply)

        const failure = await failureOf(setup.engine.recognize(setup.page, asked()))

        assert.equal(failure.code, 'ENGINE_DIED')
        assert.equal(setup.server.requests.length, 1)
      })
    }

    it('fails as ENGINE_DIED when the server goes away with the page', async () => {
      await using setup = await startGpuEngine(id)
      setup.server.script({ kind: 'hang', at: 'body', text: '[' })

      const failure = failureOf(setup.engine.recognize(setup.page, asked()))
      await until(() => setup.server.requests.length === 1, 'the server was asked')
      setup.server.goAway()

      assert.equal((await failure).code, 'ENGINE_DIED')
      assert.equal(setup.server.requests.length, 1)
    })
  })
}
