import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createApp } from '../../src/api/app.ts'
import { createCompatApp } from '../../src/api/compat-apps.ts'
import { compatApp } from '../support/compat-app.ts'
import { jsonInit, LOADED } from '../support/deepseek-api.ts'
import { fileForm, startTestApi, type TestApi, type TestApiOptions } from '../support/test-api.ts'
import { Secret } from '../../src/platform/secret.ts'
import { testApiConfig } from '../support/api-config.ts'

function startPort(port: number, options: TestApiOptions = {}): Promise<TestApi> {
  return startTestApi({
    gpuStatus: async () => LOADED,
    createApp: compatApp(port),
    ...options,
  })
}

/** Status and body of an answer in JSON. */
async function answerOf(api: TestApi, path: string, init?: RequestInit) {
  const response = await api.fetch(path, init)
  return [response.status, await response.json()] as const
}

const PY_OCR_UNKNOWN = [404, { error: '接口不存在', code: 'NOT_FOUND' }] as const
const DOTS_UNKNOWN = [404, { error: 'Not found' }] as const
const FASTAPI_UNKNOWN = [404, { detail: 'Not Found' }] as const

describe('port 5000', () => {
  it('answers unknown paths as Py OCR below /api, and as dots everywhere else', async () => {
    await using api = await startPort(5000)

    for (const path of ['/api', '/api/nothing', '/api/llm/v1/ocrdoc/submit', '/api/auth/login'])
      assert.deepEqual(await answerOf(api, path), PY_OCR_UNKNOWN, path)
    for (const path of ['/', '/nothing', '/v1/config', '/pyocr/api/upload', '/apis', '/livez'])
      assert.deepEqual(await answerOf(api, path), DOTS_UNKNOWN, path)
  })

  it('has the routes of both documents, where nothing is shared', async () => {
    await using api = await startPort(5000)
    const post = { method: 'POST', body: fileForm() }

    const upload = await api.fetch('/api/upload', post)

    assert.equal(upload.status, 200)
    assert.deepEqual(await answerOf(api, '/health'), [
      200,
      { status: 'healthy', model_loaded: true },
    ])
    assert.deepEqual(await answerOf(api, '/ocr', jsonInit({})), [
      400,
      { error: 'No image data provided' },
    ])
    assert.deepEqual(await answerOf(api, '/ocr', { method: 'POST', body: fileForm() }), [
      400,
      { error: 'No JSON data provided' },
    ])
    assert.deepEqual(await answerOf(api, '/ocr'), [405, { error: 'Method not allowed' }])
  })

  it('answers a download that it gave no URL for like every other that is not there', async () => {
    await using api = await startPort(5000)

    const response = await api.fetch('/files/results/a.txt?exp=9999999999&sig=x')

    assert.equal(response.status, 404)
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8')
  })
})

describe('port 8031', () => {
  it('is DeepSeek, with its documentation, and nothing else', async () => {
    await using api = await startPort(8031)

    const info = await api.fetch('/', { headers: { accept: 'text/html' } })
    const docs = await api.fetch('/docs')

    assert.equal(info.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(docs.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal((await api.fetch('/openapi.json')).status, 200)
    for (const path of ['/nothing', '/api/upload', '/v1/config', '/pwd', '/files/x'])
      assert.deepEqual(await answerOf(api, path), FASTAPI_UNKNOWN, path)
    const wrongMethod = await answerOf(api, '/ocr')
    assert.deepEqual(wrongMethod, [405, { detail: 'Method Not Allowed' }])
  })
})

describe('port 54188', () => {
  it('is Qianxia at the root and below the password, and nothing else', async () => {
    await using api = await startPort(54_188)

    const page = await api.fetch('/', { headers: { accept: 'application/json' } })
    const tasks = await api.fetch('/pwd/api/tasks')

    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(tasks.status, 200)
    for (const path of ['/nothing', '/api/tasks', '/pwd/nothing', '/v1/config', '/ocr', '/docs'])
      assert.deepEqual(await answerOf(api, path), FASTAPI_UNKNOWN, path)
    const wrongMethod = await answerOf(api, '/api/auth/login')
    assert.deepEqual(wrongMethod, [405, { detail: 'Method Not Allowed' }])
  })

  it('is not opened in production behind a weak password', async () => {
    const opened: unknown[] = []

    await using _weak = await startTestApi({
      production: true,
      createApp: (deps) => {
        opened.push(createCompatApp(54_188, deps))
        return createApp(deps)
      },
    })

    assert.deepEqual(opened, [null])
  })

  it('is opened on the port that is configured, with sockets', async () => {
    const { qianxia } = testApiConfig()
    const opened: unknown[] = []

    await using _api = await startTestApi({
      api: { qianxia: { ...qianxia, port: 4_321, password: new Secret('') } },
      createApp: (deps) => {
        const { port, hasSockets } = createCompatApp(54_188, deps) ?? {}
        opened.push({ port, hasSockets })
        return createApp(deps)
      },
    })

    assert.deepEqual(opened, [{ port: 4_321, hasSockets: true }])
  })
})

describe('every other port', () => {
  it('is documented by nobody', async () => {
    const opened: unknown[] = []

    await using _api = await startTestApi({
      createApp: (deps) => {
        opened.push(createCompatApp(8080, deps), createCompatApp(0, deps))
        return createApp(deps)
      },
    })

    assert.deepEqual(opened, [null, null])
  })
})
