import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { OcrEngine } from '../../../src/engines/engine.ts'
import { createLlmEngine } from '../../../src/engines/llm.ts'
import { codeOfEnding, endingOf } from '../../support/chat-requests.ts'
import { drawPage } from '../../support/draw-page.ts'
import type { FakeModelServer } from '../../support/fakes/fake-model-server.ts'
import { createFakeOpenai } from '../../support/fakes/fake-openai.ts'
import { textReply } from '../../support/fakes/fake-reply.ts'
import { until } from '../../support/until.ts'

const page = drawPage([{ text: 'Some text', xPx: 60, yPx: 120, sizePx: 40 }])
const ROUNDS = 12_000

const rounds = (write: (round: number) => string): string =>
  Array.from({ length: ROUNDS }, (_, round) => write(round)).join('')

/** What models in a loop write. */
const LOOPS: readonly (readonly [what: string, text: string, pieceLength: number])[] = [
  ['one token', rounds(() => 'the '), 4],
  ['one character', rounds(() => '.'), 1],
  ['a phrase', rounds(() => 'and so it goes on, '), 19],
  ['numbering in a template', rounds((round) => `${round}. The item number ${round}.\n`), 24],
  ['rows of a table', rounds(() => '<tr><td>0.00</td><td>-</td></tr>\n'), 33],
  ['rows of a pipe table that count', rounds((round) => `| ${round} | value |\n`), 18],
]

describe('createLlmEngine, answers that are nonsense', () => {
  let fake: FakeModelServer
  let engine: OcrEngine
  before(async () => {
    fake = await createFakeOpenai()
    engine = createLlmEngine({
      server: { baseUrl: fake.url, apiKey: null, model: 'fake-vision' },
      maxTokens: 16_384,
      temperature: 0,
      tokenLimitParameter: 'max_tokens',
    })
  })
  after(async () => {
    await engine[Symbol.asyncDispose]()
    await fake[Symbol.asyncDispose]()
    assert.deepEqual(fake.problems, [])
  })

  const read = () =>
    endingOf(engine.recognize(page, { languages: null, signal: AbortSignal.timeout(60_000) }))

  for (const [what, text, pieceLength] of LOOPS) {
    it(`stops a loop of ${what} early, and tells the tokens that it cost`, async () => {
      const seen = fake.requests.length
      // A server that writes slower than it is read: a model.
      fake.script(textReply(text, { pieceLength, delayMs: 1 }))

      const ending = await read()

      assert.equal(codeOfEnding(ending), 'ENGINE_OUTPUT_REPEATS')
      assert.equal(fake.requests.length, seen + 1)
      await until(() => fake.requests.at(-1)?.aborted === true, 'the connection is closed')
      const tokens = 'usage' in ending ? (ending.usage?.completionTokens ?? 0) : 0
      assert.ok(tokens > 0 && tokens < ROUNDS, `${tokens} tokens`)
    })
  }

  it('takes no part of JSON that is cut for the page, at any tenth of it', async () => {
    const whole = JSON.stringify({ content: 'The text of the page, and more of it to the end.' })
    for (let tenth = 0; tenth < 10; tenth++) {
      const seen = fake.requests.length
      fake.script(textReply(whole.slice(0, Math.floor((tenth * whole.length) / 10))))

      const ending = await read()

      assert.equal(codeOfEnding(ending), 'ENGINE_OUTPUT_INVALID', `at ${tenth} tenths`)
      assert.equal(fake.requests.length, seen + 1)
    }
  })
})
