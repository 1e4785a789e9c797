import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import {
  completedTask,
  layPages,
  sampleTask,
  startQianxiaApi,
} from '../../../../support/qianxia-api.ts'

// Pages are remembered by their document, so every test has one of its own.
const SINGLE = sampleDocumentId(10)

describe('GET /api/tasks/{id}/pages', () => {
  it('shows every page as it stands, and sums over them', async () => {
    const id = sampleDocumentId(18)
    const task = sampleTask({ documentId: id })
    await using api = await startQianxiaApi({ documents: [task] })
    layPages(api, task, [1, 2, 3])

    const { body } = await api.call(`/api/tasks/${id}/pages`)

    const { pages, ...data } = body.data
    assert.deepEqual(data, {
      task_id: id,
      total_pages: 4,
      page_statistics: {
        total_pages: 4,
        completed_pages: 2,
        failed_pages: 0,
        pending_pages: 1,
        processing_pages: 1,
        average_processing_time: 2,
        total_content_length: 32,
        success_rate: 100,
      },
    })
    assert.deepEqual(pages[0], {
      id: 1,
      task_id: id,
      page_number: 1,
      status: 'completed',
      content: '# 第 1 页\n\n"$x^2$"',
      content_length: 16,
      error_message: null,
      processing_time: 2,
      retry_count: 1,
      max_retries: 5,
      batch_id: `${id}_batch_001`,
      priority: 0,
      created_at: '2024-03-07T09:59:58.999Z',
      updated_at: '2024-03-07T10:00:12.000Z',
      started_at: '2024-03-07T10:00:10.000Z',
      completed_at: '2024-03-07T10:00:12.000Z',
    })
    assert.partialDeepStrictEqual(pages[2], { status: 'processing', content: null, retry_count: 1 })
    assert.partialDeepStrictEqual(pages[3], { status: 'pending', content: null, retry_count: 0 })
  })

  it('gives no time to a page that was read for an earlier upload of the same file', async () => {
    const id = sampleDocumentId(19)
    const task = completedTask({ documentId: id, createdAt: '2024-03-08T00:00:00.000Z' })
    await using api = await startQianxiaApi({ documents: [task] })
    layPages(api, task, [1, 2, 3, 4])

    const { body } = await api.call(`/api/tasks/${id}/pages`)

    assert.partialDeepStrictEqual(body.data.pages[0], { processing_time: null, started_at: null })
    assert.equal(body.data.page_statistics.average_processing_time, 0)
  })
})

describe('GET /api/tasks/{id}/pages/{n}', () => {
  const task = sampleTask({ documentId: SINGLE })
  const answers: [string, number, unknown][] = [
    ['0', 400, { detail: '页码必须大于0' }],
    ['-3', 400, { detail: '页码必须大于0' }],
    ['5', 404, { detail: '页码超出范围' }],
    ['3', 404, { detail: '页面结果不存在' }],
    ['4', 404, { detail: '页面结果不存在' }],
    ['x', 400, { detail: '请求格式错误' }],
  ]
  for (const [page, expectedStatus, expected] of answers)
    it(`answers page ${page} with ${expectedStatus}`, async () => {
      await using api = await startQianxiaApi({ documents: [task] })

      const { status, body } = await api.call(`/api/tasks/${SINGLE}/pages/${page}`)

      assert.deepEqual([status, body], [expectedStatus, expected])
    })

  it('gives a page that has ended', async () => {
    await using api = await startQianxiaApi({ documents: [task] })
    layPages(api, task, [2])

    const { body } = await api.call(`/api/tasks/${SINGLE}/pages/2`)

    assert.partialDeepStrictEqual(body.data, {
      task_id: SINGLE,
      page_number: 2,
      page_result: { page_number: 2, status: 'completed' },
    })
  })
})

describe('GET /api/tasks/{id}/progress and /batches', () => {
  it('tell how far a task is, in every documented view', async () => {
    const id = sampleDocumentId(20)
    const task = sampleTask({ documentId: id })
    await using api = await startQianxiaApi({ documents: [task], qianxia: { batchSize: 2 } })
    layPages(api, task, [1, 2])

    const progress = (await api.call(`/api/tasks/${id}/progress`)).body.data
    const batches = (await api.call(`/api/tasks/${id}/batches`)).body.data

    assert.partialDeepStrictEqual(progress, {
      task_info: { id, status: 'processing' },
      latest_progress: {
        id: 3,
        task_id: id,
        progress: 50,
        processed_pages: 2,
        failed_pages: 0,
        current_batch_id: `${id}_batch_002`,
        message: '处理中：2/4 页',
      },
      page_statistics: { completed_pages: 2, processing_pages: 1, pending_pages: 1 },
      detailed_progress: {
        total_pages: 4,
        processed_pages: 2,
        failed_pages: 0,
        progress_percentage: 50,
      },
    })
    assert.deepEqual(progress.batches, batches.batches)
    assert.equal(batches.total_batches, 2)
    assert.deepEqual(batches.batches[0], {
      id: `${id}_batch_001`,
      task_id: id,
      batch_number: 1,
      status: 'completed',
      page_start: 1,
      page_end: 2,
      pages_count: 2,
      processed_pages: 2,
      failed_pages: 0,
      created_at: '2024-03-07T09:59:58.999Z',
      started_at: '2024-03-07T10:00:10.000Z',
      completed_at: '2024-03-07T10:00:12.000Z',
      processing_time: 2,
    })
  })
})
