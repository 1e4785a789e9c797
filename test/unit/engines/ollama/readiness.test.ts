import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fullName, OllamaReadiness } from '../../../../src/engines/ollama/readiness.ts'
import { ollamaBaseUrl, type OllamaServer } from '../../../../src/engines/ollama/ollama-server.ts'
import { OcrError } from '../../../../src/platform/errors.ts'

type Answers = Record<string, unknown>

const READY: Answers = {
  '/api/version': { version: '0.0.0' },
  '/api/tags': { models: [{ name: 'seer:latest' }, { name: 'other:7b', model: 'other:7b' }] },
  '/api/show': { capabilities: ['completion', 'vision'] },
}

function fakeServer(answers: Answers = READY) {
  const paths: string[] = []
  const server: OllamaServer = {
    chat: () => Promise.reject(new Error('not asked')),
    lookUp: async (path) => {
      paths.push(path)
      return Promise.resolve(answers[path])
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return { server, paths }
}

const never = new AbortController().signal
const isMisconfigured = (error: unknown) =>
  error instanceof OcrError && error.code === 'ENGINE_MISCONFIGURED'

describe('OllamaReadiness', () => {
  it('asks for version, models and capabilities, and believes the answer for 30 s', async () => {
    const { server, paths } = fakeServer()
    let nowMs = 0
    const readiness = new OllamaReadiness(server, { model: 'Seer', now: () => nowMs })

    await readiness.ensure(never)
    nowMs = 29_999
    await readiness.ensure(never)
    assert.deepEqual(paths, ['/api/version', '/api/tags', '/api/show'])

    nowMs = 30_000
    await readiness.ensure(never)
    assert.equal(paths.length, 6)
  })

  it('asks once for several pages at a time', async () => {
    const { server, paths } = fakeServer()
    const readiness = new OllamaReadiness(server, { model: 'seer' })

    await Promise.all([readiness.ensure(never), readiness.ensure(never), readiness.check(never)])

    assert.equal(paths.length, 3)
  })

  const wrong: readonly [what: string, answers: Answers][] = [
    ['another service answers', { '/api/version': [] }],
    ['the model is not there', { '/api/tags': { models: [{ name: 'seer:7b' }] } }],
    ['the model has no vision', { '/api/show': { capabilities: ['completion'] } }],
    ['no capabilities are told', { '/api/show': {} }],
  ]
  for (const [what, answers] of wrong) {
    it(`fails as ENGINE_MISCONFIGURED when ${what}, and asks again next time`, async () => {
      const { server, paths } = fakeServer({ ...READY, ...answers })
      const readiness = new OllamaReadiness(server, { model: 'seer' })

      await assert.rejects(readiness.ensure(never), isMisconfigured)
      const asked = paths.length
      await assert.rejects(readiness.ensure(never), isMisconfigured)

      assert.equal(paths.length, 2 * asked)
    })
  }

  it('names the models that are there, unless their names are odd', async () => {
    const models = [{ name: 'other:7b' }, { name: '<script>alert(1)</script>' }]
    const { server } = fakeServer({ ...READY, '/api/tags': { models } })

    await assert.rejects(new OllamaReadiness(server, { model: 'seer' }).check(never), (error) => {
      assert.ok(error instanceof OcrError)
      assert.match(error.publicDetail ?? '', /OCR_OLLAMA_MODEL.*it has "other:7b", 1 more$/)
      return true
    })
  })

  it('leaves the others waiting when one caller gives up', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const { server } = fakeServer({ ...READY, '/api/version': promise })
    const readiness = new OllamaReadiness(server, { model: 'seer' })
    const controller = new AbortController()
    const [impatient, patient] = [readiness.ensure(controller.signal), readiness.ensure(never)]

    const reason = new Error('cancelled')
    controller.abort(reason)
    await assert.rejects(impatient, reason)
    resolve(READY['/api/version'])

    await patient
  })
})

describe('fullName', () => {
  it('completes a name without a tag, whatever stands before its last slash', () => {
    assert.equal(fullName('Qwen3-VL'), 'qwen3-vl:latest')
    assert.equal(fullName('qwen3-vl:8b'), 'qwen3-vl:8b')
    assert.equal(
      fullName('hf.co:443/ggml-org/dots.ocr-GGUF'),
      'hf.co:443/ggml-org/dots.ocr-gguf:latest',
    )
  })
})

describe('ollamaBaseUrl', () => {
  it('takes what people add to an address', () => {
    for (const text of ['http://h:1', 'http://h:1/', 'http://h:1/api/', ' http://h:1/v1']) {
      assert.equal(ollamaBaseUrl(text), 'http://h:1')
    }
    assert.equal(ollamaBaseUrl('https://h/ollama/api'), 'https://h/ollama')
  })
})
