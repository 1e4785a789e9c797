import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { asked } from '../../support/dots-fixtures.ts'
import { failureOf } from '../../support/failure-of.ts'
import { textReply } from '../../support/fakes/fake-reply.ts'
import { GPU_ENGINES, startGpuEngine, type GpuSetup } from '../../support/gpu-engines.ts'
import { LOOPS, randomText, times } from '../../support/repeated-texts.ts'
import { until } from '../../support/until.ts'

/** How each model writes a text at a place; the place as it stands in the answer. */
const ANSWER_OF = {
  dots: (text: string, box: string) =>
    `[{"bbox": ${box}, "category": "Text", "text": ${JSON.stringify(text)}}]`,
  deepseek: (text: string, box: string) => `<|ref|>text<|/ref|><|det|>[${box}]<|/det|>\n${text}`,
} as const

const BEGINNING_OF = {
  dots: '[{"bbox": [28, 56, 280, 112], "category": "Text", "text": "',
  deepseek: '<|ref|>text<|/ref|><|det|>[[100, 100, 900, 900]]<|/det|>\n',
} as const

const ENDLESS = [
  'a token',
  'a phrase',
  'a numbered phrase',
  'a table row',
  'a Markdown row',
] as const

const MARKUP = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  String.raw`$\href{javascript:alert(1)}{x}$`,
  '![](http://evil.example/beacon.png)',
  '<a href="data:text/html,x">x</a>',
] as const

const BOXES: readonly [what: string, box: string, isUsable: boolean][] = [
  ['a place that is no number', '[NaN, 20, 300, 40]', false],
  ['a place of text', '["10", "x", "300", "40"]', false],
  ['three numbers', '[10, 20, 300]', false],
  ['a place outside of the page', '[5000, 5000, 6000, 6000]', false],
  ['a place without an area', '[10, 20, 10, 20]', false],
  ['infinite numbers', '[1e999, 20, 300, 40]', false],
  ['swapped corners', '[300, 400, 100, 200]', true],
  ['negative numbers', '[-100, -200, 300, 400]', true],
  ['a place that reaches out of the page', '[100, 100, 90000, 90000]', true],
]

for (const id of GPU_ENGINES) {
  describe(`the ${id} engine, what a model may write`, () => {
    let setup: GpuSetup
    before(async () => void (setup = await startGpuEngine(id)))
    after(() => setup[Symbol.asyncDispose]())

    const read = (answer: string) => {
      setup.server.script(textReply(answer))
      return setup.engine.recognize(setup.page, asked())
    }

    for (const loop of ENDLESS) {
      it(`cuts ${loop} that comes again and again, long before its end`, async () => {
        const { server, engine, page } = setup
        const seen = server.requests.length
        const round = LOOPS[loop]?.(randomText(3))
        assert.ok(round !== undefined)
        // More than the buffers between server and client hold.
        const rounds = Math.ceil(150_000 / round(1).length)
        const reply = textReply(BEGINNING_OF[id] + times(rounds, round), { pieceLength: 4 })
        server.script(reply)

        const failure = await failureOf(engine.recognize(page, asked()))

        assert.equal(failure.code, 'ENGINE_OUTPUT_REPEATS')
        assert.equal(server.requests.length, seen + 1)
        await until(() => server.requests[seen]?.aborted === true, 'the answer was cut')
      })
    }

    for (const text of MARKUP) {
      it(`keeps ${text} as the text that it is`, async () => {
        const { blocks, markup } = await read(ANSWER_OF[id](text, '[100, 200, 300, 400]'))

        assert.deepEqual(
          blocks.map((block) => [block.category, block.text]),
          [['text', text]],
        )
        assert.equal(markup, 'markdown')
      })
    }

    for (const [what, box, isUsable] of BOXES) {
      it(`keeps a text with ${what}, on the page${isUsable ? '' : ', and says so'}`, async () => {
        const { widthPx, heightPx } = setup.page

        const { blocks, warnings } = await read(ANSWER_OF[id]('alpha', box))

        assert.deepEqual(
          blocks.map(({ text }) => text),
          ['alpha'],
        )
        const [left = 0, top = 0, right = 0, bottom = 0] = blocks[0]?.bbox ?? []
        assert.ok(left >= 0 && left < right && right <= widthPx)
        assert.ok(top >= 0 && top < bottom && bottom <= heightPx)
        assert.equal(warnings.includes('BOX_INVALID'), !isUsable)
        if (!isUsable) assert.deepEqual([left, top, right, bottom], [0, 0, widthPx, heightPx])
      })
    }
  })
}
