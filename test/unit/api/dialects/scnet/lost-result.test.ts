import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { startScnetApi, succeededStatus } from '../../../../support/scnet-api.ts'

const ID = sampleDocumentId()
const OTHER = sampleDocumentId(1)

describe('a task whose result is gone', () => {
  it('is failed, and the others of the request are answered', async () => {
    const { manifest } = succeededStatus()
    assert.ok(manifest)
    const gone = [
      succeededStatus({ manifest: null }),
      succeededStatus({ manifest: { ...manifest, results: null } }),
    ]
    for (const damaged of gone) {
      await using api = await startScnetApi({
        documents: [damaged, succeededStatus({ documentId: OTHER })],
      })

      const { status, body } = await api.call('/result', {
        method: 'POST',
        body: { task_ids: [ID, OTHER] },
      })

      assert.equal(status, 200)
      assert.deepEqual(body.data[0].output, {
        task_id: ID,
        task_status: 'failed',
        submit_time: '2024-03-07 17:59:58',
        end_time: '2024-03-07 18:01:00',
        error_code: 'SystemError',
        error_message: 'An system error has occurred, please try again later',
        detail_code: 'BLOB_MISSING',
      })
      assert.equal(body.data[1].output.task_status, 'succeeded')
    }
  })
})
