import assert from 'node:assert/strict'
import { stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { savedResultKey } from '../../../../../src/storage/object-keys.ts'
import { LOADED, startDeepseekApi } from '../../../../support/deepseek-api.ts'
import { DEEPSEEK_EXAMPLES, examplesIn } from '../../../../support/deepseek-examples.ts'
import { shapeOf } from '../../../../support/py-ocr-examples.ts'
import { readJson } from '../../../../support/read-json.ts'
import { NO_DOCUMENTS, readDocument } from '../../../../support/client-programs/documents.ts'

const DAY_MS = 24 * 60 * 60 * 1000

describe('DEEPSEEK_EXAMPLES', () => {
  it(
    'is what the document says, letter by letter',
    {
      skip: NO_DOCUMENTS,
    },
    () => {
      const document = readDocument('deepseek')

      assert.deepEqual(examplesIn(document), Object.values(DEEPSEEK_EXAMPLES))
    },
  )
})

describe('GET /', () => {
  it('answers as documented, with a description of each endpoint', async () => {
    await using api = await startDeepseekApi()

    const response = await api.fetch('/deepseek/')
    const { endpoints, ...info } = await readJson(response)

    assert.equal(response.status, 200)
    assert.deepEqual({ ...info, endpoints: {} }, DEEPSEEK_EXAMPLES.info)
    assert.deepEqual(Object.keys(endpoints), [
      '/ocr',
      '/ocr-base64',
      '/health',
      '/results/{filename}',
      '/cleanup',
      '/docs',
    ])
    for (const text of Object.values(endpoints)) assert.equal(typeof text, 'string')
  })
})

describe('GET /health', () => {
  it('answers the documented body, figure by figure', async () => {
    await using api = await startDeepseekApi()

    const response = await api.fetch('/deepseek/health')

    assert.equal(response.status, 200)
    assert.deepEqual(await readJson(response), DEEPSEEK_EXAMPLES.health)
  })

  it('has no gpu_ keys without a GPU', async () => {
    await using api = await startDeepseekApi({ gpu: { ...LOADED, gpu: null } })

    assert.deepEqual(await readJson(await api.fetch('/deepseek/health')), {
      status: 'healthy',
      model_loaded: true,
      tokenizer_loaded: true,
      device: 'cpu',
      mode: 'CPU',
    })
  })

  it('answers 503 while no model is loaded', async () => {
    await using api = await startDeepseekApi({ gpu: { isReady: false, slots: 0, gpu: null } })

    const response = await api.fetch('/deepseek/health')

    assert.equal(response.status, 503)
    assert.equal(response.headers.get('retry-after'), '10')
    assert.deepEqual(await readJson(response), { detail: 'Model not loaded / 模型未加载' })
  })
})

describe('POST /cleanup', () => {
  const cleanup = { method: 'POST' }

  it('answers the documented body with the figures of the moment', async () => {
    await using api = await startDeepseekApi()

    const response = await api.fetch('/deepseek/cleanup', cleanup)
    const body = await readJson(response)

    assert.equal(response.status, 200)
    assert.deepEqual(shapeOf(body), shapeOf(DEEPSEEK_EXAMPLES.cleanup))
    assert.deepEqual(body, {
      message: 'Memory cleanup completed / 内存清理完成',
      gpu_memory_allocated: '3.45 GB',
      gpu_memory_reserved: '4.12 GB',
    })
  })

  it('has no gpu_ keys without a GPU', async () => {
    await using api = await startDeepseekApi({ gpu: { isReady: false, slots: 0, gpu: null } })

    const response = await api.fetch('/deepseek/cleanup', cleanup)

    assert.deepEqual(await readJson(response), { message: DEEPSEEK_EXAMPLES.cleanup.message })
  })

  it('deletes saved texts after 30 days and left uploads after a day, nothing younger', async () => {
    await using api = await startDeepseekApi()
    const names = ['20240101_000000', '20240102_000000', '20240103_000000'].map(
      (time) => `ocr_result_${time}_0123456789abcdef.txt`,
    )
    const [expired = '', ...kept] = names
    for (const name of names)
      await api.store.put(savedResultKey(name), Buffer.from('x'), { contentType: 'text/plain' })
    const uploads = join(api.directory, 'uploads')
    // Makes the directory of uploads.
    await api.fetch('/deepseek/cleanup', cleanup)
    for (const name of ['old.tmp', 'young.tmp']) await writeFile(join(uploads, name), 'x')
    await age(join(uploads, 'old.tmp'), 1.01 * DAY_MS)
    await age(join(api.directory, 'store/objects/saved-results', expired), 30.01 * DAY_MS)

    await api.fetch('/deepseek/cleanup', cleanup)

    const isThere = async (path: string) => (await stat(path).catch(() => null)) !== null
    assert.equal(await api.store.head(savedResultKey(expired)), null)
    for (const name of kept) assert.ok(await api.store.head(savedResultKey(name)), name)
    assert.deepEqual(
      [await isThere(join(uploads, 'old.tmp')), await isThere(join(uploads, 'young.tmp'))],
      [false, true],
    )
  })
})

describe('the documentation of DeepSeek', () => {
  it('is served below any prefix from local files, and knows its own routes only', async () => {
    await using api = await startDeepseekApi()

    const openApi = await readJson(await api.fetch('/deepseek/openapi.json'))
    const pages = ['/docs', '/redoc'].map(async (path) => {
      const html = await (await api.fetch(`/deepseek${path}`)).text()
      const parts = [...html.matchAll(/(?:src|href|spec-url)="(\/[^"]+)"/g)].map(([, url]) => url)
      const statuses = await Promise.all(
        parts.map(async (part) => (await api.fetch(part ?? '')).status),
      )
      assert.equal(/https?:|src="\/\//.test(html), false)
      return { parts, statuses: new Set(statuses) }
    })

    assert.deepEqual(openApi.servers, [{ url: '/deepseek' }])
    assert.deepEqual(Object.keys(openApi.paths), [
      '/',
      '/health',
      '/ocr',
      '/ocr-base64',
      '/results/{filename}',
      '/cleanup',
    ])
    assert.deepEqual(
      Object.keys(
        openApi.paths['/ocr-base64'].post.requestBody.content['application/json'].schema.properties,
      ).toSorted(),
      ['base_size', 'crop_mode', 'image_base64', 'image_size', 'prompt', 'save_to_file'],
    )
    assert.deepEqual(await Promise.all(pages), [
      {
        parts: [
          '/deepseek/docs/swagger-ui.css',
          '/deepseek/docs/swagger-ui-bundle.js',
          '/deepseek/docs/initializer.js',
        ],
        statuses: new Set([200]),
      },
      {
        parts: ['/deepseek/openapi.json', '/deepseek/redoc/redoc.standalone.js'],
        statuses: new Set([200]),
      },
    ])
  })
})

describe('other paths and methods', () => {
  it('are answered in the envelope of the document', async () => {
    await using api = await startDeepseekApi()

    const unknown = await api.fetch('/deepseek/nothing')
    const wrong = await api.fetch('/deepseek/ocr')

    assert.deepEqual([unknown.status, await readJson(unknown)], [404, { detail: 'Not Found' }])
    assert.deepEqual([wrong.status, await readJson(wrong)], [405, { detail: 'Method Not Allowed' }])
    assert.equal(wrong.headers.get('allow'), 'POST, OPTIONS')
    assert.match(unknown.headers.get('x-request-id') ?? '', /./)
  })
})

async function age(path: string, byMs: number): Promise<void> {
  const then = new Date(Date.now() - byMs)
  await utimes(path, then, then)
}
