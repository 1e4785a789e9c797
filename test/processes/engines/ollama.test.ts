import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FailureCode } from '../../../src/contract/failures.ts'
import type { OcrEngine, RecognizeOptions } from '../../../src/engines/engine.ts'
import {
  REQUEST_LIMITS,
  type RequestLimits,
} from '../../../src/engines/model-server/model-server.ts'
import { createOllamaEngine } from '../../../src/engines/ollama.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { drawPage } from '../../support/draw-page.ts'
import { createFakeOllama, type FakeOllama } from '../../support/fakes/fake-ollama.ts'
import type { OllamaReply } from '../../support/fakes/ollama-replies.ts'
import { until } from '../../support/until.ts'

const page = drawPage([{ text: 'Some text', xPx: 60, yPx: 120, sizePx: 40 }])
const ABORT_DEADLINE_MS = 2_000

describe('createOllamaEngine', () => {
  let fake: FakeOllama
  let engine: OcrEngine
  before(async () => {
    fake = await createFakeOllama()
    engine = engineOf(fake)
  })
  after(async () => {
    await engine[Symbol.asyncDispose]()
    await fake[Symbol.asyncDispose]()
    assert.deepEqual(fake.problems, [])
  })

  const read = (more: Partial<RecognizeOptions> = {}, image = page) =>
    engine.recognize(image, { languages: null, signal: AbortSignal.timeout(30_000), ...more })
  const lastChat = () => fake.chats.at(-1)

  it('reads a page', async () => {
    const counts: number[] = []

    const recognition = await read({ onTokens: (tokens) => counts.push(tokens) })

    assert.deepEqual(
      recognition.blocks.map(({ category, text }) => [category, text]),
      [
        ['title', '# Title'],
        ['text', 'A page.'],
      ],
    )
    assert.equal(recognition.markup, 'markdown')
    assert.deepEqual(recognition.usage, { promptTokens: 345, completionTokens: 12 })
    assert.ok((counts.at(-1) ?? 0) > 1)
  })

  it('sends the image bare, one context for all steps, and other sampling when asked again', async () => {
    await read({ step: 'default' })
    const first = lastChat()?.body
    await read({ step: 'resample' })
    const again = lastChat()?.body

    const options = { num_ctx: 8_192, num_predict: 4_096 }
    assertFields(first, {
      model: 'fake-vision',
      keep_alive: '5m',
      options: { ...options, temperature: 0, seed: 1 },
    })
    assertFields(again, { options: { ...options, temperature: 0.4, seed: 2 } })
    const image = Buffer.from(page.png).toString('base64')
    assertFields(first, { truncate: false, shift: false, stream: true })
    assert.ok(JSON.stringify(first).includes(`"images":["${image}"]`))
  })

  it('sends fewer pixels after it ran out of memory', async () => {
    await read({ pixelShare: 0.25 })

    const sent = JSON.stringify(lastChat()?.body).length
    assert.ok(sent < Buffer.from(page.png).toString('base64').length)
  })

  it('gives no blocks for a blank page about which the model is silent', async () => {
    fake.script({ kind: 'ok', text: '' })

    const { blocks } = await read({}, drawPage([]))

    assert.deepEqual(blocks, [])
  })

  it('keeps scripts in an answer as the text that they are', async () => {
    const text =
      '<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![](http://evil.example/x.png)'
    fake.script({ kind: 'ok', text })

    const { blocks } = await read()

    assert.equal(blocks.map((block) => block.text).join('\n\n'), text)
  })

  it('asks once whether Ollama is ready for several pages, and never again by itself', async () => {
    await using other = await createFakeOllama()
    await using fresh = engineOf(other)
    const options = { languages: null, signal: AbortSignal.timeout(30_000) }

    await Promise.all([fresh.recognize(page, options), fresh.recognize(page, options)])

    assert.deepEqual(other.requests.map(({ path }) => path).toSorted(), [
      '/api/chat',
      '/api/chat',
      '/api/show',
      '/api/tags',
      '/api/version',
    ])
  })

  it('refuses to send a page to a model without vision: it would make the text up', async () => {
    await using other = await createFakeOllama()
    other.setModels({ name: 'fake-vision:latest', capabilities: ['completion'] })
    await using blind = engineOf(other)

    await assert.rejects(
      blind.recognize(page, { languages: null, signal: AbortSignal.timeout(30_000) }),
      isCode('ENGINE_MISCONFIGURED'),
    )

    assert.deepEqual(other.chats, [])
  })

  for (const where of ['before the first token', 'between tokens'] as const) {
    it(`closes the connection within 2 s of an abort ${where}`, async () => {
      const piece = { kind: 'endless', piece: 'word ', everyMs: 50 } as const
      fake.script(where === 'between tokens' ? piece : { kind: 'hang' })
      const controller = new AbortController()
      const seen = fake.chats.length
      let tokens = 0
      const reading = read({
        signal: controller.signal,
        onTokens: (count) => void (tokens = count),
      })
      const failure = reading.catch((error: unknown) => error)
      const isUnderWay = () =>
        fake.chats.length > seen && (where === 'between tokens') === tokens > 0
      await until(isUnderWay, 'the page is under way')
      const reason = new Error('cancelled')

      controller.abort(reason)

      assert.equal(await failure, reason)
      await until(() => lastChat()?.aborted === true, 'the fake sees it', ABORT_DEADLINE_MS)
    })
  }

  it('does nothing when the signal has fired already', async () => {
    const seen = fake.requests.length
    const reason = new Error('too late')

    await assert.rejects(read({ signal: AbortSignal.abort(reason) }), reason)

    assert.equal(fake.requests.length, seen)
  })

  it('fails pages under way as SERVICE_UNAVAILABLE when it is closed', async () => {
    const closing = engineOf(fake)
    fake.script({ kind: 'hang' })
    const seen = fake.chats.length
    const reading = closing
      .recognize(page, { languages: null, signal: AbortSignal.timeout(30_000) })
      .catch((error: unknown) => error)
    await until(() => fake.chats.length > seen, 'the page is under way')

    await closing[Symbol.asyncDispose]()

    assert.ok(isCode('SERVICE_UNAVAILABLE')(await reading))
  })
})

describe('createOllamaEngine, limits of a request', () => {
  const limited = async (limits: Partial<RequestLimits>, reply: OllamaReply) => {
    await using fake = await createFakeOllama()
    await using engine = engineOf(fake, { ...REQUEST_LIMITS, ...limits })
    fake.script(reply)
    await engine.recognize(page, { languages: null, signal: AbortSignal.timeout(30_000) })
  }

  it('fails as ENGINE_TIMED_OUT when no answer begins', async () => {
    await assert.rejects(
      limited({ firstByteMs: 300 }, { kind: 'hang' }),
      isCode('ENGINE_TIMED_OUT'),
    )
  })

  it('fails as ENGINE_TIMED_OUT when an answer stops', async () => {
    const reply = { kind: 'raw', chunks: ['{"done":false}\n'], end: 'silence' } as const

    await assert.rejects(limited({ idleMs: 300 }, reply), isCode('ENGINE_TIMED_OUT'))
  })

  it('fails as ENGINE_TIMED_OUT when an answer goes on and on', async () => {
    const reply = { kind: 'endless', piece: ' ', everyMs: 20 } as const

    await assert.rejects(limited({ totalMs: 500 }, reply), isCode('ENGINE_TIMED_OUT'))
  })

  it('fails as ENGINE_REPLY_BROKEN long before the end of 50 MB', async () => {
    const reply = { kind: 'flood', bytes: 50_000_000 } as const

    await assert.rejects(limited({}, reply), isCode('ENGINE_REPLY_BROKEN'))
  })
})

describe('createOllamaEngine, probe', () => {
  const probe = (engine: OcrEngine) => engine.probe(AbortSignal.timeout(10_000))

  it('passes where Ollama has the model with vision', async () => {
    await using fake = await createFakeOllama()
    await using engine = engineOf(fake)

    await probe(engine)
  })

  const wrong: readonly [what: string, prepare: (fake: FakeOllama) => void][] = [
    ['the model is not there', (fake) => fake.setModels()],
    [
      'the host name is refused',
      (fake) => fake.setLookup('/api/version', { kind: 'status', status: 403, body: '' }),
    ],
    [
      'another service answers',
      (fake) =>
        fake.setLookup('/api/version', { kind: 'status', status: 404, body: 'nothing here' }),
    ],
  ]
  for (const [what, prepare] of wrong) {
    it(`fails as ENGINE_MISCONFIGURED when ${what}`, async () => {
      await using fake = await createFakeOllama()
      prepare(fake)
      await using engine = engineOf(fake)

      await assert.rejects(probe(engine), isCode('ENGINE_MISCONFIGURED'))
    })
  }

  it('fails as ENGINE_REPLY_BROKEN for an answer that is not JSON', async () => {
    await using fake = await createFakeOllama()
    fake.setLookup('/api/tags', { kind: 'status', status: 200, body: '<html></html>' })
    await using engine = engineOf(fake)

    await assert.rejects(probe(engine), isCode('ENGINE_REPLY_BROKEN'))
  })

  it('fails as ENGINE_UNREACHABLE where nothing listens', async () => {
    const fake = await createFakeOllama()
    await using engine = engineOf(fake)
    await fake[Symbol.asyncDispose]()

    await assert.rejects(probe(engine), isCode('ENGINE_UNREACHABLE'))
  })
})

describe('createOllamaEngine, version', () => {
  it('names the model, and changes with the context, not with the address', async () => {
    const options = { baseUrl: 'http://127.0.0.1:1', model: 'm', numPredict: 100, keepAlive: '5m' }
    await using small = createOllamaEngine({ ...options, numCtx: 8_192 })
    await using large = createOllamaEngine({ ...options, numCtx: 16_384 })
    await using elsewhere = createOllamaEngine({ ...options, numCtx: 8_192, baseUrl: 'http://h:2' })

    assert.match(small.version, /^1-m-[0-9a-f]{8}$/)
    assert.notEqual(small.version, large.version)
    assert.equal(small.version, elsewhere.version)
  })
})

function engineOf(fake: FakeOllama, limits?: RequestLimits): OcrEngine {
  return createOllamaEngine({
    baseUrl: fake.url,
    model: 'fake-vision',
    numCtx: 8_192,
    numPredict: 4_096,
    keepAlive: '5m',
    ...(limits && { limits }),
  })
}

function isCode(code: FailureCode): (error: unknown) => boolean {
  return (error) => error instanceof OcrError && error.code === code
}

function assertFields(body: unknown, fields: Readonly<Record<string, unknown>>): void {
  const actual = new Map(Object.entries(body ?? {}))
  for (const [name, value] of Object.entries(fields))
    assert.deepEqual(actual.get(name), value, name)
}
