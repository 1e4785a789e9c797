import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { describe, it } from 'node:test'
import { Secret } from '../../src/platform/secret.ts'
import { WEBHOOK_SECRETS } from '../support/webhook-variable-rows.ts'
import { LOADED } from '../support/deepseek-api.ts'
import { rawRequest } from '../support/raw-request.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { REFUSED_URLS, RULES } from '../unit/platform/safe-fetch/refused-urls.ts'

/** Everywhere that a caller can give a URL, and where its answer tells the code. */
const ENTRY_POINTS = [
  {
    name: 'url of POST /v1/documents',
    path: '/v1/documents',
    body: (url: string) => ({ url }),
    codeOf: (answer: Answer) => answer.code,
  },
  {
    name: 'callback_url of POST /v1/documents',
    path: '/v1/documents',
    body: (url: string) => ({ url: 'https://example.com/a.pdf', callback_url: url }),
    codeOf: (answer: Answer) => answer.code,
  },
  {
    name: 'image of POST /ocr (dots)',
    path: '/ocr',
    body: (url: string) => ({ image: url, image_format: 'url' }),
    codeOf: (answer: Answer) => answer.detail_code,
  },
  {
    name: 'file_url of POST /api/llm/v1/ocrdoc/submit',
    path: '/api/llm/v1/ocrdoc/submit',
    body: (url: string) => ({ file_url: url, ocr_type: 'DOC_PARING' }),
    codeOf: (answer: Answer) => answer.error?.detail_code,
  },
  {
    name: 'fileUrl of POST /api/llm/v1/ocrdoc/submit',
    path: '/api/llm/v1/ocrdoc/submit',
    body: (url: string) => ({ fileUrl: url }),
    codeOf: (answer: Answer) => answer.error?.detail_code,
  },
] as const

/** What the envelopes have of a code. */
type Answer = { code?: string; detail_code?: string; error?: { detail_code?: string } }

/** An empty text is a missing URL. */
const URLS = REFUSED_URLS.filter((url) => url !== '')

/** Counts names that are resolved and connections that are opened, by whomever in this process. */
function watchNetwork(): Disposable & { resolved: number; connected: number } {
  const counts = { resolved: 0, connected: 0 }
  const hook = createHook({
    init(_id, type) {
      if (type === 'GETADDRINFOREQWRAP') counts.resolved++
      if (type === 'TCPCONNECTWRAP') counts.connected++
    },
  }).enable()
  return Object.assign(counts, { [Symbol.dispose]: () => void hook.disable() })
}

async function submit(api: TestApi, path: string, body: object) {
  const { status, body: text } = await rawRequest(api.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-1' },
    body: JSON.stringify(body),
  })
  return { status, text, answer: JSON.parse(text) as Answer } // what is asserted is in it or not
}

describe('a URL that leads into our network', () => {
  it('is one of at least 60', () => {
    assert.ok(URLS.length >= 60)
  })

  for (const { name, path, body, codeOf } of ENTRY_POINTS)
    it(`is refused as ${name}, with nothing resolved, connected to or submitted`, async () => {
      await using api = await startTestApi({
        api: { urlRules: RULES },
        webhooks: { secrets: [new Secret(WEBHOOK_SECRETS[0])], urlRules: RULES },
        gpuStatus: async () => LOADED,
      })
      using network = watchNetwork()

      const wrong: unknown[] = []
      for (const url of URLS) {
        const { status, text, answer } = await submit(api, path, body(url))
        const isRepeated = url.length > 12 && text.includes(url)
        if (status !== 400 || codeOf(answer) !== 'URL_NOT_ALLOWED' || isRepeated)
          wrong.push({ url, status, text })
      }

      assert.deepEqual(wrong, [])
      assert.equal(network.resolved, 0)
      assert.equal(network.connected, URLS.length, 'our own requests are all there is')
      assert.deepEqual(api.gateway.submissions, [])
    })

  it('is not told from one that leads nowhere', async () => {
    await using api = await startTestApi()

    const [internal, unknown] = await Promise.all(
      ['http://10.0.0.1/a.pdf', 'http://localhost/a.pdf'].map((url) =>
        submit(api, '/v1/documents', { url }),
      ),
    )

    const shown = (answer: Awaited<ReturnType<typeof submit>> | undefined): unknown => {
      assert.ok(answer)
      const { request_id: _id, ...others } = JSON.parse(answer.text)
      return others
    }
    assert.deepEqual(shown(internal), shown(unknown))
  })

  it('keeps out of the log', async () => {
    await using api = await startTestApi()

    await submit(api, '/v1/documents', { url: 'http://10.0.0.1/canary.pdf' })
    await submit(api, '/api/llm/v1/ocrdoc/submit', { file_url: 'http://10.0.0.1/canary.pdf' })

    assert.ok(api.logLines.length > 0)
    assert.equal(api.logLines.join('').includes('canary'), false)
  })
})
