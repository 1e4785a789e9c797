import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RepetitionSupport } from '../../../../src/engines/vllm/repetition-support.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { failureOf } from '../../../support/failure-of.ts'
import { scriptedTransport, type ScriptedAnswer } from '../../../support/scripted-transport.ts'

const server = { baseUrl: 'http://127.0.0.1:1/v1', apiKey: null, model: 'model' }

const late = new OcrError('ENGINE_TIMED_OUT', 'Cannot get an answer: late')

function supportOf(...answers: ScriptedAnswer[]) {
  const transport = scriptedTransport(...answers)
  let nowMs = 0
  const support = new RepetitionSupport(server, { transport, now: () => nowMs })
  return {
    askThreeTimes: async () => [
      await support.isKnown(),
      await support.isKnown(),
      await support.isKnown(),
    ],
    forget: () => support.forget(),
    questions: () => transport.sent.length,
    waitUntil(ms: number) {
      nowMs = ms
    },
  }
}

describe('RepetitionSupport', () => {
  it('remembers an answer that tells', async () => {
    const knows = supportOf(400)
    const ignores = supportOf(200)

    assert.deepEqual(await knows.askThreeTimes(), [true, true, true])
    assert.deepEqual(await ignores.askThreeTimes(), [false, false, false])
    assert.deepEqual([knows.questions(), ignores.questions()], [1, 1])
  })

  it('does not hold up every page where the question is not answered', async () => {
    for (const answer of [late, 500, 404]) {
      const support = supportOf(answer, 400)

      assert.deepEqual(await support.askThreeTimes(), [false, false, false], String(answer))
      assert.equal(support.questions(), 1)
    }
  })

  it('asks again after half a minute, as silence tells nothing of what the server knows', async () => {
    const support = supportOf(late, 400)
    await support.askThreeTimes()

    support.waitUntil(29_999)
    const early = await support.askThreeTimes()
    support.waitUntil(30_000)
    const then = await support.askThreeTimes()

    assert.deepEqual([early[0], then[0]], [false, true])
    assert.equal(support.questions(), 2)
  })

  it('asks again at once where nobody was there', async () => {
    const support = supportOf(new OcrError('ENGINE_UNREACHABLE', 'Cannot ask: refused'), 400)

    assert.deepEqual(await support.askThreeTimes(), [false, true, true])
  })

  for (const status of [429, 503]) {
    it(`lets a page wait for as long as a server says to the question: ${status}`, async () => {
      const busy = new Response('{}', { status, headers: { 'retry-after': '7' } })
      const support = supportOf(busy, 400)

      const failure = await failureOf(support.askThreeTimes())
      const then = await support.askThreeTimes()

      assert.equal(failure.code, 'ENGINE_RATE_LIMITED')
      assert.ok((failure.retryAfterMs ?? 0) >= 7_000, String(failure.retryAfterMs))
      assert.deepEqual(then, [true, true, true])
    })
  }

  it('asks a server anew once it is forgotten', async () => {
    const support = supportOf(400, 200)
    await support.askThreeTimes()

    support.forget()

    assert.deepEqual(await support.askThreeTimes(), [false, false, false])
  })
})
