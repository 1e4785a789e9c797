import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FailureCode } from '../../../src/contract/failures.ts'
import type { RecognizeOptions } from '../../../src/engines/engine.ts'
import { codeOf, OcrError } from '../../../src/platform/errors.ts'
import { asked, dotsEngine, dotsPage } from '../../support/dots-fixtures.ts'
import { textReply, type FakeReply } from '../../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../../support/fakes/fake-vllm.ts'

const LAYOUT_STEPS = ['default', 'resample'] as const
const CELL = '{"bbox": [28, 56, 280, 112], "category": "Text", "text": "alpha"}'
const LOOP = `[{"bbox": [28, 56, 280, 112], "category": "Text", "text": "${'and so on, '.repeat(400)}`

async function failureOf(
  reply: FakeReply,
  options: Partial<RecognizeOptions> = {},
): Promise<{ code: FailureCode; hasUsage: boolean; message: string; requests: number }> {
  await using server = await createFakeVllm({ model: 'dots', reply })
  await using engine = dotsEngine(server)
  try {
    await engine.recognize(await dotsPage(), asked(options))
  } catch (error) {
    if (!(error instanceof OcrError)) throw error
    const { code, usage, message } = error
    return { code, hasUsage: usage !== null, message, requests: server.requests.length }
  }
  throw new Error('The page was read')
}

/** The code of the failure that an answer is, or the warning that it is not whole; else `ok`. */
async function endingOf(reply: FakeReply): Promise<string> {
  await using server = await createFakeVllm({ model: 'dots', reply })
  await using engine = dotsEngine(server)
  try {
    const { warnings } = await engine.recognize(await dotsPage(), asked())
    return warnings.find((warning) => warning === 'OUTPUT_INCOMPLETE') ?? 'ok'
  } catch (error) {
    return codeOf(error)
  }
}

describe('the answers to createDotsEngine', () => {
  for (const step of [...LAYOUT_STEPS, 'regions', 'plain-text'] as const) {
    it(`reports an answer that ran out of tokens (${step})`, async () => {
      const reply = textReply(`[${CELL}, {"bbox": [28, 1`, { finish: 'length' })

      const failure = await failureOf(reply, { step })

      assert.equal(failure.code, 'ENGINE_OUTPUT_TRUNCATED')
      assert.equal(failure.requests, 1)
      assert.equal(failure.hasUsage, true)
    })

    it(`reports a repetition that the server stopped (${step})`, async () => {
      const failure = await failureOf(textReply(LOOP, { finish: 'repetition' }), { step })

      assert.equal(failure.code, 'ENGINE_OUTPUT_REPEATS')
      assert.equal(failure.requests, 1)
    })

    it(`reports an empty answer for a page that is not blank (${step})`, async () => {
      const failure = await failureOf(textReply(''), { step })

      assert.equal(failure.code, 'ENGINE_OUTPUT_INVALID')
      assert.equal(failure.requests, 1)
    })

    it(`finds nothing on a blank page (${step})`, async () => {
      await using server = await createFakeVllm({ model: 'dots', reply: textReply('') })
      await using engine = dotsEngine(server)

      const seen = await engine.recognize(await dotsPage({ isBlank: true }), asked({ step }))

      assert.deepEqual(seen.blocks, [])
      assert.deepEqual(seen.warnings, [])
    })
  }

  it('ends a loop that nobody stops', async () => {
    const failure = await failureOf({ kind: 'endless', piece: '....' })

    assert.equal(failure.code, 'ENGINE_OUTPUT_REPEATS')
    assert.equal(failure.requests, 1)
  })

  for (const step of [...LAYOUT_STEPS, 'regions'] as const) {
    it(`reports an answer without a layout, and does not quote it (${step})`, async () => {
      const failure = await failureOf(textReply('The page shows a confidential letter.'), { step })

      assert.equal(failure.code, 'ENGINE_OUTPUT_INVALID')
      assert.equal(failure.requests, 1)
      assert.equal(failure.hasUsage, true)
      assert.doesNotMatch(failure.message, /confidential/)
    })

    it(`reports an empty list for a page that is not blank (${step})`, async () => {
      assert.equal((await failureOf(textReply('[]'), { step })).code, 'ENGINE_OUTPUT_INVALID')
    })
  }

  it('reports a layout of which nothing can be used', async () => {
    const failure = await failureOf(textReply('[{"bbox": [1, 2], "category": "Picture"}]'))

    assert.equal(failure.code, 'ENGINE_OUTPUT_INVALID')
  })

  it('repairs an answer and says what may be missing', async () => {
    const reply = textReply(`\`\`\`json\n[${CELL} {"bbox": [28, 200, 280, 2`)
    await using server = await createFakeVllm({ model: 'dots', reply })
    await using engine = dotsEngine(server)

    const seen = await engine.recognize(await dotsPage(), asked())

    assert.deepEqual(
      seen.blocks.map(({ bbox, text }) => [bbox, text]),
      [[[28, 55, 285, 110], 'alpha']],
    )
    assert.deepEqual([...seen.warnings].sort(), [
      'BOX_INVALID',
      'OUTPUT_INCOMPLETE',
      'OUTPUT_REPAIRED',
    ])
  })

  it('makes no whole page of a layout that is cut at any tenth', async () => {
    const cells = [1, 2, 3].map((row) => ({
      bbox: [28, row * 100, 280, row * 100 + 50],
      category: 'Text',
      text: `row ${row}`,
    }))
    const whole = JSON.stringify(cells)
    const endings = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((tenth) => {
      const cut = whole.slice(0, Math.floor((whole.length * tenth) / 10))
      return endingOf(textReply(cut))
    })

    assert.deepEqual(await Promise.all(endings), [
      // Nothing, or not one text, is no page.
      ...Array.from({ length: 3 }, () => 'ENGINE_OUTPUT_INVALID'),
      ...Array.from({ length: 7 }, () => 'OUTPUT_INCOMPLETE'),
    ])
  })

  it('takes a table of zeros and a list of equal cells for no loop', async () => {
    const row = `<tr>${'<td>0.00</td>'.repeat(8)}</tr>`
    const cells = Array.from({ length: 60 }, (_, place) => ({
      bbox: [28, place * 10, 280, place * 10 + 9],
      category: 'Text',
      text: 'n/a',
    }))
    const table = {
      bbox: [28, 1, 90, 9],
      category: 'Table',
      text: `<table>${row.repeat(40)}</table>`,
    }
    const reply = textReply(JSON.stringify([table, ...cells]))
    await using server = await createFakeVllm({ model: 'dots', reply })
    await using engine = dotsEngine(server)

    const seen = await engine.recognize(await dotsPage(), asked())

    assert.equal(seen.blocks.length, 61)
    assert.deepEqual(seen.warnings, [])
  })
})
