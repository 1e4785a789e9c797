import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TaskEvents } from '../../../../../src/api/dialects/qianxia/task-events.ts'
import type { DocumentEvent } from '../../../../../src/api/live/live-documents.ts'
import type { DocumentStatus } from '../../../../../src/contract/document-status.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { testApiConfig } from '../../../../support/api-config.ts'
import { completedStatus, sampleDocumentId } from '../../../../support/document-status.ts'
import { sampleTask } from '../../../../support/qianxia-sockets.ts'
import { pageEnded, type ScriptedChange } from '../../../../support/scripted-live.ts'

const ID = sampleDocumentId()
const config = { ...testApiConfig().qianxia, batchSize: 3, maxRetries: 5 }
const QUEUED = sampleTask({ state: 'queued', startedAt: null, progress: INITIAL_PROGRESS })

function translate(status: DocumentStatus, ...changes: readonly ScriptedChange[]) {
  const events = new TaskEvents({ status, config })
  return changes.flatMap((change) => events.translate(eventOf(change)))
}

function eventOf(change: ScriptedChange): DocumentEvent {
  const id = 'x'
  return 'kind' in change ? { ...change, id } : { kind: 'status', status: change, id }
}

const typesOf = (messages: readonly { readonly type: string }[]) => messages.map(({ type }) => type)

describe('TaskEvents', () => {
  it('tells that a task has started once, before everything else', () => {
    const messages = translate(sampleTask(), pageEnded(1), pageEnded(2), sampleTask())

    assert.deepEqual(messages[0], {
      type: 'task_started',
      task_id: ID,
      task_type: 'pdf_ocr',
      file_name: '发票 1.pdf',
      total_pages: 4,
      estimated_time: 12,
    })
    assert.equal(typesOf(messages).filter((type) => type === 'task_started').length, 1)
  })

  it('tells no page of a queued task before its pages were counted', () => {
    const messages = translate(QUEUED, QUEUED, pageEnded(1), sampleTask())

    assert.deepEqual(typesOf(messages), [
      'task_progress',
      'task_started',
      'batch_started',
      'page_completed',
      'task_progress',
    ])
  })

  it('tells every page that has ended, failed ones with their reason', () => {
    const failed = pageEnded(2, {
      outcome: 'failed',
      code: 'PAGE_TIMEOUT',
      markdownCharacters: null,
      seconds: null,
    })

    const pages = translate(sampleTask(), pageEnded(1), failed).filter(
      ({ type }) => type === 'page_completed',
    )

    assert.deepEqual(pages, [
      {
        type: 'page_completed',
        task_id: ID,
        data: {
          page_number: 1,
          status: 'completed',
          content_length: 30,
          processing_time: 0.5,
          error_message: null,
        },
      },
      {
        type: 'page_completed',
        task_id: ID,
        data: {
          page_number: 2,
          status: 'failed',
          content_length: 0,
          processing_time: null,
          error_message: '页面处理超时',
        },
      },
    ])
  })

  it('counts retries from 1', () => {
    const messages = translate(sampleTask(), {
      kind: 'retry',
      page: 4,
      attempt: 2,
      code: 'ENGINE_TIMED_OUT',
    })

    assert.deepEqual(typesOf(messages), ['task_started', 'batch_started', 'page_retry'])
    assert.deepEqual(messages[2], {
      type: 'page_retry',
      task_id: ID,
      data: {
        page_number: 4,
        retry_count: 1,
        max_retries: 5,
        retry_reason: 'ENGINE_TIMED_OUT',
        previous_error: '识别接口超时',
      },
    })
  })

  it('begins a batch with the first and ends it with the last event of its pages', () => {
    const failed = { outcome: 'failed', code: 'PAGE_TIMEOUT' } as const
    const messages = translate(
      sampleTask(),
      pageEnded(2),
      pageEnded(4, { ...failed, seconds: null }),
      pageEnded(1, failed),
      pageEnded(3),
    )

    assert.deepEqual(typesOf(messages), [
      'task_started',
      'batch_started',
      'page_completed',
      'batch_started',
      'page_completed',
      'batch_failed',
      'page_completed',
      'page_completed',
      'batch_completed',
    ])
    const first = {
      batch_id: `${ID}_batch_001`,
      batch_number: 1,
      total_batches: 2,
      page_range: '1-3',
      pages_in_batch: 3,
      estimated_time: 9,
      processing_strategy: 'auto',
    }
    assert.deepEqual(messages[1], { type: 'batch_started', task_id: ID, data: first })
    assert.deepEqual(messages[8], {
      type: 'batch_completed',
      task_id: ID,
      data: { ...first, successful_pages: 2, failed_pages: 1, processing_time: 1.5 },
    })
    assert.deepEqual(messages[5], {
      type: 'batch_failed',
      task_id: ID,
      data: {
        batch_id: `${ID}_batch_002`,
        batch_number: 2,
        total_batches: 2,
        page_range: '4-4',
        pages_in_batch: 1,
        estimated_time: 3,
        processing_strategy: 'auto',
        error_message: '页面处理超时',
        failed_pages: [4],
      },
    })
  })

  it('has no batches for an image', () => {
    const image = sampleTask({
      mediaType: 'png',
      progress: { ...INITIAL_PROGRESS, totalPages: 1 },
    })

    const messages = translate(image, pageEnded(1))

    assert.deepEqual(typesOf(messages), ['task_started', 'page_completed'])
    assert.deepEqual(
      [messages[0]?.['task_type'], messages[0]?.['estimated_time']],
      ['image_ocr', 30],
    )
  })

  it('tells progress with every status', () => {
    const under = { attempt: 1, lastFailure: null }
    const status = sampleTask({
      pagesUnderWay: [
        { page: 3, ...under },
        { page: 4, ...under },
      ],
    })

    const [, progress] = translate(status, status)

    const data = progress?.['data'] as Record<string, unknown>
    assert.partialDeepStrictEqual(data, {
      progress: 50,
      current_page: 3,
      total_pages: 4,
      status: 'processing',
      message: '处理中: 2/4页',
      processed_pages: 2,
      failed_pages: 0,
      silent: false,
    })
    assert.deepEqual(
      [typeof data['processing_rate'], typeof data['estimated_time_remaining']],
      ['number', 'number'],
    )
    assert.equal(Object.keys(data).length, 10)
  })

  it('ends a completed task with its summary', () => {
    const end = completedStatus({ dialect: 'qianxia' })

    const messages = translate(sampleTask(), end)

    assert.deepEqual(typesOf(messages), ['task_started', 'task_progress', 'task_completed'])
    assert.partialDeepStrictEqual(messages[2], {
      task_id: ID,
      result_summary: {
        total_pages: 4,
        successful_pages: 4,
        failed_pages: 0,
        success_rate: '100.0%',
        file_size_mb: 0.01,
      },
    })
  })

  it('ends a failed task with a notification before', () => {
    const end = sampleTask({
      state: 'failed',
      failureCode: 'PAGE_TIMEOUT',
      failedPages: [{ page: 2, code: 'PAGE_TIMEOUT' }],
      endedAt: '2024-03-07T10:01:00.123Z',
    })

    const messages = translate(sampleTask(), end)

    assert.deepEqual(messages[2], {
      type: 'error_notification',
      error_type: 'PAGE_TIMEOUT',
      error_message: '页面处理超时',
      task_id: ID,
      severity: 'error',
    })
    assert.partialDeepStrictEqual(messages[3], {
      type: 'task_failed',
      task_id: ID,
      error_message: '页面处理超时',
      failed_page: 2,
      partial_results: { total_pages: 4, successful_pages: 2, success_rate: '50.0%' },
    })
    assert.equal(messages.length, 4)
  })

  it('does not pretend that a task had started which was cancelled in the queue', () => {
    const messages = translate(QUEUED, { ...QUEUED, state: 'cancelled', endedAt: QUEUED.createdAt })

    assert.deepEqual(typesOf(messages), ['task_progress', 'task_cancelled'])
    assert.partialDeepStrictEqual(messages[1], {
      task_id: ID,
      reason: '任务已取消',
      partial_results: { total_pages: 0, successful_pages: 0, success_rate: '0.0%' },
    })
  })

  it('tells an early and a late subscriber the same of pages and batches', () => {
    const pages = [2, 1, 4, 3].map((page) => pageEnded(page))
    const isShared = ({ type }: { type: string }) => type !== 'task_progress'

    const early = translate(QUEUED, QUEUED, ...pages.slice(0, 2), sampleTask(), ...pages.slice(2))
    const late = translate(sampleTask(), ...pages, sampleTask())

    assert.deepEqual(early.filter(isShared), late.filter(isShared))
  })
})
