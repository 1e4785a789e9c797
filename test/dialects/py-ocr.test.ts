import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { markedDocument } from '../support/marked-document.ts'
import { PY_OCR_EXAMPLES, shapeOf, withoutDetailCode } from '../support/py-ocr-examples.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { until } from '../support/until.ts'

const documented = PY_OCR_EXAMPLES
const FAILED_CODE = { detail_code: 'string' }

type Answer = { status: number; headers: Headers; body: Record<string, unknown> }

describe('Py OCR with everything behind it', () => {
  let stack: Stack

  before(async () => {
    stack = await startStack({ stubDelayMs: 300 })
  })
  after(() => stack[Symbol.asyncDispose]())

  async function call(path: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(`${stack.url}/pyocr/api${path}`, init)
    const body = (await response.json()) as Record<string, unknown>
    return { status: response.status, headers: response.headers, body }
  }

  async function upload(pages: number, marker: string): Promise<string> {
    const bytes = Buffer.concat([markedDocument(pages), Buffer.from(`% ${marker}\n`)])
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(bytes)]), '发票.pdf')
    const { status, headers, body } = await call('/upload', { method: 'POST', body: form })
    assert.equal(status, 200)
    assert.deepEqual(shapeOf(body), shapeOf(documented[1].uploaded))
    assert.equal(body['message'], documented[1].uploaded.message)
    const taskId = String(body['task_id'])
    assert.equal(headers.get('location'), `/pyocr/api/status/${taskId}`)
    return taskId
  }

  async function statusWhen(taskId: string, isMet: (body: Answer['body']) => boolean) {
    let answer: Answer | null = null
    await until(
      async () => {
        answer = await call(`/status/${taskId}`)
        return isMet(answer.body)
      },
      `the status of ${taskId} is as wanted`,
      60_000,
    )
    assert.ok(answer)
    return (answer as Answer).body
  }

  const cancel = (taskId: string) => call(`/cancel/${taskId}`, { method: 'POST' })

  it('shows a task from upload to text exactly as documented', async () => {
    const taskId = await upload(8, 'completed')

    const processing = await statusWhen(taskId, (body) => 'estimated_completion' in body)
    assert.deepEqual(shapeOf(processing), shapeOf(documented[3].processing))
    assert.match(String(processing['started_at']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

    const completed = await statusWhen(taskId, (body) => body['status'] === 'completed')
    assert.deepEqual(shapeOf(completed), shapeOf(documented[3].completed))
    const text = await (await fetch(String(completed['minio_url']))).text()
    assert.match(text, /^--- 第1页 ---\nstub page 1\n\n--- 第2页 ---\n/)
    assert.equal(completed['file_size'], Buffer.byteLength(text))
    assert.equal(completed['text_length'], Array.from(text).length)

    const tooLate = await cancel(taskId)
    assert.equal(tooLate.status, 400)
    assert.deepEqual(tooLate.body, documented[5].notCancellable)
  })

  it('shows a failed task exactly as documented', async () => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(markedDocument(1).subarray(0, 300))]), 'a.pdf')
    const { body } = await call('/upload', { method: 'POST', body: form })

    const failed = await statusWhen(String(body['task_id']), (one) => one['status'] === 'failed')

    assert.deepEqual(shapeOf(withoutDetailCode(failed)), shapeOf(documented[3].failed))
    assert.equal(failed['code'], documented[3].failed.code)
    assert.equal(failed['retry_count'], 0)
    assert.match(String(failed['error']), /^OCR处理失败: ./)
    assert.deepEqual(shapeOf({ detail_code: failed['detail_code'] }), FAILED_CODE)
  })

  it('cancels a task once, and answers a batch in its order', async () => {
    const running = await upload(30, 'cancelled')
    await statusWhen(running, (body) => Number(body['progress']) > 0)

    const batch = await call('/status/batch', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ task_ids: ['nobody', running, running] }),
    })
    const results = batch.body['results'] as Record<string, unknown>[]
    assert.deepEqual(results[0], {
      task_id: 'nobody',
      status: 'not_found',
      ...documented[3].notFound,
    })
    assert.deepEqual(shapeOf(results[1]), shapeOf(documented[7].answer.results[1]))
    assert.equal(results.length, 2)

    const accepted = await cancel(running)
    assert.equal(accepted.status, 200)
    assert.deepEqual(accepted.body, documented[5].cancelled)
    const cancelled = await statusWhen(running, (body) => body['status'] === 'cancelled')
    assert.deepEqual(cancelled, { status: 'cancelled', error: '任务已被用户取消' })
    const again = await cancel(running)
    assert.equal(again.status, 400)
    assert.deepEqual(again.body, {
      ...documented[5].notCancellable,
      current_status: 'cancelled',
    })
  })

  it('gives one task for one Idempotency-Key', async () => {
    const bytes = new Uint8Array(markedDocument(1))
    const send = () => {
      const form = new FormData()
      form.append('file', new Blob([bytes]), 'a.pdf')
      const headers = { 'Idempotency-Key': 'py-ocr-key' }
      return call('/upload', { method: 'POST', body: form, headers })
    }

    const [first, second] = [await send(), await send()]

    assert.deepEqual(second.body, first.body)
    assert.equal(second.headers.get('idempotent-replayed'), 'true')
  })
})
