import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleDocumentId, sampleManifest } from '../../../../support/document-status.ts'
import { completedTask, sampleTask, startQianxiaApi } from '../../../../support/qianxia-api.ts'

describe('POST /api/tasks/batch/status', () => {
  const ask = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

  it('answers in the order asked for, unknown tasks and those of others alike', async () => {
    const mine = completedTask({ documentId: sampleDocumentId(1) })
    const failed = sampleTask({
      documentId: sampleDocumentId(2),
      state: 'failed',
      failureCode: 'ENGINE_UNREACHABLE',
    })
    const others = sampleTask({ documentId: sampleDocumentId(3), owner: 'qianxia:somebody' })
    const foreign = sampleTask({ documentId: sampleDocumentId(4), dialect: 'v1' })
    await using api = await startQianxiaApi({ documents: [mine, failed, others, foreign] })
    const ids = ['nonsense', others, failed, foreign, mine].map((task) =>
      typeof task === 'string' ? task : task.documentId,
    )

    const { status, body } = await api.call('/api/tasks/batch/status', ask({ task_ids: ids }))

    const missing = { status: 'not_found', error_message: '任务不存在' }
    assert.equal(status, 200)
    assert.deepEqual(body, {
      status: 'success',
      tasks: [
        { task_id: 'nonsense', ...missing },
        { task_id: others.documentId, ...missing },
        {
          task_id: failed.documentId,
          status: 'failed',
          progress: 50,
          created_at: failed.createdAt,
          completed_at: null,
          error_message: '识别接口无法连接',
          detail_code: 'ENGINE_UNREACHABLE',
        },
        { task_id: foreign.documentId, ...missing },
        {
          task_id: mine.documentId,
          status: 'completed',
          progress: 100,
          created_at: mine.createdAt,
          completed_at: sampleManifest().endedAt,
          error_message: null,
        },
      ],
      summary: { total_tasks: 5, status_counts: { not_found: 3, failed: 1, completed: 1 } },
    })
  })

  it('takes 50 ids, and refuses none and 51', async () => {
    await using api = await startQianxiaApi()
    const many = (count: number): string[] => Array.from({ length: count }, () => 'x')

    const fifty = await api.call('/api/tasks/batch/status', ask({ task_ids: many(50) }))
    const more = await api.call('/api/tasks/batch/status', ask({ task_ids: many(51) }))

    assert.equal(fifty.status, 200)
    assert.deepEqual([more.status, more.body], [400, { detail: '批量查询最多支持50个任务' }])
    for (const body of [{}, { task_ids: [] }, { task_ids: null }, null]) {
      const none = await api.call('/api/tasks/batch/status', ask(body))
      if (body === null) assert.equal(none.status, 400)
      else assert.deepEqual([none.status, none.body], [400, { detail: '未提供任务ID' }])
    }
  })
})
