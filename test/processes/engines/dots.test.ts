import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { createDotsEngine } from '../../../src/engines/dots.ts'
import { LAYOUT_PROMPT, TEXT_PROMPT } from '../../../src/engines/dots/prompts.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { asked, dotsEngine, dotsPage, questionsTo } from '../../support/dots-fixtures.ts'
import type { FakeReply } from '../../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../../support/fakes/fake-vllm.ts'
import { until } from '../../support/until.ts'

const PREFIX = '<|img|><|imgpad|><|endofimg|>'

describe('createDotsEngine', () => {
  it('asks for the layout with the prompt of the model, to the byte, and reads blocks', async () => {
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server)

    const seen = await engine.recognize(await dotsPage(), asked())

    const [question] = questionsTo(server)
    assert.equal(question?.text, `${PREFIX}${LAYOUT_PROMPT}`)
    assert.deepEqual(question?.image, { widthPx: 392, heightPx: 616 })
    assert.equal(question?.fields['temperature'], 0.1)
    assert.equal(question?.fields['top_p'], 1)
    assert.equal(question?.fields['max_completion_tokens'], 12_000)
    assert.equal('repetition_penalty' in question.fields, false)
    assert.deepEqual(server.problems, [])
    assert.deepEqual(seen.blocks, [
      { bbox: [39, 29, 359, 60], category: 'title', text: '# Fake title', confidence: null },
      {
        bbox: [39, 91, 359, 182],
        category: 'text',
        text: 'Fake text of the page.',
        confidence: null,
      },
      { bbox: [39, 212, 200, 365], category: 'picture', text: '', confidence: null },
      {
        bbox: [39, 426, 359, 548],
        category: 'table',
        text: '<table><tr><td>1</td><td>2</td></tr></table>',
        confidence: null,
      },
    ])
    assert.equal(seen.markup, 'markdown')
    assert.deepEqual(seen.warnings, [])
    assert.equal(seen.usage?.promptTokens, 100)
  })

  it('asks again with other sampling, warmer and against repetition', async () => {
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server)

    await engine.recognize(await dotsPage(), asked({ step: 'resample' }))

    const [question] = questionsTo(server)
    assert.equal(question?.text, `${PREFIX}${LAYOUT_PROMPT}`)
    assert.equal(question?.fields['temperature'], 0.3)
    assert.equal(question?.fields['repetition_penalty'], 1.05)
    assert.equal(typeof question?.fields['seed'], 'number')
    assert.deepEqual(server.problems, [])
  })

  it('asks for plain text and says that the layout is lost', async () => {
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server)

    const seen = await engine.recognize(await dotsPage(), asked({ step: 'plain-text' }))

    assert.equal(questionsTo(server)[0]?.text, `${PREFIX}${TEXT_PROMPT}`)
    assert.deepEqual(seen.blocks, [
      {
        bbox: [0, 0, 400, 610],
        category: 'text',
        text: 'Fake text of the page.',
        confidence: null,
      },
    ])
    assert.deepEqual(seen.warnings, ['LAYOUT_LOST'])
    assert.deepEqual(server.problems, [])
  })

  it('sends an image of the right size as it is', async () => {
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server)
    const page = await dotsPage({ widthPx: 392, heightPx: 616 })

    await engine.recognize(page, asked())

    const url = `data:image/png;base64,${Buffer.from(page.png).toString('base64')}`
    assert.ok(JSON.stringify(server.requests[0]?.body).includes(url))
  })

  for (const [pixelShare, least, most] of [
    [1, 3_900_000, 4_100_000],
    [0.5, 1_900_000, 2_050_000],
    [0.25, 950_000, 1_025_000],
  ] as const) {
    it(`sends ${pixelShare} of the pixels of a page that the model could take whole`, async () => {
      await using server = await createFakeVllm({ model: 'dots' })
      await using engine = dotsEngine(server)

      await engine.recognize(
        await dotsPage({ widthPx: 2000, heightPx: 2000 }),
        asked({ pixelShare }),
      )

      const { widthPx = 0, heightPx = 0 } = questionsTo(server)[0]?.image ?? {}
      assert.ok(widthPx * heightPx >= least && widthPx * heightPx <= most)
      assert.deepEqual(server.problems, [])
    })
  }

  it('names the request and counts tokens as they arrive', async () => {
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server)
    const counts: number[] = []

    await engine.recognize(
      await dotsPage(),
      asked({ requestId: 'doc-1-p3-1', onTokens: (tokens) => void counts.push(tokens) }),
    )

    assert.equal(z.looseObject({}).parse(server.requests[0]?.body)['request_id'], 'doc-1-p3-1')
    assert.ok(counts.length > 1 && (counts.at(-1) ?? 0) > (counts[0] ?? 0))
  })

  it('rejects a strip without asking', async () => {
    await using server = await createFakeVllm({ model: 'dots' })
    await using engine = dotsEngine(server)
    const strip = { ...(await dotsPage()), widthPx: 2, heightPx: 610 }

    await assert.rejects(
      engine.recognize(strip, asked()),
      (error) => error instanceof OcrError && error.code === 'ENGINE_REJECTED_REQUEST',
    )
    assert.equal(server.requests.length, 0)
  })

  it('closes the connection when it is cancelled', async () => {
    const reply: FakeReply = { kind: 'hang', at: 'body', text: '[' }
    await using server = await createFakeVllm({ model: 'dots', reply })
    await using engine = dotsEngine(server)
    const cancel = new AbortController()

    const work = engine.recognize(await dotsPage(), asked({ signal: cancel.signal }))
    await until(() => server.requests.length === 1, 'the server was asked')
    cancel.abort()

    await assert.rejects(work, { name: 'AbortError' })
    await until(() => server.requests[0]?.aborted === true, 'the connection was closed')
  })

  it('ends its pages when it is closed', async () => {
    const reply: FakeReply = { kind: 'hang', at: 'body', text: '[' }
    await using server = await createFakeVllm({ model: 'dots', reply })
    const engine = dotsEngine(server)

    const work = engine.recognize(await dotsPage(), asked())
    const failure = work.catch((error: unknown) => error)
    await until(() => server.requests.length === 1, 'the server was asked')
    await engine[Symbol.asyncDispose]()

    assert.equal((await failure) instanceof OcrError, true)
  })

  it('names its settings when the server has another model', async () => {
    await using server = await createFakeVllm({ model: 'dots', servedName: 'other' })
    await using engine = dotsEngine(server)

    await assert.rejects(engine.probe(new AbortController().signal), (error) => {
      assert.ok(error instanceof OcrError)
      assert.equal(error.code, 'ENGINE_MISCONFIGURED')
      assert.match(`${error.message} ${error.publicDetail}`, /OCR_DOTS_MODEL/)
      return true
    })
  })

  it('has a version that depends on the tokens, not on the address', async () => {
    const version = (baseUrl: string, maxTokens: number): string =>
      createDotsEngine({ server: { baseUrl, apiKey: null, model: 'model' }, maxTokens }).version

    assert.equal(version('http://a/v1', 12_000), version('http://b/v1', 12_000))
    assert.notEqual(version('http://a/v1', 12_000), version('http://a/v1', 16_000))
  })
})
