import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { scnetResultKey } from '../../../../../src/storage/object-keys.ts'
import { sampleDocumentId, sampleStatus } from '../../../../support/document-status.ts'
import {
  startScnetApi,
  succeededStatus,
  taskStatus,
  type ScnetApi,
} from '../../../../support/scnet-api.ts'
import { SCNET_EXAMPLES, shapeOf, wrappedForm } from '../../../../support/scnet-examples.ts'

const ID = sampleDocumentId()
const OTHER = sampleDocumentId(1)
const SUBMITTED = '2024-03-07 17:59:58'
const ENDED = '2024-03-07 18:01:00'

const failedStatus = taskStatus({
  state: 'failed',
  failureCode: 'CORRUPT_PDF',
  endedAt: '2024-03-07T10:01:00.123Z',
})

function post(api: ScnetApi, body: unknown) {
  return api.call('/result', { method: 'POST', body })
}

/** The body by both ways, which differ only in the ids of the requests. */
async function bothWays(api: ScnetApi, taskId: string): Promise<unknown> {
  const posted = await post(api, { task_ids: [taskId] })
  const got = await api.call(`/result?taskId=${taskId}`)
  assert.equal(posted.status, 200)
  const generic = (answer: typeof posted): unknown =>
    JSON.parse(
      JSON.stringify(answer.body).replaceAll(answer.headers.get('x-request-id') ?? '', 'R'),
    )
  assert.deepEqual(shapeOf(generic(got)), shapeOf(generic(posted)))
  return generic(posted)
}

describe('POST and GET /result', () => {
  it('answer a succeeded task in both forms', async () => {
    await using api = await startScnetApi({ documents: [succeededStatus()] })

    const body = await bothWays(api, ID)

    const { body: answer } = await post(api, { task_ids: [ID] })
    const { results, ...mirror } = answer.output
    const [item] = answer.data
    assert.deepEqual(shapeOf(body), {
      ...(shapeOf({
        ...SCNET_EXAMPLES.succeeded,
        data: [SCNET_EXAMPLES.succeeded.data[0]],
      }) as object),
      output: { ...(shapeOf(mirror) as object), results: ['string'] },
      request_id: 'string',
      requestId: 'string',
    })
    assert.equal(answer.code, '0')
    assert.equal(answer.msg, 'success')
    assert.deepEqual(item.output, {
      results,
      task_id: ID,
      task_status: 'succeeded',
      submit_time: SUBMITTED,
      end_time: ENDED,
    })
    assert.deepEqual(item.usage, { image_count: 4 })
    assert.deepEqual(mirror, {
      taskId: ID,
      taskStatus: 'SUCCEEDED',
      submitTime: SUBMITTED,
      endTime: ENDED,
      task_id: ID,
      task_status: 'succeeded',
    })
  })

  it('answer a running task in both forms, with an estimate in the mirror only', async () => {
    await using api = await startScnetApi({ documents: [taskStatus()] })

    const body = await bothWays(api, ID)

    assert.deepEqual(shapeOf(body), {
      ...(shapeOf(SCNET_EXAMPLES.running) as object),
      output: {
        taskId: 'string',
        taskStatus: 'string',
        submitTime: 'string',
        task_id: 'string',
        task_status: 'string',
        estimatedSeconds: 'number',
      },
      request_id: 'string',
      requestId: 'string',
    })
    const { body: answer } = await post(api, { task_ids: [ID] })
    assert.equal(answer.code, '200')
    assert.equal(answer.msg, '')
    assert.equal(answer.output.taskStatus, 'RUNNING')
    assert.equal(answer.output.task_status, 'running')
    assert.equal(answer.data[0].output.submit_time, SUBMITTED)
    assert.ok(Number.isInteger(answer.output.estimatedSeconds))
  })

  it('answer a pending task likewise', async () => {
    await using api = await startScnetApi({
      documents: [taskStatus({ state: 'queued', startedAt: null })],
    })

    const { body } = await post(api, { task_ids: [ID] })

    assert.equal(body.output.taskStatus, 'PENDING')
    assert.equal(body.output.estimatedSeconds, 10)
    assert.deepEqual(body.data[0].output, {
      task_id: ID,
      task_status: 'pending',
      submit_time: SUBMITTED,
    })
  })

  it('answer a failed task in both forms', async () => {
    await using api = await startScnetApi({ documents: [failedStatus] })

    const body = await bothWays(api, ID)

    const message = 'Parameter illegal'
    assert.deepEqual(body, {
      code: '200',
      msg: '',
      data: [
        {
          request_id: 'R',
          output: {
            task_id: ID,
            task_status: 'failed',
            submit_time: SUBMITTED,
            end_time: ENDED,
            error_code: 'InvalidParameter',
            error_message: message,
            detail_code: 'CORRUPT_PDF',
          },
        },
      ],
      output: {
        taskId: ID,
        taskStatus: 'FAILED',
        submitTime: SUBMITTED,
        endTime: ENDED,
        errorCode: 'InvalidParameter',
        errorMessage: message,
        task_id: ID,
        task_status: 'failed',
      },
      request_id: 'R',
      requestId: 'R',
    })
  })

  it('call a cancelled task failed', async () => {
    await using api = await startScnetApi({
      documents: [taskStatus({ state: 'cancelled', endedAt: '2024-03-07T10:01:00.123Z' })],
    })

    const { body } = await post(api, { task_ids: [ID] })

    assert.equal(body.output.taskStatus, 'FAILED')
    assert.equal(body.output.errorCode, 'unknown_error')
    assert.equal(body.output.errorMessage, 'Task cancelled')
  })

  it('answer two tasks in the order asked, without a mirror', async () => {
    const second = succeededStatus({ documentId: OTHER })
    await using api = await startScnetApi({ documents: [succeededStatus(), second] })

    const { body } = await post(api, { task_ids: [OTHER, ID] })

    assert.deepEqual(shapeOf(wrappedForm(body)), shapeOf(SCNET_EXAMPLES.succeeded))
    assert.equal(body.code, '0')
    assert.equal('output' in body, false)
    assert.deepEqual(
      body.data.map((item: { output: { task_id: string } }) => item.output.task_id),
      [OTHER, ID],
    )
  })

  it('say "200" when one of them has not succeeded', async () => {
    await using api = await startScnetApi({ documents: [succeededStatus()] })

    const { status, headers, body } = await post(api, { task_ids: [ID, 'T2'] })

    assert.equal(status, 200)
    assert.equal(body.code, '200')
    assert.equal(body.msg, '')
    assert.deepEqual(body.data[1], {
      output: { task_id: 'T2', task_status: 'unknown' },
      request_id: headers.get('x-request-id'),
    })
    assert.equal('output' in body, false)
  })

  it('answer an id as often as it was asked', async () => {
    await using api = await startScnetApi({ documents: [succeededStatus()] })

    const { body } = await post(api, { task_ids: [ID, ID] })

    assert.equal(body.data.length, 2)
    assert.equal('output' in body, false)
  })

  it('say "0" throughout in the style of the other revision', async () => {
    await using api = await startScnetApi({
      documents: [taskStatus()],
      api: { scnet: { apiKeys: [], codeStyle: 'zero' } },
    })

    const { body } = await post(api, { task_ids: [ID] })

    assert.equal(body.code, '0')
    assert.equal(body.msg, '')
  })

  it('sign the result afresh for 12 hours, as an attachment of the documented name', async () => {
    await using api = await startScnetApi({ documents: [succeededStatus()] })
    const key = scnetResultKey(ID, succeededStatus().createdAt)
    await api.store.put(key, Buffer.from('{}'), { contentType: 'application/json' })

    const { body } = await post(api, { task_ids: [ID] })

    const url = new URL(body.output.results[0])
    const name = `001_result_${ID}.json`
    assert.equal(url.origin, api.url)
    assert.equal(url.pathname, `/files/documents/${ID}/results/2024/03/07/${ID}/${name}`)
    const leftSeconds = Number(url.searchParams.get('exp')) - Date.now() / 1_000
    assert.ok(leftSeconds > 43_100 && leftSeconds <= 43_201)
    const file = await fetch(url)
    assert.equal(file.headers.get('content-disposition'), `attachment; filename=${name}`)
    assert.equal(await file.text(), '{}')
  })

  it('never tell of the documents of another dialect', async () => {
    await using api = await startScnetApi({ documents: [sampleStatus()] })

    const { body } = await post(api, { task_ids: [ID] })

    assert.deepEqual(body.data[0].output, { task_id: ID, task_status: 'unknown' })
    assert.deepEqual(body.output, {
      taskId: ID,
      taskStatus: 'UNKNOWN',
      task_id: ID,
      task_status: 'unknown',
    })
  })
})

describe('GET /result of an unknown task', () => {
  it('is a 404 with an output that lets the samples end', async () => {
    await using api = await startScnetApi()

    const { status, headers, body } = await api.call('/result?taskId=T')

    const requestId = headers.get('x-request-id')
    assert.equal(status, 404)
    assert.deepEqual(body, {
      code: '404',
      msg: 'Task not found',
      request_id: requestId,
      requestId,
      error: { code: '404', type: 'task_not_found', message: 'Task not found' },
      output: {
        taskId: 'T',
        taskStatus: 'FAILED',
        task_id: 'T',
        task_status: 'unknown',
        error_code: 'task_not_found',
        error_message: 'Task not found',
        errorCode: 'task_not_found',
        errorMessage: 'Task not found',
      },
    })
  })

  it('is an item when others were asked for too', async () => {
    await using api = await startScnetApi({ documents: [taskStatus()] })

    const { status, body } = await api.call(`/result?taskIds=${ID},T`)

    assert.equal(status, 200)
    assert.equal(body.data[1].output.task_status, 'unknown')
  })
})
