import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  toBatchItem,
  toBriefStatusBody,
  toStatusBody,
} from '../../../../../src/api/dialects/py-ocr/status-body.ts'
import type { DocumentStatus } from '../../../../../src/contract/document-status.ts'
import type { EngineId } from '../../../../../src/contract/engines.ts'
import type { FailureCode } from '../../../../../src/contract/failures.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import {
  completedStatus,
  sampleDocumentId,
  sampleManifest,
  sampleStatus,
} from '../../../../support/document-status.ts'

const context = {
  signResultUrl: async () => 'http://signed',
  nowMs: Date.parse('2024-03-07T10:00:30.623Z'),
  failureLabel: 'OCR处理失败',
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
      dialect: 'py-ocr',
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

  it('names the 5 minutes and the 50 pages of an LLM task, and no limit of another dialect', async () => {
    const errorOf = async (change: Partial<DocumentStatus>): Promise<unknown> => {
      const body = await toStatusBody(sampleStatus({ state: 'failed', ...change }), context)
      return 'error' in body ? body.error : null
    }

    const errors = [
      await errorOf({ dialect: 'py-ocr', engine: 'llm', failureCode: 'TIME_BUDGET' }),
      await errorOf({ dialect: 'py-ocr', engine: 'llm', failureCode: 'TOO_MANY_PAGES' }),
      await errorOf({ dialect: 'py-ocr', engine: 'ollama', failureCode: 'TIME_BUDGET' }),
      await errorOf({ dialect: 'v1', engine: 'llm', failureCode: 'TOO_MANY_PAGES' }),
    ]

    assert.deepEqual(errors, [
      'OCR处理失败: 任务处理超时，最长 5 分钟',
      'OCR处理失败: 页数超过限制，最多 50 页',
      'OCR处理失败: 任务处理超时',
      'OCR处理失败: 页数超过限制',
    ])
  })

  it('counts the retries of failures that are tried again', async () => {
    const countOf = async (engine: EngineId, failureCode: FailureCode): Promise<unknown> => {
      const status = sampleStatus({ state: 'failed', engine, failureCode })
      const body = await toStatusBody(status, context)
      return body.status === 'failed' ? body.retry_count : null
    }

    const counts = [
      await countOf('llm', 'ENGINE_UNREACHABLE'),
      await countOf('llm', 'INTERNAL_SERVER_ERROR'),
      await countOf('llm', 'CORRUPT_PDF'),
      await countOf('llm', 'PAGE_POISON'),
      await countOf('llm', 'ENGINE_OUTPUT_REPEATS'),
      await countOf('paddle', 'SUSPECT_OUTPUT'),
      await countOf('llm', 'ENGINE_DIED'),
    ]

    assert.deepEqual(counts, [4, 2, 0, 2, 1, 0, 1])
  })

  it('calls a completed task failed that has lost its result', async () => {
    for (const manifest of [null, sampleManifest({ results: null })]) {
      const body = await toStatusBody(completedStatus({ manifest }), context)

      assert.deepEqual(body, {
        status: 'failed',
        error: 'OCR处理失败: 文件已不存在',
        code: 'OCR_PROCESSING_ERROR',
        failed_at: '2024-03-07T10:01:00Z',
        retry_count: 0,
        detail_code: 'BLOB_MISSING',
      })
    }
  })
})

describe('toBriefStatusBody', () => {
  it('answers each state with its own few keys, and always with the id', async () => {
    const states = [
      sampleStatus({ state: 'queued' }),
      sampleStatus(),
      sampleStatus({ state: 'cancelling' }),
      completedStatus(),
      sampleStatus({ state: 'failed', failureCode: 'ENGINE_UNREACHABLE' }),
      completedStatus({ manifest: null }),
      sampleStatus({ state: 'cancelled' }),
    ]

    const bodies = await Promise.all(
      states.map((status) =>
        toBriefStatusBody(status, { ...context, failureLabel: 'Ollama OCR处理失败' }),
      ),
    )

    const task_id = sampleDocumentId()
    assert.deepEqual(bodies, [
      { status: 'processing', task_id },
      { status: 'processing', task_id },
      { status: 'processing', task_id },
      { status: 'completed', task_id, minio_url: 'http://signed' },
      {
        status: 'failed',
        task_id,
        error: 'Ollama OCR处理失败: 服务不可用',
        detail_code: 'ENGINE_UNREACHABLE',
      },
      {
        status: 'failed',
        task_id,
        error: 'Ollama OCR处理失败: 文件已不存在',
        detail_code: 'BLOB_MISSING',
      },
      { status: 'cancelled', task_id, error: '任务已被用户取消' },
    ])
  })
})

describe('toBatchItem', () => {
  it('names the kind of a failed task', async () => {
    const errors = await Promise.all(
      (['paddle', 'llm', 'ollama'] as const).map(async (engine) => {
        const status = sampleStatus({ state: 'failed', engine, failureCode: 'CORRUPT_PDF' })
        const item = await toBatchItem('t', status, context.signResultUrl)
        return 'error' in item ? item.error : null
      }),
    )

    assert.deepEqual(errors, [
      'OCR处理失败: 文件损坏',
      'OCR处理失败: 文件损坏',
      'Ollama OCR处理失败: 文件损坏',
    ])
  })

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
