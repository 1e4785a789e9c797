import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import type { OcrEngine, RecognizeOptions } from '../../../src/engines/engine.ts'
import { DEEPSEEK_PAGE, deepseekEngine } from '../../support/deepseek-fixtures.ts'
import { drawPage } from '../../support/draw-page.ts'
import { failureOf } from '../../support/failure-of.ts'
import type { FakeModelServer } from '../../support/fakes/fake-model-server.ts'
import { textReply } from '../../support/fakes/fake-reply.ts'
import { createFakeVllm, type FakeVllmOptions } from '../../support/fakes/fake-vllm.ts'
import { until } from '../../support/until.ts'

const sentBody = z.looseObject({
  max_tokens: z.number(),
  messages: z.tuple([
    z.object({
      content: z.tuple([
        z.object({ image_url: z.object({ url: z.string() }) }),
        z.object({ text: z.string() }),
      ]),
    }),
  ]),
})

describe('the DeepSeek-OCR engine', () => {
  it('reads a page into blocks with places', async () => {
    await using setup = await start()

    const recognition = await recognize(setup.engine)

    assert.deepEqual(recognition, {
      blocks: [
        { bbox: [100, 70, 900, 140], category: 'title', text: '# Fake title', confidence: null },
        {
          bbox: [100, 210, 900, 420],
          category: 'text',
          text: 'Fake text of the page.',
          confidence: null,
        },
        { bbox: [100, 490, 500, 840], category: 'picture', text: '', confidence: null },
        {
          bbox: [100, 980, 900, 1261],
          category: 'table',
          text: '<table><tr><td>1</td><td>2</td></tr></table>',
          confidence: null,
        },
      ],
      markup: 'markdown',
      turned: null,
      warnings: [],
      usage: recognition.usage,
    })
    assert.equal(recognition.usage?.promptTokens, 100)
    assert.deepEqual(setup.server.problems, [])
  })

  it('asks for as many tokens as the context leaves', async () => {
    await using setup = await start()

    await recognize(setup.engine)

    const { max_tokens: maxTokens, messages } = lastBody(setup.server)
    const prompt = '<image>\n<|grounding|>Convert the document to markdown.'
    assert.equal(messages[0].content[1].text, prompt)
    assert.equal(maxTokens, 8192 - 903 - prompt.length - 16)
  })

  it('resamples with a tighter guard against loops', async () => {
    await using setup = await start()

    await recognize(setup.engine, { step: 'resample', requestId: 'page-1' })

    const { vllm_xargs: guard, request_id: requestId } = lastBody(setup.server)
    assert.deepEqual(guard, {
      ngram_size: 20,
      window_size: 50,
      whitelist_token_ids: [128821, 128822],
    })
    assert.equal(requestId, 'page-1')
  })

  it('reads an answer without places with the whole page as the place', async () => {
    await using setup = await start()
    setup.server.script(textReply('Fake text of the page.'))

    const { blocks, warnings } = await recognize(setup.engine)

    assert.deepEqual(
      blocks.map(({ bbox, text }) => [bbox, text]),
      [[[0, 0, 1000, 1400], 'Fake text of the page.']],
    )
    assert.deepEqual(warnings, ['LAYOUT_LOST'])
    assert.deepEqual(setup.server.problems, [])
  })

  for (const [share, sizePx, boxPx] of [
    [0.5, [707, 989], [100, 70, 900, 140]],
    [0.25, [457, 640], [100, 70, 900, 140]],
  ] as const) {
    it(`sends ${share} of the pixels after the server ran out of memory`, async () => {
      await using setup = await start()

      const { blocks } = await recognize(setup.engine, { pixelShare: share })

      const { url } = lastBody(setup.server).messages[0].content[0].image_url
      const png = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], sizePx)
      assert.deepEqual(blocks[0]?.bbox, boxPx)
    })
  }

  it('fails with ENGINE_OUTPUT_INVALID when the model said its end token only', async () => {
    await using setup = await start()
    setup.server.script(textReply('<｜end▁of▁sentence｜>'))

    const failure = await failureOf(recognize(setup.engine))

    assert.equal(failure.code, 'ENGINE_OUTPUT_INVALID')
    assert.notEqual(failure.usage, null)
    assert.equal(setup.server.requests.length, 1)
  })

  it('believes silence about a blank page', async () => {
    await using setup = await start()
    setup.server.script(textReply(''))

    const recognition = await setup.engine.recognize(drawPage([]), options())

    assert.deepEqual(recognition.blocks, [])
    assert.deepEqual(recognition.warnings, [])
  })

  it('never shows what the server said in a failure', async () => {
    await using setup = await start()
    setup.server.script({ kind: 'status', status: 422, body: { error: { message: 'SECRET' } } })

    const failure = await failureOf(recognize(setup.engine))

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
    assert.doesNotMatch(failure.message, /SECRET/)
  })

  it('closes the connection when it is cancelled', async () => {
    await using setup = await start()
    setup.server.script({ kind: 'hang', at: 'body' })
    const cancelling = new AbortController()
    const work = recognize(setup.engine, { signal: cancelling.signal })
    await until(() => setup.server.requests.length === 1, 'the request is there')

    cancelling.abort()

    await assert.rejects(work, { name: 'AbortError' })
    await until(() => setup.server.requests[0]?.aborted === true, 'the connection is closed')
  })

  it('ends what is under way when it is closed', async () => {
    await using setup = await start()
    setup.server.script({ kind: 'hang', at: 'body' })
    const work = recognize(setup.engine)
    const rejected = assert.rejects(work, { code: 'SERVICE_UNAVAILABLE' })
    await until(() => setup.server.requests.length === 1, 'the request is there')

    await setup.engine[Symbol.asyncDispose]()

    await rejected
  })
})

describe('the probe of the DeepSeek-OCR engine', () => {
  it('passes, and asks for the guard against loops once', async () => {
    await using setup = await start()

    await setup.engine.probe(new AbortController().signal)
    await setup.engine.probe(new AbortController().signal)

    const guardProbes = setup.server.probes.filter((body) => JSON.stringify(body).includes('ngram'))
    assert.equal(guardProbes.length, 1)
    assert.deepEqual(setup.server.requests, [])
  })

  it('asks for it anew of a server that was away: it may have been started without', async () => {
    await using setup = await start()
    const { signal } = new AbortController()
    await setup.engine.probe(signal)
    setup.server.goAway()
    await failureOf(setup.engine.probe(signal))
    await setup.server.comeBack()

    await setup.engine.probe(signal)

    assert.equal(setup.server.probes.length, 2)
  })

  it('names the missing option of a server without the guard', async () => {
    await using setup = await start({ hasNgramProcessor: false })

    const failure = await failureOf(setup.engine.probe(new AbortController().signal))

    assert.equal(failure.code, 'ENGINE_MISCONFIGURED')
    assert.match(failure.message, /OCR_DEEPSEEK_URL.*--logits-processors/)
  })

  it('names the setting when another model is served', async () => {
    await using setup = await start({ servedName: 'other' })

    const failure = await failureOf(setup.engine.probe(new AbortController().signal))

    assert.equal(failure.code, 'ENGINE_MISCONFIGURED')
    assert.match(failure.message, /OCR_DEEPSEEK_MODEL/)
  })

  it('fails while nobody listens', async () => {
    await using setup = await start()
    setup.server.goAway()

    const failure = await failureOf(setup.engine.probe(new AbortController().signal))

    assert.equal(failure.code, 'ENGINE_UNREACHABLE')
  })
})

type Setup = AsyncDisposable & { readonly server: FakeModelServer; readonly engine: OcrEngine }

async function start(options: Omit<FakeVllmOptions, 'model'> = {}): Promise<Setup> {
  const server = await createFakeVllm({ model: 'deepseek', ...options })
  const engine = deepseekEngine(server)
  return {
    server,
    engine,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

function options(more: Partial<RecognizeOptions> = {}): RecognizeOptions {
  return { languages: null, signal: new AbortController().signal, ...more }
}

function recognize(engine: OcrEngine, more: Partial<RecognizeOptions> = {}) {
  return engine.recognize(DEEPSEEK_PAGE, options(more))
}

function lastBody(server: FakeModelServer): z.output<typeof sentBody> {
  return sentBody.parse(server.requests.at(-1)?.body)
}
