import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toBatchItem, toStatusBody } from '../../../../../src/api/dialects/py-ocr/status-body.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import {
  completedStatus,
  sampleManifest,
  sampleStatus,
} from '../../../../support/document-status.ts'

const context = {
  signResultUrl: async () => 'http://signed',
  nowMs: Date.parse('2024-03-07T10:00:30.623Z'),
}

describe('toStatusBody', () => {
  it('estimates the end from the pages done, in whole seconds of UTC', async () => {
    const body = await toStatusBody(sampleStatus(), context)

    assert.deepEqual(body, {
      status: 'processing',
      progress: 50,
      started_at: '2024-03-07T10:00:00Z',
      estimated_completion: '2024-03-07T10:01:01Z',
    })
  })

  it('shows a queued task as processing, without an estimate', async () => {
    const queued = sampleStatus({ state: 'queued', startedAt: null, progress: INITIAL_PROGRESS })

    const body = await toStatusBody(queued, context)

    assert.deepEqual(body, {
      status: 'processing',
      progress: 0,
      started_at: '2024-03-07T09:59:58Z',
    })
  })

  it('keeps 100 per cent for completed tasks', async () => {
    const { progress } = sampleManifest()

    const body = await toStatusBody(sampleStatus({ progress }), context)

    assert.partialDeepStrictEqual(body, { progress: 99 })
  })

  it('shows sizes of the result text and the seconds it took', async () => {
    const body = await toStatusBody(completedStatus(), context)

    assert.deepEqual(body, {
      status: 'completed',
      minio_url: 'http://signed',
      completed_at: '2024-03-07T10:01:00Z',
      processing_time: 60,
      file_size: 1024,
      text_length: 500,
    })
  })

  it('names limits and never retries input', async () => {
    const failed = sampleStatus({
      state: 'failed',
      failureCode: 'TOO_MANY_PAGES',
      endedAt: '2024-03-07T10:01:00.000Z',
    })

    const body = await toStatusBody(failed, context)

    assert.deepEqual(body, {
      status: 'failed',
      error: 'OCR处理失败: 页数超过限制，最多 100 页',
      code: 'OCR_PROCESSING_ERROR',
      failed_at: '2024-03-07T10:01:00Z',
      retry_count: 0,
      detail_code: 'TOO_MANY_PAGES',
    })
  })

  it('counts the retries of failures that are tried again', async () => {
    const counts = await Promise.all(
      (['ENGINE_UNREACHABLE', 'INTERNAL_SERVER_ERROR', 'CORRUPT_PDF'] as const).map(
        async (failureCode) => {
          const body = await toStatusBody(sampleStatus({ state: 'failed', failureCode }), context)
          return body.status === 'failed' ? body.retry_count : null
        },
      ),
    )

    assert.deepEqual(counts, [4, 2, 0])
  })

  it('fails as BLOB_MISSING when a completed document has lost its result', async () => {
    const lost = completedStatus({ manifest: sampleManifest({ results: null }) })

    await assert.rejects(toStatusBody(lost, context), { code: 'BLOB_MISSING' })
  })
})

describe('toBatchItem', () => {
  it('answers each state with its own keys', async () => {
    const states = [
      completedStatus(),
      sampleStatus(),
      sampleStatus({ state: 'failed', failureCode: 'CORRUPT_PDF' }),
      sampleStatus({ state: 'cancelled' }),
      null,
    ]

    const items = await Promise.all(
      states.map((status) => toBatchItem('t', status, context.signResultUrl)),
    )

    assert.deepEqual(items, [
      { task_id: 't', status: 'completed', minio_url: 'http://signed' },
      { task_id: 't', status: 'processing', progress: 50 },
      {
        task_id: 't',
        status: 'failed',
        error: 'OCR处理失败: 文件损坏',
        detail_code: 'CORRUPT_PDF',
      },
      { task_id: 't', status: 'cancelled', error: '任务已被用户取消' },
      { task_id: 't', status: 'not_found', error: 'Task ID not found', code: 'TASK_NOT_FOUND' },
    ])
  })
})
