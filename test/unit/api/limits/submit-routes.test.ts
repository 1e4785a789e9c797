import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { OcrError } from '../../../../src/platform/errors.ts'
import { Secret } from '../../../../src/platform/secret.ts'
import { NO_LIMITS, testApiConfig } from '../../../support/api-config.ts'
import { refusalOf, TOKEN } from '../../../support/refusal-of.ts'
import { startTestApi, type TestApi, type TestApiOptions } from '../../../support/test-api.ts'

/** Every route that takes a document, and what it answers when there is no room for one. */
const SUBMITS: readonly [path: string, from: string, full: number, noDisk: number][] = [
  ['/v1/documents', 'problem', 429, 507],
  ['/v1/documents/01234567-89ab-4cde-8f01-23456789abcd/rerun', 'problem', 429, 507],
  ['/api/upload', 'Py OCR', 429, 503],
  ['/api/llm/upload', 'Py OCR', 429, 503],
  ['/api/ocr/upload', 'Py OCR', 429, 503],
  ['/pyocr/api/upload', 'Py OCR', 429, 503],
  ['/dots/ocr', 'dots', 429, 500],
  ['/api/llm/v1/ocrdoc/submit', 'SCNet', 429, 500],
  ['/api/llm/v1/ocrdoc/upload', 'SCNet', 429, 500],
  ['/deepseek/ocr', 'detail,detail_code', 503, 503],
  ['/deepseek/ocr-base64', 'detail,detail_code', 503, 503],
  ['/qianxia/pwd/process/image', 'Qianxia or DeepSeek', 429, 503],
  ['/qianxia/pwd/process/pdf', 'Qianxia or DeepSeek', 429, 503],
  ['/qianxia/pwd/api/tasks/image', 'Qianxia or DeepSeek', 429, 503],
  ['/qianxia/pwd/api/async/pdf', 'Qianxia or DeepSeek', 429, 503],
  ['/qianxia/pwd/api/async/batch', 'Qianxia or DeepSeek', 429, 503],
]

const { scnet } = testApiConfig()

function startLimitedApi(
  limits: Partial<typeof NO_LIMITS> = {},
  options: TestApiOptions = {},
): Promise<TestApi> {
  const api = {
    limits: { ...NO_LIMITS, ...limits },
    scnet: { ...scnet, apiKeys: [new Secret('sk-1')] },
  }
  return startTestApi({ ...options, api })
}

/** Begins a large upload, sends none of it, and gives the status of the answer. */
async function statusWithoutBody(api: TestApi, path: string): Promise<number> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
  const pieces: Buffer[] = []
  socket.on('error', () => {}).on('data', (data) => pieces.push(Buffer.from(data)))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${TOKEN.authorization}\r\n` +
      'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 200000000\r\n\r\n',
  )
  await closed
  return Number(Buffer.concat(pieces).toString().split(' ')[1])
}

describe('every route that takes a document', () => {
  for (const [path, from, full, noDisk] of SUBMITS) {
    it(`${path} refuses with full queues, before a byte of the body is read`, async () => {
      await using api = await startLimitedApi()
      api.gateway.roomFailure = new OcrError('QUEUE_FULL', 'x', { retryAfterMs: 20_000 })

      const response = await api.fetch(path, { method: 'POST', headers: TOKEN })
      const status = await statusWithoutBody(api, path)

      assert.deepEqual([response.status, response.headers.get('retry-after')], [full, '20'])
      assert.equal(status, full)
    })

    it(`${path} refuses with a full disk`, async () => {
      await using api = await startLimitedApi()
      api.gateway.roomFailure = new OcrError('STORAGE_FULL', 'x', { retryAfterMs: 60_000 })

      assert.equal((await refusalOf(api, path, 'POST')).status, noDisk)
    })

    it(`${path} is limited per minute, in its own envelope`, async () => {
      await using api = await startLimitedApi({ submitsPerMinute: 1 })
      const first = await api.fetch(path, { method: 'POST', headers: TOKEN })
      await first.body?.cancel()

      const second = await api.fetch(path, { method: 'POST', headers: TOKEN })
      const third = await refusalOf(api, path, 'POST')

      assert.match(first.headers.get('ratelimit-policy') ?? '', /^"submits"; q=1; w=60/)
      assert.ok(![429].includes(first.status), String(first.status))
      assert.ok([429, 503].includes(second.status), String(second.status))
      assert.match(second.headers.get('retry-after') ?? '', /^([1-9]|[1-5]\d|60)$/)
      assert.equal(third.from, from)
    })
  }

  it('shares one limit with the others', async () => {
    await using api = await startLimitedApi({ submitsPerMinute: SUBMITS.length })
    const ask = async (path: string): Promise<string | null> => {
      const response = await api.fetch(path, { method: 'POST', headers: TOKEN })
      await response.body?.cancel()
      return /r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1] ?? null
    }

    const left: (string | null)[] = []
    for (const [path] of SUBMITS) left.push(await ask(path))

    assert.deepEqual(
      left,
      SUBMITS.map((_, place) => String(SUBMITS.length - 1 - place)),
    )
  })

  it('lets the 101st upload of a minute and the 1,001st question wait', async () => {
    await using api = await startLimitedApi({ submitsPerMinute: 100, requestsPerMinute: 1000 })
    const ask = async (path: string, method: string): Promise<number> => {
      const response = await api.fetch(path, { method })
      await response.body?.cancel()
      return response.status
    }
    const status = '/api/status/01234567-89ab-4cde-8f01-23456789abcd'

    const uploads = new Set<number>()
    const questions = new Set<number>()
    for (let n = 0; n < 100; n++) uploads.add(await ask('/api/upload', 'POST'))
    for (let n = 0; n < 1000; n++) questions.add(await ask(status, 'GET'))

    assert.deepEqual([uploads, questions], [new Set([400]), new Set([404])])
    assert.equal(await ask('/api/upload', 'POST'), 429)
    assert.equal(await ask(status, 'GET'), 429)
    assert.equal(await ask('/livez', 'GET'), 200)
  })

  it('counts the images of a long document apart', async () => {
    await using api = await startLimitedApi({ requestsPerMinute: 1 })
    const image = '/v1/documents/01234567-89ab-4cde-8f01-23456789abcd/pages/1/image'

    const response = await api.fetch(image)

    assert.match(response.headers.get('ratelimit-policy') ?? '', /^"pages"; q=10; w=60/)
  })

  it('takes what an idempotency key may stand for, whatever the quota says', async () => {
    await using api = await startLimitedApi()
    api.gateway.roomFailure = null

    await api.fetch('/api/upload', { method: 'POST' })
    await api.fetch('/api/upload', { method: 'POST', headers: { 'Idempotency-Key': 'k' } })

    const [anonymous, keyed] = api.gateway.roomAskedFor
    assert.match(anonymous ?? '', /^address:[0-9a-f]{16}$/)
    assert.equal(keyed, null)
  })

  it('leaves the quota of a user to who knows him', async () => {
    await using api = await startLimitedApi()

    for (const path of ['process/image', 'api/tasks/pdf', 'api/async/batch'])
      await api.fetch(`/qianxia/pwd/${path}`, { method: 'POST' })

    assert.deepEqual(api.gateway.roomAskedFor, [null, null, null])
  })
})
