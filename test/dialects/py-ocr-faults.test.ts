import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleDocumentId, sampleStatus } from '../support/document-status.ts'
import { assertIsExample, PY_OCR_EXAMPLES as documented } from '../support/py-ocr-examples.ts'
import { readJson } from '../support/read-json.ts'
import { fileForm, startTestApi } from '../support/test-api.ts'

/*
 * The documented answers that only a bug, or a Temporal that refuses a request, brings about: with a
 * gateway that throws in place of the stack.
 */
describe('Py OCR: the examples of faults', () => {
  const uploads = [
    ['/upload', 1],
    ['/llm/upload', 2],
    ['/ocr/upload', 8],
  ] as const
  for (const [path, section] of uploads)
    it(`${section}: 失败, 服务器内部错误`, async () => {
      await using api = await startTestApi()
      api.gateway.failure = new TypeError('inner')

      const response = await api.fetch(`/api${path}`, { method: 'POST', body: fileForm() })

      assert.equal(response.status, 500)
      assertIsExample(await readJson(response), documented[section].innerError)
    })

  for (const path of ['/cancel', '/llm/cancel', '/ocr/cancel'])
    it(`10: 取消任务失败, at ${path}`, async () => {
      await using api = await startTestApi({ documents: [sampleStatus()] })
      api.gateway.failure = new Error('3 INVALID_ARGUMENT')

      const response = await api.fetch(`/api${path}/${sampleDocumentId()}`, { method: 'POST' })

      assert.equal(response.status, 400)
      assertIsExample(await readJson(response), documented[10].cancelFailed)
    })
})
