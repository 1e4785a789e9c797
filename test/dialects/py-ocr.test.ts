import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { markedDocument } from '../support/marked-document.ts'
import { createPyOcrClient } from '../support/py-ocr-client.ts'
import {
  assertIsExample,
  PY_OCR_EXAMPLES as documented,
  shapeOf,
  withoutDetailCode,
} from '../support/py-ocr-examples.ts'
import { startStack, type Stack } from '../support/stack.ts'

const UNKNOWN_ID = '550e8400-e29b-41d4-a716-446655440000'
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** They take so long that a task is cancelled before its end even if the machine stands still. */
const LONG_PAGES = 40

/** A document of its own: results are kept by content. */
const documentOf = (pages: number, marker: string): Buffer =>
  Buffer.concat([markedDocument(pages), Buffer.from(`% ${marker}\n`)])

describe('Py OCR: the examples of OCR tasks (1, 3, 5, 7) with everything behind them', () => {
  let stack: Stack
  let completedId: string
  const client = createPyOcrClient(() => `${stack.url}/api`)

  before(async () => {
    stack = await startStack({ stubDelayMs: 500 })
    completedId = await client.submit('', documentOf(2, 'completed'))
    await client.statusWhen('', completedId, (body) => body['status'] === 'completed')
  })
  after(() => stack[Symbol.asyncDispose]())

  const startLongTask = async (marker: string): Promise<string> => {
    const taskId = await client.submit('', documentOf(LONG_PAGES, marker))
    await client.statusWhen('', taskId, (body) => Number(body['progress']) > 0)
    return taskId
  }

  it('1: 成功, with Location and Retry-After', async () => {
    const { status, headers, body } = await client.upload('', documentOf(1, 'uploaded'))

    assert.equal(status, 200)
    assertIsExample(body, documented[1].uploaded, ['task_id'])
    assert.match(String(body['task_id']), UUID_V4)
    assert.equal(headers.get('location'), `/api/status/${String(body['task_id'])}`)
    assert.equal(headers.get('retry-after'), '5')
    assert.ok(headers.get('x-request-id'))
  })

  it('1: 失败, 没有上传文件', async () => {
    const { status, body } = await client.upload('', null)

    assert.equal(status, 400)
    assertIsExample(body, documented[1].noFile)
  })

  it('1: 失败, 不支持的文件类型', async () => {
    const { status, body } = await client.upload('', Buffer.from('text'), 'a.pdf')

    assert.equal(status, 400)
    assertIsExample(body, documented[1].wrongType)
  })

  it('1: 失败, 文件大小超过限制', async () => {
    const { status, body } = await client.upload('', Buffer.alloc(10_485_761, '%PDF-1.7\n'))

    assert.equal(status, 400)
    assertIsExample(body, documented[1].tooLarge)
  })

  it('3: 成功，任务处理中', async () => {
    const taskId = await startLongTask('processing')

    const body = await client.statusWhen('', taskId, (one) => 'estimated_completion' in one)

    const times = ['started_at', 'estimated_completion']
    assertIsExample(body, documented[3].processing, ['progress', ...times])
    for (const key of times) assert.match(String(body[key]), TIME)
    await client.cancel('', taskId)
  })

  it('3: 成功，任务已完成, and minio_url gives the text', async () => {
    const { status, body } = await client.status('', completedId)

    assert.equal(status, 200)
    assert.deepEqual(shapeOf(body), shapeOf(documented[3].completed))
    assert.equal(body['status'], documented[3].completed.status)
    assert.match(String(body['completed_at']), TIME)
    const file = await fetch(String(body['minio_url']))
    const text = await file.text()
    assert.match(text, /^--- 第1页 ---\nstub page 1\n\n--- 第2页 ---\nstub page 2\n?$/)
    assert.equal(file.headers.get('content-disposition'), `attachment; filename=${completedId}.txt`)
    assert.equal(body['file_size'], Buffer.byteLength(text))
    assert.equal(body['text_length'], Array.from(text).length)
  })

  it('3: 成功，任务失败', async () => {
    const taskId = await client.submit('', documentOf(1, 'failed').subarray(0, 300))

    const body = await client.statusWhen('', taskId, (one) => one['status'] === 'failed')

    const variable = ['failed_at', 'retry_count']
    assertIsExample(withoutDetailCode(body), documented[3].failed, variable)
    assert.equal(body['detail_code'], 'CORRUPT_PDF')
    assert.equal(body['retry_count'], 0)
    assert.match(String(body['failed_at']), TIME)
  })

  it('3: 失败，任务不存在', async () => {
    const { status, body } = await client.status('', UNKNOWN_ID)

    assert.equal(status, 404)
    assertIsExample(body, documented[3].notFound)
  })

  it('5: 成功, and the task ends as cancelled for good', async () => {
    const taskId = await startLongTask('cancelled')

    const { status, body } = await client.cancel('', taskId)

    assert.equal(status, 200)
    assertIsExample(body, documented[5].cancelled)
    const ended = await client.statusWhen('', taskId, (one) => one['status'] !== 'processing')
    assert.deepEqual(ended, { status: 'cancelled', error: '任务已被用户取消' })
    const again = await client.cancel('', taskId)
    assert.equal(again.status, 400)
    assert.deepEqual(again.body, {
      ...documented[5].notCancellable,
      current_status: 'cancelled',
    })
  })

  it('5: 失败', async () => {
    const { status, body } = await client.cancel('', completedId)

    assert.equal(status, 400)
    assertIsExample(body, documented[5].notCancellable)
  })

  it('5: 失败，任务不存在', async () => {
    const { status, body } = await client.cancel('', UNKNOWN_ID)

    assert.equal(status, 404)
    assertIsExample(body, documented[5].notFound)
  })

  it('7: 请求体 and 响应, in the order of the request, each id once', async () => {
    const taskId = await startLongTask('batch')

    const { status, body } = await client.batch([completedId, taskId, completedId, 'nobody'])

    assert.equal(status, 200)
    const results = body['results'] as Record<string, unknown>[]
    const [completed, processing] = documented[7].answer.results
    assert.equal(results.length, 3)
    assertIsExample(results[0], completed, ['task_id', 'minio_url'])
    assertIsExample(results[1], processing, ['task_id', 'progress'])
    assert.deepEqual(results[2], {
      task_id: 'nobody',
      status: 'not_found',
      ...documented[3].notFound,
    })
    assert.deepEqual([results[0]?.['task_id'], results[1]?.['task_id']], [completedId, taskId])
    await client.cancel('', taskId)
  })

  it('stands under its prefix too, and links there', async () => {
    const prefixed = createPyOcrClient(() => `${stack.url}/pyocr/api`)

    const { headers, body } = await prefixed.upload('', documentOf(1, 'prefix'))

    assert.equal(headers.get('location'), `/pyocr/api/status/${String(body['task_id'])}`)
    assert.equal((await prefixed.status('', String(body['task_id']))).status, 200)
  })

  it('gives one task for one Idempotency-Key', async () => {
    const send = () => {
      const form = new FormData()
      form.append('file', new Blob([new Uint8Array(markedDocument(1))]), 'a.pdf')
      const headers = { 'Idempotency-Key': 'py-ocr-key' }
      return client.call('/upload', { method: 'POST', body: form, headers })
    }

    const [first, second] = [await send(), await send()]

    assert.deepEqual(second.body, first.body)
    assert.equal(second.headers.get('idempotent-replayed'), 'true')
  })
})
