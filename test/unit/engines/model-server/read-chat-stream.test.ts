import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readChatStream } from '../../../../src/engines/model-server/read-chat-stream.ts'
import { codeOfEnding, endingOf } from '../../../support/chat-requests.ts'
import { chunkEvent } from '../../../support/fakes/chat-events.ts'

async function* streamOf(...events: unknown[]): AsyncGenerator<unknown> {
  yield* events
}

const END = chunkEvent({}, { finish: 'stop' })

describe('readChatStream', () => {
  it('puts the pieces together, whatever stands beside them', async () => {
    const reply = await readChatStream(
      streamOf(
        { choices: [], prompt_filter_results: [] },
        { choices: [{ index: 0, delta: { role: 'assistant', content: null } }] },
        { choices: [{ delta: { content: 'a', reasoning_content: 'hm' }, finish_reason: null }] },
        { choices: [{ index: 1, delta: { content: 'another answer' } }] },
        { choices: [{ index: 0, delta: null }] },
        { choices: [{ index: 0, delta: { content: 'b' }, finish_reason: 'eos' }] },
        { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } },
      ),
    )

    assert.deepEqual(reply, {
      text: 'ab',
      finish: 'stop',
      usage: { promptTokens: 5, completionTokens: 2 },
    })
  })

  it('takes an empty finish_reason for none, before the end and after it', async () => {
    const reply = await readChatStream(
      streamOf(
        chunkEvent({ content: 'a' }, { finish: '' }),
        END,
        chunkEvent({ content: '' }, { finish: '' }),
      ),
    )
    const cut = await endingOf(
      readChatStream(streamOf(chunkEvent({ content: 'a' }, { finish: '' }))),
    )

    assert.deepEqual([reply.text, reply.finish], ['a', 'stop'])
    assert.equal(codeOfEnding(cut), 'ENGINE_REPLY_BROKEN')
  })

  it('tells no usage rather than a malformed one', async () => {
    const usages = [
      { prompt_tokens: -1, completion_tokens: 2 },
      'many',
      [],
      { total_tokens: 1e308 },
    ]

    const replies = await Promise.all(
      usages.map((usage) => readChatStream(streamOf(END, { choices: [], usage }))),
    )

    assert.deepEqual(
      replies.map(({ usage }) => usage),
      [null, null, null, null],
    )
  })

  it('takes the role of the writer for no token, and thoughts for some', async () => {
    const counts: number[] = []
    const role = chunkEvent({ role: 'assistant', content: '' })
    const thought = { choices: [{ index: 0, delta: { reasoning_content: 'hm' } }] }
    const onTokens = (tokens: number): void => void counts.push(tokens)

    await endingOf(readChatStream(streamOf(role), { onTokens }))
    assert.deepEqual(counts, [])

    await endingOf(readChatStream(streamOf(role, thought), { onTokens }))
    assert.deepEqual(counts, [1])
  })

  it('counts the pieces, or what the server counts', async () => {
    const counts: number[] = []

    await readChatStream(
      streamOf(
        chunkEvent({ content: 'a' }),
        chunkEvent({ content: 'bc' }),
        chunkEvent({ content: 'd' }, { usage: { prompt_tokens: 9, completion_tokens: 30 } }),
        END,
      ),
      { onTokens: (tokens) => void counts.push(tokens) },
    )

    assert.deepEqual(counts, [1, 2, 30, 30])
  })

  it('counts the pieces of a loop that it stops where the server has not told the tokens yet', async () => {
    const loop = Array.from({ length: 400 }, () => chunkEvent({ content: 'again and again; ' }))

    const { finish, usage } = await readChatStream(streamOf(...loop, END))

    assert.equal(finish, 'repetition')
    assert.equal(usage?.promptTokens, 0)
    assert.ok(usage.completionTokens > 60 && usage.completionTokens < 400, JSON.stringify(usage))
  })

  it('takes no text that is longer than any answer', async () => {
    // Words that do not repeat, or the watch on repetition would end it before.
    const words = (piece: number): string =>
      Array.from({ length: 20_000 }, (_, word) =>
        (piece * 7919 + word * 104_729).toString(36),
      ).join(' ')
    const events = Array.from({ length: 40 }, (_, piece) => chunkEvent({ content: words(piece) }))

    const ending = await endingOf(readChatStream(streamOf(...events, END)))

    assert.equal(codeOfEnding(ending), 'ENGINE_REPLY_BROKEN')
  })

  it('repairs halves of characters, which no file can hold', async () => {
    const { text } = await readChatStream(streamOf(chunkEvent({ content: 'a\ud83c' }), END))

    assert.equal(text, 'a\ufffd')
  })

  it('joins a character whose halves came in two pieces', async () => {
    const pieces = ['\ud83c', '\udc04'].map((content) => chunkEvent({ content }))

    const { text } = await readChatStream(streamOf(...pieces, END))

    assert.equal(text, '🀄')
  })

  it('tells the text as it comes, without halves of characters', async () => {
    const told: string[] = []
    const pieces = ['', 'a\ud83c', '\udc04b', '\ud83c'].map((content) => chunkEvent({ content }))

    const { text } = await readChatStream(streamOf(...pieces, END), {
      onText: (piece) => void told.push(piece),
    })

    assert.deepEqual(told, ['a', '🀄b', '\ufffd'])
    assert.equal(told.join(''), text)
  })

  it('tells of a loop all that was written of it', async () => {
    let told = ''
    const loop = Array.from({ length: 400 }, () => chunkEvent({ content: 'again and again; ' }))

    const { text } = await readChatStream(streamOf(...loop, END), {
      onText: (piece) => void (told += piece),
    })

    assert.ok(told.startsWith(text))
    assert.ok(told.length > 1_000)
  })

  it('takes nothing for an answer that has no finish reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), async (pieces) => {
        const events = pieces.map((content) => chunkEvent({ content }))
        const ending = await endingOf(readChatStream(streamOf(...events)))
        assert.equal(codeOfEnding(ending), 'ENGINE_REPLY_BROKEN')
      }),
    )
  })

  it('fails in an expected way at any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (event) => {
        const ending = await endingOf(readChatStream(streamOf(event)))
        assert.equal(codeOfEnding(ending), 'ENGINE_REPLY_BROKEN')
      }),
    )
  })
})
