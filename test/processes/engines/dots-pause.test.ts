import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withCircuitBreaker } from '../../../src/engines/circuit-breaker.ts'
import { asked, dotsEngine, dotsPage } from '../../support/dots-fixtures.ts'
import { failureOf } from '../../support/failure-of.ts'
import { readChatRequest } from '../../support/fakes/check-chat-request.ts'
import { busyReply, textReply, type FakeReply } from '../../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../../support/fakes/fake-vllm.ts'
import { until } from '../../support/until.ts'

/** So many that they are not done before the other page has its turn in line. */
const CELLS = 60
const LAYOUT = JSON.stringify(
  Array.from({ length: CELLS }, (_, cell) => ({
    bbox: [10, 5 + 10 * cell, 300, 15 + 10 * cell],
    category: 'Text',
  })),
)

describe('the step regions of dots.ocr behind its breaker', () => {
  it('asks about no further cell once another page was told to wait', async () => {
    let isRefused = false
    let cellsAsked = 0
    await using server = await createFakeVllm({
      model: 'dots',
      async reply(body): Promise<FakeReply> {
        const { text } = readChatRequest(body)
        if (text.includes('Do not output the corresponding text')) return textReply(LAYOUT)
        if (text.includes('output the layout information')) {
          isRefused = true
          return busyReply('7')
        }
        cellsAsked += 1
        if (cellsAsked === 1) await until(() => isRefused, 'the other page was refused')
        return textReply('word', { pieceLength: 1, delayMs: 50 })
      },
    })
    await using engine = dotsEngine(server, {}, { slots: 2 })
    const guarded = withCircuitBreaker(engine)
    const page = await dotsPage()

    const cells = failureOf(guarded.recognize(page, asked({ step: 'regions' })))
    await until(() => server.requests.length >= 3, 'cells are at the server')
    const other = await failureOf(guarded.recognize(page, asked()))

    assert.deepEqual(
      [other.code, (await cells).code],
      ['ENGINE_RATE_LIMITED', 'ENGINE_RATE_LIMITED'],
    )
    assert.ok(server.requests.length < CELLS, `${server.requests.length} requests`)
  })
})
