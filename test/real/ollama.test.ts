import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { ENGINES } from '../../src/contract/engines.ts'
import { REQUEST_LIMITS } from '../../src/engines/model-server/model-server.ts'
import { createOllamaEngine, type OllamaOptions } from '../../src/engines/ollama.ts'
import { createOllamaServer } from '../../src/engines/ollama/ollama-server.ts'
import { drawPage } from '../support/draw-page.ts'
import { failureOf } from '../support/failure-of.ts'
import { killPartOfServer, serverUnderTest } from './server-under-test.ts'

const { url, skip } = serverUnderTest('OCR_REAL_OLLAMA_URL', 'ollama')

const page = drawPage([{ text: 'Total 42', xPx: 60, yPx: 90 }], { widthPx: 800, heightPx: 600 })
const options: OllamaOptions = {
  baseUrl: url,
  model: 'tiny-vision',
  numCtx: 8_192,
  numPredict: 16,
  keepAlive: '5m',
}
const { signal } = new AbortController()

describe('createOllamaEngine with a real Ollama', { skip }, () => {
  it('finds a model with vision ready', async () => {
    await using engine = createOllamaEngine(options)

    await engine.probe(signal)
  })

  it('says that a model is not installed, and that one has no vision', async () => {
    const codes = []

    for (const model of ['other', 'tiny-text']) {
      await using engine = createOllamaEngine({ ...options, model })
      codes.push((await failureOf(engine.probe(signal))).code)
      codes.push((await failureOf(engine.recognize(page, { languages: null, signal }))).code)
    }

    assert.deepEqual(
      codes,
      codes.map(() => 'ENGINE_MISCONFIGURED'),
    )
  })

  for (const step of ENGINES.ollama.ladder) {
    it(`has every field of the step ${step} accepted, and is told tokens and usage`, async () => {
      await using engine = createOllamaEngine(options)
      const counts: number[] = []

      const failure = await failureOf(
        engine.recognize(page, {
          languages: null,
          signal,
          step,
          onTokens: (tokens) => counts.push(tokens),
        }),
      )

      // 16 tokens of random weights do not end by themselves.
      assert.equal(failure.code, 'ENGINE_OUTPUT_TRUNCATED')
      assert.equal(failure.usage?.completionTokens, 16)
      assert.ok((failure.usage?.promptTokens ?? 0) > 500)
      assert.ok(counts.length > 1)
    })
  }

  it('counts the runner that dies of a broken image as ENGINE_DIED, and the next page is read', async () => {
    await using engine = createOllamaEngine(options)
    const broken = { ...page, png: page.png.subarray(0, 40) }

    const failure = await failureOf(engine.recognize(broken, { languages: null, signal }))
    const next = await failureOf(engine.recognize(page, { languages: null, signal }))

    assert.equal(failure.code, 'ENGINE_DIED')
    assert.equal(next.code, 'ENGINE_OUTPUT_TRUNCATED')
  })
})

describe('createOllamaServer with a real Ollama', { skip }, () => {
  const server = createOllamaServer(skip === false ? url : 'http://127.0.0.1', REQUEST_LIMITS)
  after(async () => await server[Symbol.asyncDispose]())

  const question = (content: string, more: object = {}) => ({
    model: 'tiny-vision',
    messages: [{ role: 'user', content, images: [Buffer.from(page.png).toString('base64')] }],
    stream: true,
    truncate: false,
    shift: false,
    options: { num_ctx: 8_192, num_predict: 16, temperature: 0, seed: 1, ...more },
  })
  /** Takes longer than any test; sampled, so that nothing takes it for a loop. */
  const endless = question('Read', { num_predict: 8_000, temperature: 2, top_k: 0, top_p: 1 })

  it('reads an answer that ended', async () => {
    // Most tokens of the tiny model begin with this letter.
    const reply = await server.chat(question('Read', { stop: ['w'], num_predict: 200 }), { signal })

    assert.ok(!reply.text.includes('w'))
    assert.ok((reply.usage?.completionTokens ?? 0) > 0)
  })

  it('calls an answer that runs in circles ENGINE_OUTPUT_REPEATS', async () => {
    const failure = await failureOf(
      server.chat(question('Read', { num_predict: 8_000, repeat_penalty: 1 }), { signal }),
    )

    assert.equal(failure.code, 'ENGINE_OUTPUT_REPEATS')
  })

  it('calls a prompt that does not fit ENGINE_REJECTED_REQUEST', async () => {
    const failure = await failureOf(server.chat(question('a'.repeat(40_000)), { signal }))

    assert.equal(failure.code, 'ENGINE_REJECTED_REQUEST')
  })

  it('calls an option of the wrong type ENGINE_MISCONFIGURED', async () => {
    const failure = await failureOf(server.chat(question('Read', { num_ctx: 'x' }), { signal }))

    assert.equal(failure.code, 'ENGINE_MISCONFIGURED')
  })

  it('frees the only slot when it is aborted', async () => {
    const abort = new AbortController()
    const writing = Promise.withResolvers<number>()
    const asking = server.chat(endless, { signal: abort.signal, onTokens: writing.resolve })
    asking.catch(() => undefined)
    await writing.promise

    abort.abort(new Error('enough'))

    await assert.rejects(asking, /enough/)
    const next = await failureOf(
      server.chat(question('Read'), { signal: AbortSignal.timeout(5_000) }),
    )
    assert.equal(next.code, 'ENGINE_OUTPUT_TRUNCATED')
  })

  it('counts a runner that is killed as ENGINE_DIED, and the next answer is read', async () => {
    const writing = Promise.withResolvers<number>()
    const asking = server.chat(endless, { signal, onTokens: writing.resolve })
    asking.catch(() => undefined)
    await writing.promise

    killPartOfServer('ollama runner')

    assert.match((await failureOf(asking)).code, /^ENGINE_(DIED|REPLY_BROKEN)$/)
    const next = await failureOf(server.chat(question('Read'), { signal }))
    assert.equal(next.code, 'ENGINE_OUTPUT_TRUNCATED')
  })
})
