import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DOTS_PROMPT_TYPES, type ModelQuestion } from '../../../src/contract/document.ts'
import {
  LAYOUT_ONLY_PROMPT,
  LAYOUT_PROMPT,
  REGION_PROMPT,
  TEXT_PROMPT,
} from '../../../src/engines/dots/prompts.ts'
import type { AnswerOptions, ModelAnswer } from '../../../src/engines/engine.ts'
import { dotsEngine, dotsPage, questionsTo } from '../../support/dots-fixtures.ts'
import { failureOf } from '../../support/failure-of.ts'
import { textReply, type FakeReply } from '../../support/fakes/fake-reply.ts'
import { createFakeVllm, dotsLayout } from '../../support/fakes/fake-vllm.ts'
import { until } from '../../support/until.ts'

type DotsQuestion = Extract<ModelQuestion, { model: 'dots' }>

const PREFIX = '<|img|><|imgpad|><|endofimg|>'
const PROMPT_OF = {
  prompt_layout_all_en: LAYOUT_PROMPT,
  prompt_layout_only_en: LAYOUT_ONLY_PROMPT,
  prompt_ocr: TEXT_PROMPT,
  prompt_grounding_ocr: REGION_PROMPT,
}
// The page of 400 × 610 pixels is sent as 392 × 616.
const LAYOUT = dotsLayout({ widthPx: 392, heightPx: 616 })

function question(change: Partial<DotsQuestion> = {}): DotsQuestion {
  return {
    model: 'dots',
    promptType: 'prompt_layout_all_en',
    temperature: 0.7,
    topP: 0.8,
    maxTokens: 900,
    bbox: null,
    isRaw: false,
    ...change,
  }
}

const options = (more: Partial<AnswerOptions> = {}): AnswerOptions => ({
  signal: new AbortController().signal,
  ...more,
})

async function answerTo(asked: DotsQuestion, reply: FakeReply): Promise<ModelAnswer> {
  await using server = await createFakeVllm({ model: 'dots', reply })
  await using engine = dotsEngine(server)
  const answer = await engine.answer?.(await dotsPage(), asked, options())
  assert.deepEqual(server.problems, [])
  assert.ok(answer)
  return answer
}

describe('a question to dots.ocr', () => {
  for (const promptType of DOTS_PROMPT_TYPES) {
    it(`asks ${promptType} to the byte, once, with the sampling of the caller`, async () => {
      await using server = await createFakeVllm({ model: 'dots' })
      await using engine = dotsEngine(server)

      await engine.answer?.(await dotsPage(), question({ promptType }), options())

      assert.equal(server.requests.length, 1)
      const [asked] = questionsTo(server)
      assert.equal(asked?.text, `${PREFIX}${PROMPT_OF[promptType]}`)
      assert.deepEqual(asked.image, { widthPx: 392, heightPx: 616 })
      const { temperature, top_p, max_completion_tokens, seed } = asked.fields
      assert.deepEqual(
        { temperature, top_p, max_completion_tokens, seed },
        { temperature: 0.7, top_p: 0.8, max_completion_tokens: 900, seed: undefined },
      )
      assert.deepEqual(server.problems, [])
    })
  }

  it('asks for a region in pixels of the image that is sent', async () => {
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server)
    const asked = question({ promptType: 'prompt_grounding_ocr', bbox: [40, 61, 201, 610] })

    await engine.answer?.(await dotsPage(), asked, options())

    assert.equal(questionsTo(server)[0]?.text, `${PREFIX}${REGION_PROMPT}[39, 61, 196, 616]`)
  })

  it('gives a layout with its boxes on the page', async () => {
    const { text, isWhole, usage } = await answerTo(question(), textReply(LAYOUT))

    assert.deepEqual(JSON.parse(text), [
      { bbox: [39, 29, 359, 60], category: 'Title', text: '# Fake title' },
      { bbox: [39, 91, 359, 182], category: 'Text', text: 'Fake text of the page.' },
      { bbox: [39, 212, 200, 365], category: 'Picture' },
      {
        bbox: [39, 426, 359, 548],
        category: 'Table',
        text: '<table><tr><td>1</td><td>2</td></tr></table>',
      },
    ])
    assert.equal(isWhole, true)
    assert.equal(usage?.promptTokens, 100)
  })

  it('gives a layout as the model wrote it where that is wanted', async () => {
    const { text } = await answerTo(question({ isRaw: true }), textReply(`${LAYOUT}\n`))

    assert.equal(text, `${LAYOUT}\n`)
  })

  for (const [what, promptType, words] of [
    ['an answer that is no layout', 'prompt_layout_all_en', ' I see a page.\n'],
    ['text', 'prompt_ocr', '  [{"bbox": [1, 2, 3, 4], "category": "Text", "text": "a"}]\n'],
    ['silence', 'prompt_layout_all_en', ''],
  ] as const) {
    it(`gives ${what} as it is`, async () => {
      const { text } = await answerTo(question({ promptType }), textReply(words))

      assert.equal(text, words)
    })
  }

  it('gives what the limit of the caller left, and says so', async () => {
    const cut = `${LAYOUT.slice(0, 150)}`

    const answer = await answerTo(question(), textReply(cut, { finish: 'length' }))

    assert.equal(answer.text, cut)
    assert.equal(answer.isWhole, false)
  })

  it('gives a loop up to where it was stopped, and says so', async () => {
    await using server = await createFakeVllm({
      model: 'dots',
      reply: { kind: 'endless', piece: 'and so on, ' },
      hasRepetitionDetection: false,
    })
    await using engine = dotsEngine(server)
    let told = ''

    const asked = question({ promptType: 'prompt_ocr', maxTokens: 12_000 })
    const onText = (piece: string): void => void (told += piece)
    const answer = await engine.answer?.(await dotsPage(), asked, options({ onText }))

    assert.equal(answer?.isWhole, false)
    assert.equal(answer.text, told)
    assert.match(told, /^and so on, and so on, /)
  })

  it('hands the text on while it is written', async () => {
    const hang: FakeReply = { kind: 'hang', at: 'body', text: '[{"bbox"' }
    await using server = await createFakeVllm({ model: 'dots', reply: hang })
    await using engine = dotsEngine(server)
    const cancel = new AbortController()
    const pieces: string[] = []

    const work = engine.answer?.(
      await dotsPage(),
      question(),
      options({ signal: cancel.signal, onText: (piece) => void pieces.push(piece) }),
    )
    const rejected = assert.rejects(async () => work, { name: 'AbortError' })
    await until(() => pieces.length === 1, 'the first piece arrived')
    assert.deepEqual(pieces, ['[{"bbox"'])
    cancel.abort()

    await rejected
    await until(() => server.requests[0]?.aborted === true, 'the connection was closed')
  })

  it('hands on pieces that are the raw text together', async () => {
    const words = 'The 🀄 of the page, '.repeat(8)
    await using server = await createFakeVllm({
      model: 'dots',
      reply: textReply(words, { pieceLength: 3 }),
    })
    await using engine = dotsEngine(server)
    const pieces: string[] = []
    let tokens = 0

    await engine.answer?.(
      await dotsPage(),
      question({ promptType: 'prompt_ocr' }),
      options({
        requestId: 'page-1',
        onText: (piece) => void pieces.push(piece),
        onTokens: (count) => void (tokens = count),
      }),
    )

    assert.ok(pieces.length > 20)
    assert.equal(pieces.join(''), words)
    assert.ok(tokens >= pieces.length)
    assert.equal(questionsTo(server)[0]?.fields['request_id'], 'page-1')
  })

  it('waits in line with pages', async () => {
    const hang: FakeReply = { kind: 'hang', at: 'body', text: '[' }
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server, {}, { slots: 1 })
    server.script(hang)
    const cancel = new AbortController()
    const page = await dotsPage()

    const first = engine.answer?.(page, question(), options({ signal: cancel.signal }))
    const rejected = assert.rejects(async () => first, { name: 'AbortError' })
    await until(() => server.requests.length === 1, 'the first was asked')
    const second = engine.recognize(page, { languages: null, ...options() })
    cancel.abort()
    await rejected

    assert.equal((await second).blocks.length, 4)
    const [one, two] = server.requests
    assert.ok(one?.endedAtMs && two && one.endedAtMs <= two.atMs)
  })

  it('is not sent while the server is to be left alone', async () => {
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server)
    const closed = new Error('closed')
    const guard = () => Promise.reject(closed)
    const page = await dotsPage()

    await assert.rejects(async () => engine.answer?.(page, question(), options({ guard })), closed)
    assert.equal(server.requests.length, 0)
  })

  it('ends when the engine is closed', async () => {
    const hang: FakeReply = { kind: 'hang', at: 'body', text: '[' }
    await using server = await createFakeVllm({ model: 'dots', reply: hang })
    const engine = dotsEngine(server)

    const work = engine.answer?.(await dotsPage(), question(), options())
    const rejected = assert.rejects(async () => work, { code: 'SERVICE_UNAVAILABLE' })
    await until(() => server.requests.length === 1, 'the server was asked')
    await engine[Symbol.asyncDispose]()

    await rejected
  })

  it('refuses a question for another model without asking', async () => {
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server)
    const page = await dotsPage()
    const other = { model: 'deepseek', prompt: 'Free OCR.' } as const

    const failure = await failureOf((async () => engine.answer?.(page, other, options()))())

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
    assert.equal(server.requests.length, 0)
  })
})
