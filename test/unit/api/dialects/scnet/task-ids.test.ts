import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { startScnetApi, taskStatus, type ScnetApi } from '../../../../support/scnet-api.ts'

const ID = sampleDocumentId()
const OTHER = sampleDocumentId(1)

function post(api: ScnetApi, body: unknown) {
  return api.call('/result', { method: 'POST', body })
}

describe('task ids', () => {
  for (const body of [{ task_ids: [ID] }, { taskIds: [ID] }, { task_id: ID }, { taskId: ID }])
    it(`come in a body as ${Object.keys(body).join('')}`, async () => {
      await using api = await startScnetApi({ documents: [taskStatus()] })

      const answer = await post(api, body)

      assert.equal(answer.body.output.taskId, ID)
    })

  for (const query of [
    `taskId=${ID}`,
    `task_id=${ID}`,
    `taskIds=${ID},${OTHER}`,
    `task_ids=${ID},${OTHER}`,
    `taskIds=${ID}&taskIds=${OTHER}`,
  ])
    it(`come in a query as ${query.replaceAll(/[\da-f]{8}-[\da-f-]+/g, 'T')}`, async () => {
      const documents = [taskStatus(), taskStatus({ documentId: OTHER })]
      await using api = await startScnetApi({ documents })

      const { status, body } = await api.call(`/result?${query}`)

      assert.equal(status, 200)
      assert.equal(body.data[0].output.task_id, ID)
      assert.equal(body.data.length, query.includes(OTHER) ? 2 : 1)
    })

  for (const [what, taskIds] of [
    ['a number', [2_056_706_028_668_284]],
    ['another character', ['../x']],
    ['65 characters', ['x'.repeat(65)]],
    ['no text', ['']],
    ['an empty list', []],
    ['more than 100 ids', Array.from({ length: 101 }, () => ID)],
    ['nothing', undefined],
  ] as const)
    it(`are refused: ${what}`, async () => {
      await using api = await startScnetApi()

      const { status, body } = await post(api, { task_ids: taskIds })

      assert.equal(status, 400)
      assert.equal(body.error.type, 'InvalidParameter')
      assert.equal(body.msg, 'Parameter illegal')
      assert.equal(body.error.message, 'Parameter illegal')
    })

  it('are 100 at most', async () => {
    await using api = await startScnetApi()

    const { status, body } = await post(api, {
      task_ids: Array.from({ length: 100 }, (_, place) => `T${place}`),
    })

    assert.equal(status, 200)
    assert.equal(body.data.length, 100)
  })

  it('are needed in a query too', async () => {
    await using api = await startScnetApi()

    const { status } = await api.call('/result')

    assert.equal(status, 400)
  })

  it('are read from a query although the content type is JSON and the body empty', async () => {
    await using api = await startScnetApi({ documents: [taskStatus()] })

    const { status, body } = await api.call(`/result?taskId=${ID}`, {
      headers: { 'content-type': 'application/json' },
    })

    assert.equal(status, 200)
    assert.equal(body.output.taskId, ID)
  })
})
