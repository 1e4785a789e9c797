import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { sampleTask, startQianxiaApi } from '../../../../support/qianxia-api.ts'
import { fileForm, PDF_BYTES } from '../../../../support/test-api.ts'

const ID = sampleDocumentId()
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

const post = (body: FormData, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers,
})

describe('POST /api/async/batch', () => {
  const batch = (...files: [string, Buffer][]): FormData => {
    const form = new FormData()
    for (const [name, bytes] of files) form.append('files', new Blob([new Uint8Array(bytes)]), name)
    return form
  }

  it('makes a task of every good file and names every bad one', async () => {
    await using api = await startQianxiaApi({
      documents: [sampleTask()],
      qianxia: { maxImageBytes: 1_048_576, maxPdfBytes: 1_048_576 },
    })
    const form = batch(
      ['一.png', PNG],
      ['空.png', Buffer.alloc(0)],
      ['二.pdf', PDF_BYTES],
      ['三.exe', Buffer.from('MZ')],
      ['大.png', Buffer.concat([PNG, Buffer.alloc(1_048_576)])],
    )

    const { status, body } = await api.call('/api/async/batch', post(form))

    assert.equal(status, 200)
    assert.deepEqual(body, {
      status: 'success',
      message: '批量任务提交完成，成功: 2, 失败: 3',
      submitted_tasks: [
        { task_id: ID, filename: '一.png', type: 'image', estimated_time: 30 },
        { task_id: ID, filename: '二.pdf', type: 'pdf', estimated_time: 12, total_pages: 4 },
      ],
      failed_files: [
        { filename: '空.png', error: '文件内容为空' },
        { filename: '三.exe', error: '不支持的文件类型' },
        { filename: '大.png', error: '文件过大，最大支持1MB' },
      ],
      total_tasks: 2,
      total_estimated_time: 42,
      endpoints: { batch_status: '/api/tasks/batch/status', websocket: '/ws' },
    })
    assert.deepEqual(await readdir(`${api.directory}/uploads`), [])
  })

  it('names the limit of the kind of file that is too large', async () => {
    await using api = await startQianxiaApi({
      documents: [sampleTask()],
      qianxia: { maxImageBytes: 1_048_576, maxPdfBytes: 2_097_152 },
    })
    const large = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(2_097_152)])
    const form = batch(
      ['a.PNG', large(PNG)],
      ['b.pdf', large(PDF_BYTES)],
      ['c', large(PNG)],
      ['d.png', Buffer.concat([PNG, Buffer.alloc(1_048_576)])],
    )

    const { body } = await api.call('/api/async/batch', post(form))

    assert.deepEqual(body.failed_files, [
      { filename: 'a.PNG', error: '文件过大，最大支持1MB' },
      { filename: 'b.pdf', error: '文件过大，最大支持2MB' },
      { filename: 'c', error: '文件过大，最大支持2MB' },
      { filename: 'd.png', error: '文件过大，最大支持1MB' },
    ])
  })

  it('says in headers where to look, when, and whether everything was sent before', async () => {
    await using api = await startQianxiaApi()
    const headersOf = async (...files: [string, Buffer][]) => {
      const { headers } = await api.call('/api/async/batch', post(batch(...files)))
      return ['location', 'retry-after', 'idempotent-replayed'].map((name) => headers.get(name))
    }
    const good: [string, Buffer] = ['a.png', PNG]
    const bad: [string, Buffer] = ['b.exe', Buffer.from('MZ')]

    const one = await headersOf(good, bad)
    const several = await headersOf(good, good)
    const none = await headersOf(bad)
    api.gateway.isReplayed = true
    const replayed = await headersOf(good, bad)

    assert.deepEqual(one, [`/qianxia/pwd/api/tasks/${ID}`, '5', null])
    assert.deepEqual(several, ['/qianxia/pwd/api/tasks', '5', null])
    assert.deepEqual(none, [null, null, null])
    assert.deepEqual(replayed, [`/qianxia/pwd/api/tasks/${ID}`, '5', 'true'])
  })

  it('takes 20 files and refuses 21', async () => {
    await using api = await startQianxiaApi()
    const files = (count: number): [string, Buffer][] =>
      Array.from({ length: count }, (_, place) => [`${place}.png`, PNG])

    const twenty = await api.call('/api/async/batch', post(batch(...files(20))))
    const more = await api.call('/api/async/batch', post(batch(...files(21))))

    assert.partialDeepStrictEqual(twenty.body, { total_tasks: 20 })
    assert.deepEqual([more.status, more.body], [400, { detail: '批量上传最多支持20个文件' }])
    assert.equal(api.gateway.submissions.length, 20)
    assert.deepEqual(await readdir(`${api.directory}/uploads`), [])
  })

  it('refuses a batch without a file', async () => {
    await using api = await startQianxiaApi()

    const { status, body } = await api.call('/api/async/batch', post(fileForm(PNG)))

    assert.deepEqual([status, body], [400, { detail: '未收到文件' }])
  })

  it('answers 503 when Temporal is away, and not as if all files were bad', async () => {
    await using api = await startQianxiaApi()
    api.gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'inner')

    const { status, body } = await api.call('/api/async/batch', post(batch(['a.png', PNG])))

    assert.deepEqual([status, body], [503, { detail: '服务暂时不可用' }])
  })

  it('gives every file of a batch its own task under one Idempotency-Key', async () => {
    await using api = await startQianxiaApi()
    const form = batch(['a.png', PNG], ['b.png', PNG])

    await api.call('/api/async/batch', post(form, { 'idempotency-key': 'k' }))

    assert.deepEqual(
      api.gateway.submissions.map(({ route, idempotencyKey }) => [route, idempotencyKey]),
      [
        ['qianxia/api/async/batch/0', 'k'],
        ['qianxia/api/async/batch/1', 'k'],
      ],
    )
  })
})
