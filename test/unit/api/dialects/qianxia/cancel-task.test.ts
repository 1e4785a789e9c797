import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { completedTask, sampleTask, startQianxiaApi } from '../../../../support/qianxia-api.ts'

describe('cancelling', () => {
  const success = { status: 'success', message: '任务已取消' }
  const ways: [string, string][] = [
    ['DELETE', ''],
    ['POST', '/cancel'],
  ]
  for (const [method, suffix] of ways)
    it(`${method} /api/tasks/{id}${suffix} cancels once, and knows what has ended`, async () => {
      const running = sampleTask({ documentId: sampleDocumentId(1) })
      const ended = completedTask({ documentId: sampleDocumentId(2) })
      await using api = await startQianxiaApi({ documents: [running, ended] })
      const cancel = (id: string) => api.call(`/api/tasks/${id}${suffix}`, { method })

      const accepted = await cancel(running.documentId)
      const late = await cancel(ended.documentId)
      const unknown = await cancel(sampleDocumentId(3))

      assert.deepEqual([accepted.status, accepted.body], [200, success])
      assert.deepEqual([late.status, late.body], [400, { detail: '任务已结束，无法取消' }])
      assert.deepEqual([unknown.status, unknown.body], [404, { detail: '任务不存在' }])
    })
})
