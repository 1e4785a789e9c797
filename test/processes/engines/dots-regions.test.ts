import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  LAYOUT_ONLY_PROMPT,
  LAYOUT_PROMPT,
  REGION_PROMPT,
} from '../../../src/engines/dots/prompts.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { asked, dotsEngine, dotsPage, questionsTo } from '../../support/dots-fixtures.ts'
import { readChatRequest } from '../../support/fakes/check-chat-request.ts'
import { busyReply, textReply, type FakeReply } from '../../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../../support/fakes/fake-vllm.ts'
import { until } from '../../support/until.ts'

const PREFIX = '<|img|><|imgpad|><|endofimg|>'
const CATEGORIES = ['Title', 'Text', 'Picture', 'Formula', 'Table', 'Text']
const LAYOUT = layoutOf(CATEGORIES)

function cellsOf(categories: readonly string[]) {
  return categories.map((category, place) => ({ bbox: [28, place, 280, place + 20], category }))
}

function layoutOf(categories: readonly string[]): string {
  return JSON.stringify(cellsOf(categories))
}

/** Answers the layout with `layout`, and every cell by its top edge. */
function replies(layout: string, cell: (top: number) => FakeReply): (body: unknown) => FakeReply {
  return (body) => {
    const { text } = readChatRequest(body)
    const top = /\[28, (\d+), 280, \d+\]$/.exec(text)?.[1]
    return top === undefined ? textReply(layout) : cell(Number(top))
  }
}

function isCellQuestion(body: unknown): boolean {
  return readChatRequest(body).text.startsWith(`${PREFIX}${REGION_PROMPT}`)
}

function isLayoutQuestion(body: unknown): boolean {
  return readChatRequest(body).text === `${PREFIX}${LAYOUT_PROMPT}`
}

function isFailure(code: string, isRight: (error: OcrError) => boolean = () => true) {
  return (error: unknown) => error instanceof OcrError && error.code === code && isRight(error)
}

describe('the step regions of createDotsEngine', () => {
  it('asks for the layout, then for the text of each cell but pictures', async () => {
    const reply = replies(LAYOUT, (top) => textReply(top === 3 ? '$$x^2$$' : `text ${top}`))
    await using server = await createFakeVllm({ model: 'dots', reply })
    await using engine = dotsEngine(server)

    const seen = await engine.recognize(await dotsPage(), asked({ step: 'regions' }))

    const [layout, ...cells] = questionsTo(server)
    assert.equal(layout?.text, `${PREFIX}${LAYOUT_ONLY_PROMPT}`)
    assert.deepEqual(
      cells.map(({ text }) => text).sort(),
      [0, 1, 3, 4, 5].map((top) => `${PREFIX}${REGION_PROMPT}[28, ${top}, 280, ${top + 20}]`),
    )
    assert.ok(cells.every(({ image }) => image?.widthPx === 392 && image.heightPx === 616))
    assert.ok(cells.every(({ fields }) => fields['temperature'] === 0.1))
    assert.deepEqual(server.problems, [])
    assert.deepEqual(
      seen.blocks.map(({ category, text }) => [category, text]),
      [
        ['title', 'text 0'],
        ['text', 'text 1'],
        ['picture', ''],
        ['formula', 'x^2'],
        ['table', 'text 4'],
        ['text', 'text 5'],
      ],
    )
    assert.deepEqual(seen.blocks[1]?.bbox, [28, 0, 285, 20])
    assert.deepEqual(seen.warnings, [])
    assert.equal(seen.usage?.promptTokens, 600)
  })

  it('asks about four cells at once at most', async () => {
    let [inFlight, most] = [0, 0]
    const layout = layoutOf(Array.from({ length: 12 }, () => 'Text'))
    await using server = await createFakeVllm({
      model: 'dots',
      async reply(body) {
        inFlight += 1
        most = Math.max(most, inFlight)
        // All that may be asked at once are here before the first is answered.
        if (isCellQuestion(body)) await until(() => most >= 4, 'four cells were asked about')
        await sleep(30)
        inFlight -= 1
        return replies(layout, (top) => textReply(`text ${top}`))(body)
      },
    })
    await using engine = dotsEngine(server)

    await engine.recognize(await dotsPage(), asked({ step: 'regions' }))

    assert.equal(server.requests.length, 13)
    assert.equal(most, 4)
  })

  it('names the requests of cells and adds up their tokens', async () => {
    await using server = await createFakeVllm({
      model: 'dots',
      reply: replies(LAYOUT, (top) => textReply(`text ${top}`)),
    })
    await using engine = dotsEngine(server)
    const counts: number[] = []
    const onTokens = (tokens: number): void => void counts.push(tokens)

    await engine.recognize(
      await dotsPage(),
      asked({ step: 'regions', requestId: 'd'.repeat(64), onTokens }),
    )

    const names = questionsTo(server).map(({ fields }) => fields['request_id'])
    assert.equal(names[0], 'd'.repeat(64))
    assert.equal(new Set(names).size, 6)
    assert.ok(names.every((name) => typeof name === 'string' && name.length <= 64))
    assert.ok(names.includes(`${'d'.repeat(58)}-cell1`))
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    )
  })

  for (const finish of ['length', 'repetition']) {
    it(`keeps what a cell has of an answer that ended as ${finish}`, async () => {
      const reply = replies(LAYOUT, (top) => textReply(`text ${top}`, top === 1 ? { finish } : {}))
      await using server = await createFakeVllm({ model: 'dots', reply })
      await using engine = dotsEngine(server)

      const seen = await engine.recognize(await dotsPage(), asked({ step: 'regions' }))

      assert.equal(seen.blocks[1]?.text, 'text 1')
      assert.deepEqual(seen.warnings, ['OUTPUT_INCOMPLETE'])
    })
  }

  it('goes on without a cell that has no text and without one that has no place', async () => {
    const cells = [...cellsOf(CATEGORIES), { bbox: [900, 1, 999, 2], category: 'Text' }]
    const reply = replies(JSON.stringify(cells), (top) => textReply(top === 1 ? '' : `text ${top}`))
    await using server = await createFakeVllm({ model: 'dots', reply })
    await using engine = dotsEngine(server)

    const seen = await engine.recognize(await dotsPage(), asked({ step: 'regions' }))

    assert.equal(seen.blocks.length, 5)
    assert.deepEqual([...seen.warnings].sort(), ['BOX_INVALID', 'OUTPUT_INCOMPLETE'])
  })

  it('reads a page of pictures without asking about them', async () => {
    const reply = replies(layoutOf(['Picture', 'Picture']), () => textReply('never'))
    await using server = await createFakeVllm({ model: 'dots', reply })
    await using engine = dotsEngine(server)

    const seen = await engine.recognize(await dotsPage(), asked({ step: 'regions' }))

    assert.equal(server.requests.length, 1)
    assert.equal(seen.blocks.length, 2)
  })

  it('is nonsense when no cell has text, with the tokens of all', async () => {
    await using server = await createFakeVllm({
      model: 'dots',
      reply: replies(LAYOUT, () => textReply('')),
    })
    await using engine = dotsEngine(server)

    await assert.rejects(
      engine.recognize(await dotsPage(), asked({ step: 'regions' })),
      isFailure('ENGINE_OUTPUT_INVALID', ({ usage }) => usage?.promptTokens === 600),
    )
  })

  it('is nonsense when no answer is whole, with the tokens of all', async () => {
    await using server = await createFakeVllm({
      model: 'dots',
      reply: replies(LAYOUT, (top) => textReply(`text ${top}`, { finish: 'repetition' })),
    })
    await using engine = dotsEngine(server)

    await assert.rejects(
      engine.recognize(await dotsPage(), asked({ step: 'regions' })),
      isFailure('ENGINE_OUTPUT_REPEATS', ({ usage }) => usage?.promptTokens === 600),
    )
  })

  it('is nonsense when there are over 200 cells, of which none is asked about', async () => {
    const layout = layoutOf(Array.from({ length: 201 }, () => 'Text'))
    await using server = await createFakeVllm({
      model: 'dots',
      reply: replies(layout, () => textReply('never')),
    })
    await using engine = dotsEngine(server)

    await assert.rejects(
      engine.recognize(await dotsPage(), asked({ step: 'regions' })),
      isFailure('ENGINE_OUTPUT_INVALID'),
    )
    assert.equal(server.requests.length, 1)
  })

  it('gives up when the time for all cells runs out', async () => {
    await using server = await createFakeVllm({
      model: 'dots',
      reply: replies(LAYOUT, () => ({ kind: 'hang', at: 'body', text: 'slow' })),
    })
    await using engine = dotsEngine(server, { totalMs: 6_000 })

    await assert.rejects(
      engine.recognize(await dotsPage(), asked({ step: 'regions' })),
      isFailure('ENGINE_OUTPUT_TRUNCATED', ({ usage }) => usage?.promptTokens === 100),
    )
  })

  it('does not count the time that it waits in line against its time', async () => {
    const cell = replies(LAYOUT, (top) => textReply(`text ${top}`))
    await using server = await createFakeVllm({
      model: 'dots',
      async reply(body) {
        if (!isLayoutQuestion(body)) return cell(body)
        // Of other pages: together far more than the time that one request has.
        await sleep(2_500)
        return textReply('[]')
      },
    })
    await using engine = dotsEngine(server, { totalMs: 6_500 }, { slots: 1 })
    const blank = await dotsPage({ isBlank: true })
    const page = await dotsPage()
    const readBlank = async () => engine.recognize(blank, asked())

    const before = [readBlank(), readBlank()]
    await until(() => server.requests.length === 1, 'other pages were first in line')
    const seen = engine.recognize(page, asked({ step: 'regions' }))
    await until(() => server.requests.length >= 3, 'its layout was asked for')
    const between = [readBlank(), readBlank()]

    assert.equal((await seen).blocks.length, 6)
    await Promise.all([...before, ...between])
  })

  it('ends the other cells when one fails for a reason that is not its own', async () => {
    await using server = await createFakeVllm({
      model: 'dots',
      reply: replies(LAYOUT, (top) =>
        top === 1 ? busyReply('7') : { kind: 'hang', at: 'body', text: 'slow' },
      ),
    })
    await using engine = dotsEngine(server)

    await assert.rejects(
      engine.recognize(await dotsPage(), asked({ step: 'regions' })),
      isFailure('ENGINE_RATE_LIMITED', ({ retryAfterMs }) => (retryAfterMs ?? 0) >= 7_000),
    )
    await until(
      () => server.requests.every(({ finished, aborted }) => finished || aborted),
      'no cell was in flight',
    )
    assert.ok(server.requests.length <= 6)
  })

  it('ends all cells when it is cancelled', async () => {
    await using server = await createFakeVllm({
      model: 'dots',
      reply: replies(LAYOUT, () => ({ kind: 'hang', at: 'body', text: 'slow' })),
    })
    await using engine = dotsEngine(server)
    const cancel = new AbortController()

    const work = engine.recognize(
      await dotsPage(),
      asked({ step: 'regions', signal: cancel.signal }),
    )
    await until(() => server.requests.length === 5, 'four cells were asked about')
    cancel.abort()

    await assert.rejects(work, { name: 'AbortError' })
    await until(() => server.requests.filter(({ aborted }) => aborted).length === 4, 'all ended')
  })
})
