import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import {
  completedTask,
  layPages,
  sampleTask,
  startQianxiaApi,
} from '../../../../support/qianxia-api.ts'

// Pages are remembered by their document, so every test has one of its own.

describe('GET /api/tasks/{id}', () => {
  it('has the pages of a PDF and none of an image', async () => {
    const pdf = completedTask({ documentId: sampleDocumentId(12) })
    const image = completedTask({ documentId: sampleDocumentId(13), mediaType: 'png' })
    await using api = await startQianxiaApi({ documents: [pdf, image] })
    layPages(api, pdf, [1, 2, 3, 4])

    const ofPdf = await api.call(`/api/tasks/${pdf.documentId}`)
    const ofImage = await api.call(`/api/tasks/${image.documentId}`)

    assert.equal(ofPdf.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.deepEqual(
      ofPdf.body.data.page_results.map((page: { page_number: number }) => page.page_number),
      [1, 2, 3, 4],
    )
    assert.equal(ofImage.body.data.task_type, 'image_ocr')
    assert.equal('page_results' in ofImage.body.data, false)
  })

  it('summarises a task that has ended, and says why one failed', async () => {
    const progress = {
      ...INITIAL_PROGRESS,
      totalPages: 3,
      donePages: 3,
      okPages: 2,
      failedPages: 1,
    }
    const done = completedTask({ documentId: sampleDocumentId(14), progress, marks: 'oof' })
    const failed = sampleTask({
      documentId: sampleDocumentId(15),
      state: 'failed',
      failureCode: 'CORRUPT_IMAGE',
      endedAt: '2024-03-07T10:01:00.000Z',
    })
    await using api = await startQianxiaApi({ documents: [done, failed] })

    const summary = (await api.call(`/api/tasks/${done.documentId}`)).body.data.result_summary
    const row = (await api.call(`/api/tasks/${failed.documentId}`)).body.data

    assert.deepEqual(summary, {
      total_pages: 3,
      successful_pages: 2,
      failed_pages: 1,
      success_rate: '66.7%',
      processing_time: 60,
      file_size_mb: 0.01,
    })
    assert.partialDeepStrictEqual(row, {
      status: 'failed',
      error_message: '图片文件损坏',
      detail_code: 'CORRUPT_IMAGE',
    })
  })
})

describe('GET /api/tasks/{id}/result', () => {
  it('joins the Markdown of the pages by a blank line, and leaves out what failed', async () => {
    const task = completedTask({
      documentId: sampleDocumentId(16),
      marks: 'ofeo',
      failedPages: [{ page: 2, code: 'ENGINE_REFUSED' }],
    })
    await using api = await startQianxiaApi({ documents: [task] })
    layPages(api, task, [1, 3, 4])
    const blank = api.gateway.pages.get(`${task.documentId}/3`)
    assert.ok(blank)
    api.gateway.pages.set(`${task.documentId}/3`, { ...blank, outcome: 'empty', markdown: '' })

    const { body } = await api.call(`/api/tasks/${task.documentId}/result`)

    const { page_results: pages, ...data } = body.data
    assert.deepEqual(data, {
      task_id: task.documentId,
      status: 'completed',
      progress: 100,
      created_at: '2024-03-07T09:59:58.999Z',
      completed_at: '2024-03-07T10:01:00.123Z',
      error_message: null,
      file_size_mb: 0.01,
      content: '# 第 1 页\n\n"$x^2$"\n\n# 第 4 页\n\n"$x^2$"',
    })
    assert.partialDeepStrictEqual(pages[1], {
      status: 'failed',
      content: null,
      error_message: '模型拒绝识别此页',
    })
  })

  it('is never shown without a page that was delivered and is gone', async () => {
    const first = completedTask({ documentId: sampleDocumentId(18) })
    const third = completedTask({ documentId: sampleDocumentId(19) })
    await using api = await startQianxiaApi({ documents: [first, third] })
    layPages(api, first, [2, 3, 4])
    layPages(api, third, [1, 2, 4])

    for (const path of ['/result', '/export?format=md']) {
      const { status, body } = await api.call(`/api/tasks/${first.documentId}${path}`)
      const gone = { detail: '任务不存在', detail_code: 'BLOB_MISSING' }
      assert.deepEqual([path, status, body], [path, 404, gone])
      // Its first pages are out when that is found.
      await assert.rejects(api.call(`/api/tasks/${third.documentId}${path}`), TypeError)
    }
  })

  it('is empty until the task is completed', async () => {
    const task = sampleTask({ documentId: sampleDocumentId(17), mediaType: 'png' })
    await using api = await startQianxiaApi({ documents: [task] })
    layPages(api, task, [1, 2])

    const { body } = await api.call(`/api/tasks/${task.documentId}/result`)

    assert.partialDeepStrictEqual(body.data, { status: 'processing', content: '' })
    assert.equal('page_results' in body.data, false)
  })
})
