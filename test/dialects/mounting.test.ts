import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/platform/secret.ts'
import { testApiConfig } from '../support/api-config.ts'
import { jsonInit, LOADED } from '../support/deepseek-api.ts'
import { sampleDocumentId } from '../support/document-status.ts'
import { rawRequest } from '../support/raw-request.ts'
import { refusalOf, TOKEN } from '../support/refusal-of.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

const SCNET = '/api/llm/v1/ocrdoc'

describe('dialects below one root', () => {
  it('lets SCNet answer below its path before Py OCR sees it', async () => {
    await using api = await startTestApi()
    const body = JSON.stringify({ file_url: 'https://example.com/a.pdf' })
    const submit = async (headers: Readonly<Record<string, string>>): Promise<Response> =>
      api.fetch(`${SCNET}/submit`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })

    const submitted = await submit(TOKEN)
    const stranger = await submit({})
    const pyOcr = await refusalOf(api, '/api/llm/upload', 'POST')

    assert.deepEqual([submitted.status, stranger.status], [200, 401])
    assert.deepEqual(
      api.gateway.submissions.map(({ dialect }) => dialect),
      ['scnet'],
    )
    assert.deepEqual(pyOcr, { status: 400, from: 'Py OCR' })
  })

  it('lets Qianxia have its accounts beside Py OCR’s /api', async () => {
    await using api = await startTestApi()

    const register = await api.fetch('/api/auth/register', jsonInit({}))
    const wrongMethod = await api.fetch('/api/auth/login')

    assert.deepEqual(
      [register.status, await register.json()],
      [400, { detail: '用户名和密码不能为空' }],
    )
    assert.deepEqual(
      [wrongMethod.status, wrongMethod.headers.get('allow'), await wrongMethod.json()],
      [405, 'POST, OPTIONS', { detail: 'Method Not Allowed' }],
    )
    assert.deepEqual(await refusalOf(api, '/api/auth/nothing'), { status: 404, from: 'Py OCR' })
    assert.deepEqual(await refusalOf(api, '/api/auth'), { status: 404, from: 'Py OCR' })
  })

  const UNKNOWN: [path: string, from: string][] = [
    ['/pyocr/api/nothing', 'Py OCR'],
    ['/pyocr/api', 'Py OCR'],
    ['/dots/nothing', 'dots'],
    ['/dots', 'dots'],
    ['/qianxia/nothing', 'Qianxia or DeepSeek'],
    ['/qianxia/pwd/nothing', 'Qianxia or DeepSeek'],
    ['/qianxia/wrong/api/tasks', 'Qianxia or DeepSeek'],
    [`/scnet${SCNET}/nothing`, 'SCNet'],
    ['/deepseek/nothing', 'Qianxia or DeepSeek'],
    [`${SCNET}/nothing`, 'SCNet'],
    ['/api/nothing', 'Py OCR'],
    ['/api/llm/v1', 'Py OCR'],
    ['/pwd/nothing', 'Qianxia or DeepSeek'],
    ['/pwd/admin', 'Qianxia or DeepSeek'],
    ['/wrong/api/tasks', 'problem'],
    ['/v1/nothing', 'problem'],
    ['/nothing', 'problem'],
    ['/pyocr', 'problem'],
    ['/scnet', 'problem'],
    ['/scnet/api/upload', 'problem'],
    ['/API/upload', 'problem'],
    ['/DOTS/health', 'problem'],
  ]
  it('answer an unknown path in the envelope of whoever is there', async () => {
    await using api = await startTestApi()

    for (const [path, from] of UNKNOWN)
      assert.deepEqual([path, await refusalOf(api, path)], [path, { status: 404, from }])
  })

  const WRONG_METHODS: [path: string, from: string][] = [
    ['/pyocr/api/upload', 'Py OCR'],
    ['/dots/ocr', 'dots'],
    ['/qianxia/pwd/api/tasks', 'Qianxia or DeepSeek'],
    [`/scnet${SCNET}/submit`, 'SCNet'],
    ['/deepseek/cleanup', 'Qianxia or DeepSeek'],
    ['/api/status/x', 'Py OCR'],
    [`${SCNET}/result`, 'SCNet'],
    ['/pwd', 'Qianxia or DeepSeek'],
    ['/healthz', 'Qianxia or DeepSeek'],
    ['/cleanup', 'Qianxia or DeepSeek'],
    ['/ocr-base64', 'Qianxia or DeepSeek'],
    ['/', 'dots and DeepSeek'],
    ['/health', 'dots and DeepSeek'],
    ['/v1/documents', 'problem'],
    [`/v1/documents/${sampleDocumentId()}`, 'problem'],
    ['/livez', 'problem'],
    ['/files/x', 'problem'],
  ]
  it('answer a wrong method in the envelope of whose path it is', async () => {
    await using api = await startTestApi()

    for (const [path, from] of WRONG_METHODS) {
      assert.deepEqual([path, await refusalOf(api, path, 'PATCH')], [path, { status: 405, from }])
      const { headers } = await api.fetch(path, { method: 'PATCH', headers: TOKEN })
      assert.match(headers.get('allow') ?? '', /(?:GET|POST).*OPTIONS/, path)
    }
  })

  it('answer HEAD like GET, without a body', async () => {
    await using api = await startTestApi({ gpuStatus: async () => LOADED })
    const paths = ['/', '/health', '/dots/health', '/deepseek/health', '/qianxia/pwd', '/v1/config']

    for (const path of paths) {
      const got = await rawRequest(api.url + path)
      const headed = await rawRequest(api.url + path, { method: 'HEAD' })
      assert.deepEqual([path, headed.status, headed.body], [path, 200, ''])
      assert.equal(headed.headers['content-type'], got.headers['content-type'])
    }
  })

  it('take a slash at the end', async () => {
    await using api = await startTestApi()
    const paths = ['/dots/health/', '/health/', '/qianxia/', '/pwd/', '/pwd/api/tasks/', '/livez/']

    for (const path of paths) assert.equal((await api.fetch(path)).status, 200, path)
    assert.deepEqual(await refusalOf(api, '/api/upload/', 'POST'), { status: 400, from: 'Py OCR' })
  })
})

describe('what is mounted', () => {
  const start = (mounts: { prefixes: boolean; roots: boolean }) => startTestApi({ api: { mounts } })
  const statusOf = async (of: TestApi, path: string, method = 'GET'): Promise<number> =>
    (await of.fetch(path, { method, headers: TOKEN })).status

  const BELOW_PREFIXES = ['/dots/health', '/qianxia/health', '/qianxia/pwd/api/tasks', '/deepseek/']
  const AT_ROOTS = ['/health', '/healthz', '/pwd/api/tasks', '/', '/login']
  const OURS = ['/v1/config', '/livez', '/docs', '/openapi.json', '/errors']

  it('are no prefixes when these are switched off', async () => {
    await using rootsOnly = await start({ prefixes: false, roots: true })

    for (const path of BELOW_PREFIXES) {
      const refusal = await refusalOf(rootsOnly, path)
      assert.deepEqual([path, refusal], [path, { status: 404, from: 'problem' }])
    }
    for (const path of [...AT_ROOTS, ...OURS])
      assert.equal(await statusOf(rootsOnly, path), 200, path)
    assert.equal(await statusOf(rootsOnly, '/pyocr/api/upload', 'POST'), 404)
    assert.equal(await statusOf(rootsOnly, '/api/upload', 'POST'), 400)
  })

  it('are no roots when these are switched off', async () => {
    await using prefixesOnly = await start({ prefixes: true, roots: false })

    const dialects = AT_ROOTS.filter((path) => path !== '/')
    for (const path of [...dialects, '/api/nothing', `${SCNET}/result`, '/ocr', '/cleanup']) {
      const refusal = await refusalOf(prefixesOnly, path)
      assert.deepEqual([path, refusal], [path, { status: 404, from: 'problem' }])
    }
    for (const path of [...BELOW_PREFIXES, ...OURS])
      assert.equal(await statusOf(prefixesOnly, path), 200, path)
    assert.equal(await statusOf(prefixesOnly, '/pyocr/api/upload', 'POST'), 400)
    // The page is no dialect.
    assert.match(await (await prefixesOnly.fetch('/')).text(), /data-api="v1"/)
  })

  it('is no Qianxia in production behind a weak password, and everything else', async () => {
    await using weak = await startTestApi({ production: true })
    const root = await weak.fetch('/', { headers: { accept: 'text/html' } })

    assert.equal(root.status, 200)
    assert.match(await root.text(), /data-api="v1"/)
    for (const path of ['/qianxia', '/qianxia/pwd/api/tasks', '/pwd', '/pwd/api/tasks', '/login'])
      assert.deepEqual(
        [path, await refusalOf(weak, path)],
        [path, { status: 404, from: 'problem' }],
      )
    assert.deepEqual(await refusalOf(weak, '/api/auth/login', 'POST'), {
      status: 404,
      from: 'Py OCR',
    })
    assert.equal(await statusOf(weak, '/dots/health'), 200)
  })

  it('is Qianxia in production behind a strong one', async () => {
    const password = new Secret('correct-horse-battery')
    const qianxia = { ...testApiConfig().qianxia, password }
    await using strong = await startTestApi({ production: true, api: { qianxia } })

    assert.equal(await statusOf(strong, '/correct-horse-battery/api/tasks'), 200)
    assert.equal(await statusOf(strong, '/pwd/api/tasks'), 404)
  })
})
