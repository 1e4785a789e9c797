import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FailureCode } from '../../../src/contract/failures.ts'
import type { OcrEngine, RecognizeOptions } from '../../../src/engines/engine.ts'
import { createLlmEngine, type LlmOptions } from '../../../src/engines/llm.ts'
import { REQUEST_LIMITS } from '../../../src/engines/model-server/model-server.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { drawPage } from '../../support/draw-page.ts'
import { readChatRequest } from '../../support/fakes/check-chat-request.ts'
import type { FakeModelServer } from '../../support/fakes/fake-model-server.ts'
import { createFakeOpenai } from '../../support/fakes/fake-openai.ts'
import { textReply } from '../../support/fakes/fake-reply.ts'
import { noisyPage } from '../../support/noisy-page.ts'
import { until } from '../../support/until.ts'

const KEY = 'sk-for-tests'
const ABORT_DEADLINE_MS = 2_000
const page = drawPage([{ text: 'Some text', xPx: 60, yPx: 120, sizePx: 40 }])

describe('createLlmEngine', () => {
  let fake: FakeModelServer
  let engine: OcrEngine
  before(async () => {
    fake = await createFakeOpenai({ apiKey: KEY })
    engine = engineOf(fake)
  })
  after(async () => {
    await engine[Symbol.asyncDispose]()
    await fake[Symbol.asyncDispose]()
    assert.deepEqual(fake.problems, [])
  })

  const read = (more: Partial<RecognizeOptions> = {}, image = page) =>
    engine.recognize(image, { languages: null, signal: AbortSignal.timeout(30_000), ...more })

  it('reads a page', async () => {
    fake.script(textReply('# Title\n\nA page.'))
    const counts: number[] = []

    const recognition = await read({ onTokens: (tokens) => counts.push(tokens), requestId: 'p-1' })

    assert.deepEqual(
      recognition.blocks.map(({ category, text }) => [category, text]),
      [
        ['title', '# Title'],
        ['text', 'A page.'],
      ],
    )
    assert.equal(recognition.markup, 'markdown')
    assert.ok((recognition.usage?.completionTokens ?? 0) > 0)
    assert.ok((counts.at(-1) ?? 0) > 0)
  })

  it('asks with other sampling when asked again', async () => {
    await read()
    const first = fieldsOf(fake)
    await read({ step: 'resample' })
    const again = fieldsOf(fake)

    assert.deepEqual(
      [first.temperature, first.seed, first.max_tokens, first.stream],
      [0, undefined, 8_192, true],
    )
    assert.deepEqual([again.temperature, again.seed], [0.4, 2])
  })

  it('sends what the settings say, for models that refuse the usual', async () => {
    await using picky = engineOf(fake, { temperature: null, tokenLimitParameter: 'both' })

    await picky.recognize(page, { languages: null, signal: AbortSignal.timeout(30_000) })

    const { temperature, max_tokens, max_completion_tokens } = fieldsOf(fake)
    assert.deepEqual([temperature, max_tokens, max_completion_tokens], [undefined, 8_192, 8_192])
  })

  it('takes a fence and JSON off', async () => {
    fake.script(textReply('```markdown\n# T\n```'), textReply('{"content": "# T"}'))

    const [fenced, wrapped] = [await read(), await read()]

    assert.deepEqual([fenced.blocks, fenced.warnings], [wrapped.blocks, []])
    assert.deepEqual(wrapped.warnings, ['OUTPUT_REPAIRED'])
  })

  it('gives no blocks for a blank page about which the model is silent', async () => {
    fake.script(textReply(''))

    assert.deepEqual((await read({}, drawPage([]))).blocks, [])
  })

  it('keeps scripts in an answer as the text that they are', async () => {
    const text =
      '<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![](http://evil.example/x.png)'
    fake.script(textReply(text))

    const { blocks } = await read()

    assert.equal(blocks.map((block) => block.text).join('\n\n'), text)
  })

  it('closes the connection within 2 s of an abort', async () => {
    fake.script({ kind: 'endless', piece: 'word ', delayMs: 50 })
    const controller = new AbortController()
    const seen = fake.requests.length
    let tokens = 0
    const reading = read({ signal: controller.signal, onTokens: (count) => void (tokens = count) })
    const failure = reading.catch((error: unknown) => error)
    await until(() => fake.requests.length > seen && tokens > 0, 'the page is under way')
    const reason = new Error('cancelled')

    controller.abort(reason)

    assert.equal(await failure, reason)
    await until(() => fake.requests.at(-1)?.aborted === true, 'the fake sees it', ABORT_DEADLINE_MS)
  })

  it('fails pages under way as SERVICE_UNAVAILABLE when it is closed', async () => {
    const closing = engineOf(fake)
    fake.script({ kind: 'hang', at: 'headers' })
    const seen = fake.requests.length
    const reading = closing
      .recognize(page, { languages: null, signal: AbortSignal.timeout(30_000) })
      .catch((error: unknown) => error)
    await until(() => fake.requests.length > seen, 'the page is under way')

    await closing[Symbol.asyncDispose]()

    assert.ok(isCode('SERVICE_UNAVAILABLE')(await reading))
  })

  it('tells of the tokens that a refusal cost', async () => {
    fake.script(textReply('As an AI, I cannot do that.'))

    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof OcrError && (error.usage?.completionTokens ?? 0) > 0)
      return true
    })
  })

  it('sends a page of more than 20 MB smaller', async () => {
    const noisy = await noisyPage({ widthPx: 2_600, heightPx: 2_100 })
    fake.script(textReply('Noise.'))

    const { blocks } = await read({}, noisy)

    const { widthPx, heightPx } = readChatRequest(fake.requests.at(-1)?.body).image ?? noisy
    assert.ok(widthPx * heightPx < 0.51 * 2_600 * 2_100, `${widthPx} × ${heightPx}`)
    assert.deepEqual(blocks[0]?.bbox, [0, 0, 2_600, 2_100])
  })
})

describe('createLlmEngine, limits of a request', () => {
  it('fails as ENGINE_TIMED_OUT when no answer begins', async () => {
    await using fake = await createFakeOpenai({ reply: { kind: 'hang', at: 'headers' } })
    await using engine = engineOf(fake, { limits: { ...REQUEST_LIMITS, firstByteMs: 300 } })

    await assert.rejects(
      engine.recognize(page, { languages: null, signal: AbortSignal.timeout(30_000) }),
      isCode('ENGINE_TIMED_OUT'),
    )
  })

  it('fails as ENGINE_UNREACHABLE where nothing listens', async () => {
    const fake = await createFakeOpenai()
    await fake[Symbol.asyncDispose]()
    await using engine = engineOf(fake)

    await assert.rejects(
      engine.recognize(page, { languages: null, signal: AbortSignal.timeout(30_000) }),
      isCode('ENGINE_UNREACHABLE'),
    )
  })
})

describe('createLlmEngine, probe', () => {
  const probe = (engine: OcrEngine) => engine.probe(AbortSignal.timeout(10_000))

  it('passes where the model is, with the address as it was written', async () => {
    await using fake = await createFakeOpenai({ apiKey: KEY })
    for (const suffix of ['', '/', '/v1', '/v1/chat/completions']) {
      await using engine = engineOf({ ...fake, url: `${fake.url}${suffix}` })

      await probe(engine)
    }
  })

  it('names OCR_LLM_MODEL and the models that are there where it is not', async () => {
    await using fake = await createFakeOpenai({ models: ['one', 'other', 'an odd <name>'] })
    await using engine = engineOf(fake)

    await assert.rejects(probe(engine), (error) => {
      assert.ok(error instanceof OcrError && error.code === 'ENGINE_MISCONFIGURED')
      assert.match(error.publicDetail ?? '', /OCR_LLM_MODEL; it has "one", "other", 1 more$/)
      return true
    })
  })

  it('names OCR_LLM_API_KEY where the key is refused', async () => {
    await using fake = await createFakeOpenai({ apiKey: 'another' })
    await using engine = engineOf(fake)

    await assert.rejects(probe(engine), (error) => {
      assert.ok(error instanceof OcrError && error.code === 'ENGINE_MISCONFIGURED')
      assert.match(error.publicDetail ?? '', /OCR_LLM_API_KEY/)
      return true
    })
  })

  it('passes where there is no list of models', async () => {
    await using fake = await createFakeOpenai()
    // The fake knows no such path, and answers 404 to all below it.
    await using engine = engineOf({ ...fake, url: `${fake.url}/proxy/v1` })

    await probe(engine)
  })

  it('fails as ENGINE_UNREACHABLE where nothing listens', async () => {
    const fake = await createFakeOpenai()
    await fake[Symbol.asyncDispose]()
    await using engine = engineOf(fake)

    await assert.rejects(probe(engine), isCode('ENGINE_UNREACHABLE'))
  })
})

describe('createLlmEngine, version', () => {
  it('names the model, and changes with the sampling, not with address or key', async () => {
    const server = { url: 'http://127.0.0.1:1' }
    await using cold = engineOf(server)
    await using warm = engineOf(server, { temperature: 0.5 })
    const elsewhere = { baseUrl: 'http://h:2', apiKey: null, model: 'fake-vision' }
    await using moved = engineOf(server, { server: elsewhere })

    assert.match(cold.version, /^1-fake-vision-[0-9a-f]{8}$/)
    assert.notEqual(cold.version, warm.version)
    assert.equal(cold.version, moved.version)
  })
})

function engineOf({ url }: { readonly url: string }, more: Partial<LlmOptions> = {}): OcrEngine {
  return createLlmEngine({
    server: { baseUrl: url, apiKey: new Secret(KEY), model: 'fake-vision' },

    maxTokens: 8_192,
    temperature: 0,
    tokenLimitParameter: 'max_tokens',
    ...more,
  })
}

function fieldsOf(fake: FakeModelServer): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fake.requests.at(-1)?.body ?? {}))
}

function isCode(code: FailureCode): (error: unknown) => boolean {
  return (error) => error instanceof OcrError && error.code === code
}
