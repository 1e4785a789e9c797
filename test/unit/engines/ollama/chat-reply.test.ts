import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { FailureCode } from '../../../../src/contract/failures.ts'
import { readChatReply } from '../../../../src/engines/ollama/chat-reply.ts'
import { jsonLines } from '../../../../src/engines/ollama/ndjson.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { randomText, times } from '../../../support/repeated-texts.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'.split('')

const piece = (content: string, more: object = {}) => ({
  message: { content },
  done: false,
  ...more,
})
const done = (more: object = { done_reason: 'stop' }) => ({
  message: { content: '' },
  done: true,
  prompt_eval_count: 30,
  eval_count: 4,
  ...more,
})

async function* inTurn<T>(...values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value)
}

const failsAs =
  (code: FailureCode, spent: number | null = null) =>
  (error: unknown) =>
    error instanceof OcrError &&
    error.code === code &&
    (error.usage?.completionTokens ?? null) === spent

describe('readChatReply', () => {
  it('puts an answer together, with what it cost', async () => {
    const counts: number[] = []

    const reply = await readChatReply(inTurn(piece('One '), piece('page'), done()), (tokens) =>
      counts.push(tokens),
    )

    assert.deepEqual(reply, {
      text: 'One page',
      usage: { promptTokens: 30, completionTokens: 4 },
    })
    assert.deepEqual(counts, [1, 2])
  })

  it('leaves out what the model thinks', async () => {
    const lines = inTurn(
      piece('', { message: { content: '', thinking: 'Hmm' } }),
      piece('A'),
      done(),
    )

    assert.equal((await readChatReply(lines)).text, 'A')
  })

  const failures: readonly [what: string, lines: readonly unknown[], FailureCode, number | null][] =
    [
      ['a cut answer', [piece('A'), done({ done_reason: 'length' })], 'ENGINE_OUTPUT_TRUNCATED', 4],
      ['an unknown reason', [piece('A'), done({ done_reason: 'load' })], 'ENGINE_REPLY_BROKEN', 4],
      ['no reason', [piece('A'), done({})], 'ENGINE_REPLY_BROKEN', 4],
      ['an end without being done', [piece('A'), piece('A')], 'ENGINE_OUTPUT_REPEATS', 2],
      ['no line', [], 'ENGINE_REPLY_BROKEN', null],
      ['an error line', [piece('A'), { error: 'x' }], 'ENGINE_REPLY_BROKEN', null],
      ['an error object', [piece('A'), { error: { code: 5 } }], 'ENGINE_REPLY_BROKEN', null],
      [
        'a runner that stopped',
        [piece('A'), { error: 'model runner has unexpectedly stopped' }],
        'ENGINE_DIED',
        null,
      ],
      ['null', [null], 'ENGINE_REPLY_BROKEN', null],
      ['a list', [[]], 'ENGINE_REPLY_BROKEN', null],
      ['a text', ['page'], 'ENGINE_REPLY_BROKEN', null],
      [
        'content that is no text',
        [piece('A'), { message: { content: 5 }, done: false }],
        'ENGINE_REPLY_BROKEN',
        null,
      ],
      ['the shape of another API', [{ choices: [] }], 'ENGINE_REPLY_BROKEN', null],
    ]
  for (const [what, lines, code, spent] of failures) {
    it(`fails as ${code} for ${what}`, async () => {
      await assert.rejects(readChatReply(inTurn(...lines)), failsAs(code, spent))
    })
  }

  it('takes no more of an answer than any page has', async () => {
    const random = randomText(7)
    async function* flood() {
      for (let read = 0; read < 20_000; read++) {
        yield await Promise.resolve(piece(times(1_000, () => random.pick(LETTERS))))
      }
    }

    await assert.rejects(readChatReply(flood()), failsAs('ENGINE_REPLY_BROKEN'))
  })

  it('stops reading a model that runs in circles', async () => {
    let read = 0
    async function* loop() {
      for (; read < 100_000; read++) yield await Promise.resolve(piece('the same words again, '))
    }

    await assert.rejects(readChatReply(loop()), (error) => {
      assert.ok(failsAs('ENGINE_OUTPUT_REPEATS', read + 1)(error))
      return true
    })
    assert.ok(read < 12_000)
  })
})

describe('jsonLines', () => {
  const collect = async (...chunks: readonly Uint8Array[]) => {
    const values: unknown[] = []
    for await (const value of jsonLines(inTurn(...chunks))) values.push(value)
    return values
  }
  const bytes = Buffer.from('{"a":"页面 🙂"}\n\n{"b":2}\r\n{"c":3}')
  const isBroken = failsAs('ENGINE_REPLY_BROKEN')

  it('reads lines however they are cut, in the middle of characters, too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat({ max: bytes.length }), { maxLength: 12 }),
        async (cuts) => {
          const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length]
          const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end))

          assert.deepEqual(await collect(...chunks), [{ a: '页面 🙂' }, { b: 2 }, { c: 3 }])
        },
      ),
    )
  })

  it('fails as ENGINE_REPLY_BROKEN for half a line and for text', async () => {
    const broken = ['{"a":1}\n{"b', '<html>\n</html>', 'page text', '{"a":1}}']

    for (const text of broken) await assert.rejects(collect(Buffer.from(text)), isBroken)
  })

  it('gives nothing for an empty body', async () => {
    assert.deepEqual(await collect(), [])
  })
})
