import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HttpTransport } from '../../../../src/engines/model-server/http-transport.ts'
import { RepetitionSupport } from '../../../../src/engines/vllm/repetition-support.ts'
import { OcrError } from '../../../../src/platform/errors.ts'

const server = { baseUrl: 'http://127.0.0.1:1/v1', apiKey: null, model: 'model' }

/** Answers one question after the other: with a status, or with a failure. */
function supportOf(...answers: (number | OcrError)[]) {
  let count = 0
  const transport: HttpTransport = {
    fetch: () => {
      const answer = answers[count]
      count += 1
      return answer instanceof OcrError
        ? Promise.reject(answer)
        : Promise.resolve(new Response('{}', { status: answer ?? 500 }))
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const support = new RepetitionSupport(server, transport)
  return {
    askThreeTimes: async () => [
      await support.isKnown(),
      await support.isKnown(),
      await support.isKnown(),
    ],
    questions: () => count,
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

  const silences: readonly [what: string, answer: number | OcrError][] = [
    ['came too late', new OcrError('ENGINE_TIMED_OUT', 'Cannot get an answer: late')],
    ['found nobody', new OcrError('ENGINE_UNREACHABLE', 'Cannot get an answer: refused')],
    ['met a busy server', 503],
    ['met a server that fails', 500],
  ]
  for (const [what, answer] of silences) {
    it(`asks again after a question that ${what}, which tells nothing of what the server knows`, async () => {
      const support = supportOf(answer, 400)

      assert.deepEqual(await support.askThreeTimes(), [false, true, true])
      assert.equal(support.questions(), 2)
    })
  }
})
