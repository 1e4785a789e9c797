import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import {
  completedTask,
  layPages,
  sampleTask,
  startQianxiaApi,
} from '../../../../support/qianxia-api.ts'

describe('GET /api/tasks/{id}/export', () => {
  const content = '# 第 1 页\n\n"$x^2$"\n\n# 第 2 页\n\n"$x^2$"'
  const id = sampleDocumentId(21)
  const task = completedTask({ documentId: id, marks: 'ooff' })
  const types = { json: 'application/json', txt: 'text/plain', md: 'text/markdown' }

  for (const [format, type] of Object.entries(types))
    it(`sends ${format} as a file`, async () => {
      await using api = await startQianxiaApi({ documents: [task] })
      layPages(api, task, [1, 2])

      const response = await api.fetch(`/pwd/api/tasks/${id}/export?format=${format}`)
      const text = await response.text()

      assert.equal(response.headers.get('content-type'), `${type}; charset=utf-8`)
      const disposition = `attachment; filename=task_${id}_result.${format}`
      assert.equal(response.headers.get('content-disposition'), disposition)
      if (format === 'txt') assert.equal(text, content)
      if (format === 'md') assert.equal(text, `# Task ${id} Result\n\n${content}`)
      if (format !== 'json') return
      const body = JSON.parse(text)
      assert.deepEqual(Object.keys(body), ['task_id', 'export_time', 'task_info', 'content'])
      assert.equal(body.content, content)
      assert.equal(text, JSON.stringify(body, null, 2))
    })

  it('is json by default, and refuses other formats and tasks that are not completed', async () => {
    const running = sampleTask({ documentId: sampleDocumentId(22) })
    await using api = await startQianxiaApi({ documents: [task, running] })
    layPages(api, task, [1, 2])

    const byDefault = await api.call(`/api/tasks/${id}/export`)
    const other = await api.call(`/api/tasks/${id}/export?format=pdf`)
    const early = await api.call(`/api/tasks/${running.documentId}/export?format=md`)

    assert.equal(byDefault.body.task_id, id)
    assert.deepEqual(
      [other.status, other.body],
      [400, { detail: '不支持的导出格式，支持: json, txt, md' }],
    )
    assert.deepEqual([early.status, early.body], [400, { detail: '任务未完成，无法导出' }])
  })
})
