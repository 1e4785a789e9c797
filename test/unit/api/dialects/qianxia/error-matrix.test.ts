import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FailureCode } from '../../../../../src/contract/failures.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import {
  completedTask,
  layPages,
  sampleTask,
  startQianxiaApi,
} from '../../../../support/qianxia-api.ts'
import { fileForm } from '../../../../support/test-api.ts'

/*
 * What is not tested with its route: files in submit.test.ts, damaged PDFs and quotas in
 * await-inspection.test.ts, path password and sessions in router.test.ts.
 */

const ID = sampleDocumentId()
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const unavailable = '服务暂时不可用'

const submit = (headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: fileForm(PNG),
  headers,
})

describe('failures of the gateway', () => {
  const answers: [FailureCode, number, unknown, string | null][] = [
    ['SERVICE_UNAVAILABLE', 503, { detail: unavailable }, '5'],
    ['STORAGE_UNAVAILABLE', 503, { detail: unavailable, detail_code: 'STORAGE_UNAVAILABLE' }, '5'],
    ['RATE_LIMITED', 429, { detail: '请求过于频繁' }, '5'],
    [
      'IDEMPOTENCY_KEY_REUSED',
      422,
      { detail: '幂等键已用于其他请求', detail_code: 'IDEMPOTENCY_KEY_REUSED' },
      null,
    ],
    ['DOCUMENT_NOT_FOUND', 404, { detail: '任务不存在' }, null],
    ['INTERNAL_SERVER_ERROR', 500, { detail: '服务器内部错误' }, null],
  ]
  for (const [code, expectedStatus, expected, retryAfter] of answers)
    it(`a submit is answered with ${expectedStatus} to ${code}`, async () => {
      await using api = await startQianxiaApi()
      api.gateway.failure = new OcrError(code, 'inner')

      const { status, body, headers } = await api.call('/process/image', submit())

      // A route need not document 429: nothing here limits rates by itself.
      assert.deepEqual([status, body], [expectedStatus, expected])
      assert.equal(headers.get('retry-after'), retryAfter)
      assert.ok(headers.get('x-request-id'))
    })

  it('a bug shows nothing of itself', async () => {
    await using api = await startQianxiaApi()
    api.gateway.failure = new TypeError('inner')

    const { status, body } = await api.call(`/api/tasks/${ID}`)

    assert.deepEqual([status, body], [500, { detail: '服务器内部错误' }])
  })

  it('an outage at a status is no unknown task', async () => {
    await using api = await startQianxiaApi()
    api.gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'inner')

    for (const path of ['', '/result', '/pages', '/pages/1', '/progress', '/batches', '/export']) {
      const { status, body } = await api.call(`/api/tasks/${ID}${path}`)
      assert.deepEqual([path, status, body], [path, 503, { detail: unavailable }])
    }
  })
})

describe('a store that fails while pages are read', () => {
  const paths = ['', '/result', '/pages', '/pages/1', '/progress', '/batches'].concat(
    ['json', 'txt', 'md'].map((format) => `/export?format=${format}`),
  )
  for (const [place, path] of paths.entries())
    it(`is answered with 503, and breaks no connection, at ${path || 'the task'}`, async () => {
      // Pages are remembered by their document.
      const task = completedTask({ documentId: sampleDocumentId(100 + place) })
      await using api = await startQianxiaApi({ documents: [task] })
      api.gateway.pageRecord = async () => {
        throw new OcrError('STORAGE_UNAVAILABLE', 'inner')
      }

      const { status, body, headers } = await api.call(`/api/tasks/${task.documentId}${path}`)

      const expected = { detail: unavailable, detail_code: 'STORAGE_UNAVAILABLE' }
      assert.deepEqual([status, body], [503, expected])
      assert.equal(headers.get('retry-after'), '5')
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
      assert.equal(headers.get('content-disposition'), null)
    })

  it('breaks the connection once half an answer is out', async () => {
    const task = completedTask({ documentId: sampleDocumentId(110) })
    await using api = await startQianxiaApi({ documents: [task] })
    layPages(api, task, [1])
    api.gateway.pageRecord = async (documentId, page) => {
      if (page > 1) throw new OcrError('STORAGE_UNAVAILABLE', 'inner')
      return api.gateway.pages.get(`${documentId}/${page}`) ?? null
    }

    for (const path of ['', '/result', '/export?format=txt'])
      await assert.rejects(api.call(`/api/tasks/${task.documentId}${path}`), TypeError, path)
  })
})

describe('unknown tasks', () => {
  const ids = [ID, 'nonsense', '%00', ID.toUpperCase().replace('5', 'Z')]
  for (const id of ids)
    it(`${id} is 404 on every route of a task`, async () => {
      await using api = await startQianxiaApi({
        documents: [sampleTask({ owner: 'qianxia:somebody' })],
      })

      for (const path of [
        '',
        '/result',
        '/pages',
        '/pages/1',
        '/progress',
        '/batches',
        '/export',
      ]) {
        const { status, body } = await api.call(`/api/tasks/${id}${path}`)
        assert.deepEqual([path, status, body], [path, 404, { detail: '任务不存在' }])
      }
    })
})

describe('requests that are none', () => {
  const json = { 'content-type': 'application/json' }
  const malformed = { detail: '请求格式错误' }
  const requests: [string, string, RequestInit, number, unknown][] = [
    ['an unknown path', '/api/nothing', {}, 404, { detail: 'Not Found' }],
    ['the admin pages', '/admin', {}, 404, { detail: 'Not Found' }],
    ['user history', '/api/user/history', {}, 404, { detail: 'Not Found' }],
    ['a wrong method', '/api/tasks', { method: 'PUT' }, 405, { detail: 'Method Not Allowed' }],
    [
      'broken JSON',
      '/api/tasks/batch/status',
      { method: 'POST', headers: json, body: '{' },
      400,
      malformed,
    ],
    [
      'JSON above 1 MiB',
      '/api/tasks/batch/status',
      { method: 'POST', headers: json, body: JSON.stringify('x'.repeat(1_048_577)) },
      400,
      { detail: '请求内容过大' },
    ],
    [
      'a form in place of JSON',
      '/api/tasks/batch/status',
      { method: 'POST', body: new URLSearchParams({ task_ids: ID }) },
      400,
      { detail: '未提供任务ID' },
    ],
    [
      'multipart without an end',
      '/process/image',
      {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx',
      },
      400,
      malformed,
    ],
    [
      'no multipart at all',
      '/process/pdf',
      { method: 'POST', headers: json, body: '{}' },
      400,
      { detail: '未收到文件' },
    ],
  ]
  for (const [what, path, init, expectedStatus, expected] of requests)
    it(`${what} is answered with ${expectedStatus} in the envelope of the dialect`, async () => {
      await using api = await startQianxiaApi()

      const { status, body, headers } = await api.call(path, init)

      assert.deepEqual([status, body], [expectedStatus, expected])
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
    })

  it('refuses an Idempotency-Key that is none, and repeats nothing of it', async () => {
    await using api = await startQianxiaApi()

    const { status, body } = await api.call(
      '/process/image',
      submit({ 'idempotency-key': '\u00e9' }),
    )

    assert.equal(status, 400)
    assert.equal(JSON.stringify(body).includes('\u00e9'), false)
  })
})
