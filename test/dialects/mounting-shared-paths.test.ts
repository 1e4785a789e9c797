import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keysOf } from '../support/refusal-of.ts'
import { imageForm, jsonInit, LOADED } from '../support/deepseek-api.ts'
import { BASE64_REQUEST, PNG_BYTES } from '../support/dots-api.ts'
import { completedStatus } from '../support/document-status.ts'
import { samplePage } from '../support/qianxia-api.ts'
import { rawRequest } from '../support/raw-request.ts'
import { readJson } from '../support/read-json.ts'
import { startTestApi, type TestApiOptions } from '../support/test-api.ts'

const WITH_GPU: TestApiOptions = { gpuStatus: async () => LOADED }

describe('POST /ocr at the root', () => {
  it('is answered by dots when it is JSON, and by DeepSeek when it is a form', async () => {
    const document = completedStatus({ dialect: 'dots' })
    await using api = await startTestApi({ ...WITH_GPU, documents: [document] })
    api.gateway.pages.set(`${document.documentId}/1`, samplePage(1))

    const dots = await api.fetch('/ocr', jsonInit(BASE64_REQUEST))
    const form = { method: 'POST', body: imageForm({}, PNG_BYTES) }
    const deepseek = await api.fetch('/ocr', form)

    assert.deepEqual([dots.status, deepseek.status], [200, 200])
    assert.deepEqual(await keysOf(dots), ['model', 'prompt_type', 'response'])
    assert.deepEqual(await keysOf(deepseek), ['message', 'output_file', 'success', 'text'])
    assert.deepEqual(
      api.gateway.submissions.map(({ dialect }) => dialect),
      ['dots', 'deepseek'],
    )
  })

  it('keeps the order of dots’ checks and the texts of both', async () => {
    await using api = await startTestApi()

    const dots = await api.fetch('/ocr', jsonInit('not JSON'))
    const deepseek = await api.fetch('/ocr', { method: 'POST', body: new FormData() })

    assert.deepEqual([dots.status, await dots.json()], [500, { error: 'Model not loaded' }])
    assert.deepEqual(
      [deepseek.status, await deepseek.json()],
      [503, { detail: 'Model not loaded / 模型未加载' }],
    )
  })

  it('goes by the type alone, whatever its case and parameters', async () => {
    await using api = await startTestApi(WITH_GPU)

    const typed = async (type: string): Promise<readonly [number, string]> => {
      const headers = { 'content-type': type }
      const response = await api.fetch('/ocr', { method: 'POST', headers, body: '{}' })
      return [response.status, (await keysOf(response)).join()]
    }

    assert.deepEqual(await typed('Application/JSON; charset=utf-8'), [400, 'error'])
    assert.deepEqual(await typed('MULTIPART/form-data; boundary=x'), [400, 'detail,detail_code'])
  })

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', null])
    it(`answers ${type ?? 'no type'} with 415 in both envelopes`, async () => {
      await using api = await startTestApi(WITH_GPU)

      const { status, headers, body } = await rawRequest(`${api.url}/ocr`, {
        method: 'POST',
        body: '{}',
        ...(type === null ? {} : { headers: { 'content-type': type } }),
      })

      const text = 'expected application/json (dots) or multipart/form-data (DeepSeek)'
      assert.equal(status, 415)
      assert.equal(headers['content-type'], 'application/json; charset=utf-8')
      assert.deepEqual(JSON.parse(body), {
        error: text,
        detail: text,
        detail_code: 'REQUEST_MALFORMED',
      })
    })

  it('has no other method', async () => {
    await using api = await startTestApi()

    const got = await api.fetch('/ocr')
    const asked = await api.fetch('/ocr', { method: 'OPTIONS' })

    assert.deepEqual([got.status, got.headers.get('allow')], [405, 'POST, OPTIONS'])
    assert.deepEqual(await keysOf(got), ['detail', 'detail_code', 'error'])
    assert.deepEqual([asked.status, asked.headers.get('allow')], [204, 'POST, OPTIONS'])
  })
})

describe('GET /health at the root', () => {
  const COMMON = ['device', 'mode', 'model_loaded', 'status', 'timestamp', 'tokenizer_loaded']
  const GPU = ['allocated', 'free', 'reserved', 'total'].map((what) => `gpu_memory_${what}`)

  it('answers what three documents promise', async () => {
    await using api = await startTestApi(WITH_GPU)

    const response = await api.fetch('/health')
    const body = await readJson(response)

    assert.equal(response.status, 200)
    assert.deepEqual(Object.keys(body).toSorted(), [...COMMON, ...GPU, 'gpu_name'].toSorted())
    assert.deepEqual([body.status, body.model_loaded], ['healthy', true])
    assert.match(String(body.timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  })

  it('answers 200 without a GPU too, and says that no model is there', async () => {
    await using api = await startTestApi()

    const response = await api.fetch('/health')
    const body = await readJson(response)

    assert.equal(response.status, 200)
    assert.deepEqual(Object.keys(body).toSorted(), COMMON)
    assert.deepEqual([body.model_loaded, body.tokenizer_loaded, body.device], [false, false, 'cpu'])
  })

  it('stands in its documented shape alone below each prefix', async () => {
    await using api = await startTestApi(WITH_GPU)

    const [dots, qianxia, deepseek] = await Promise.all(
      ['/dots', '/qianxia', '/deepseek'].map(async (prefix) =>
        keysOf(await api.fetch(`${prefix}/health`)),
      ),
    )

    assert.deepEqual(dots, ['model_loaded', 'status'])
    assert.deepEqual(qianxia, ['status', 'timestamp'])
    assert.deepEqual(
      deepseek,
      [...COMMON, ...GPU, 'gpu_name'].filter((key) => key !== 'timestamp').toSorted(),
    )
  })
})

describe('GET / of the main port', () => {
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

  for (const [accept, type] of [
    [BROWSER, 'text/html; charset=utf-8'],
    ['text/html', 'text/html; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['application/json, text/html', 'application/json; charset=utf-8'],
    ['image/png', 'application/json; charset=utf-8'],
    [null, 'application/json; charset=utf-8'],
  ] as const)
    it(`answers ${type} to a client that accepts ${accept ?? 'nothing in particular'}`, async () => {
      await using api = await startTestApi()

      const { status, headers, body } = await rawRequest(api.url, {
        headers: accept === null ? {} : { accept },
      })

      assert.deepEqual([status, headers['content-type']], [200, type])
      assert.equal(
        body.includes('"name":"DeepSeek-OCR API (Low VRAM Mode)"'),
        type.includes('json'),
      )
    })
})
