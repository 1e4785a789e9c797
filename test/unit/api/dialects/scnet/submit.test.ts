import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { startScnetApi } from '../../../../support/scnet-api.ts'
import { SCNET_EXAMPLES, shapeOf, wrappedForm } from '../../../../support/scnet-examples.ts'

const ID = sampleDocumentId()
const FILE_URL = 'https://files.example.com/a.pdf'

describe('POST /submit', () => {
  it('answers in the form of the tables and in the form of the samples', async () => {
    await using api = await startScnetApi()

    const { status, headers, body } = await api.call('/submit', {
      method: 'POST',
      body: { file_url: FILE_URL },
    })

    assert.equal(status, 200)
    assert.deepEqual(shapeOf(wrappedForm(body)), shapeOf(SCNET_EXAMPLES.submitted))
    const requestId = headers.get('x-request-id')
    assert.deepEqual(body, {
      code: '200',
      msg: '',
      data: { output: { task_status: 'pending', task_id: ID }, request_id: requestId },
      output: {
        taskId: ID,
        taskStatus: 'PENDING',
        task_id: ID,
        task_status: 'pending',
        estimatedSeconds: 10,
      },
      request_id: requestId,
      requestId,
    })
    assert.equal(headers.get('location'), `/api/llm/v1/ocrdoc/result?taskId=${ID}`)
    assert.equal(headers.get('retry-after'), '5')
  })

  it('leaves the fetching of the file to the task', async () => {
    await using api = await startScnetApi({ api: { maxUploadBytes: 77, maxPages: 12 } })

    await api.call('/submit', {
      method: 'POST',
      body: { fileUrl: FILE_URL, ocrType: 'DOC_PARING' },
    })

    const [submission] = api.gateway.submissions
    assert.deepEqual(submission?.source, {
      kind: 'remote',
      remote: { url: FILE_URL, maxBytes: 77, mediaTypes: null },
    })
    assert.equal(submission.dialect, 'scnet')
    assert.equal(submission.engine, 'paddle')
    assert.equal(submission.maxPages, 12)
    assert.equal(submission.textStyle, 'form-feed')
  })

  for (const field of ['ocr_type', 'ocrType'])
    it(`refuses another ${field} than DOC_PARING`, async () => {
      await using api = await startScnetApi()

      const { status, body } = await api.call('/submit', {
        method: 'POST',
        body: { file_url: FILE_URL, [field]: 'DOC_PARSING' },
      })

      assert.equal(status, 400)
      assert.equal(body.error.type, 'InvalidParameter')
      assert.equal(api.gateway.submissions.length, 0)
    })

  for (const [what, fileUrl] of [
    ['no URL', 'nonsense'],
    ['another scheme', 'ftp://files.example.com/a.pdf'],
    ['a user name', 'https://user@files.example.com/a.pdf'],
    ['a port that is not allowed', 'https://files.example.com:58043/a.pdf'],
    ['a private address in disguise', 'http://0x7f.1/a.pdf'],
  ] as const)
    it(`refuses what the text of the URL shows: ${what}`, async () => {
      await using api = await startScnetApi()

      const { status, body } = await api.call('/submit', {
        method: 'POST',
        body: { file_url: fileUrl },
      })

      assert.equal(status, 400)
      assert.equal(body.error.type, 'InvalidParameter')
      assert.equal(body.error.detail_code, 'URL_NOT_ALLOWED')
      assert.ok(!JSON.stringify(body).includes('a.pdf'))
    })

  it('takes the ports of the document when they are allowed', async () => {
    await using api = await startScnetApi({
      api: { urlRules: { allowedHosts: [], allowedPorts: [58_043] } },
    })

    const { status } = await api.call('/submit', { method: 'POST', body: SCNET_EXAMPLES.submit })

    assert.equal(status, 200)
  })

  it('has no output in an error, so that the samples fail visibly', async () => {
    await using api = await startScnetApi()

    const { status, headers, body } = await api.call('/submit', { method: 'POST', body: {} })

    assert.equal(status, 400)
    const { detail_code: detailCode, ...error } = body.error
    assert.deepEqual(shapeOf(error), shapeOf(SCNET_EXAMPLES.error.error))
    assert.equal(detailCode, 'REQUEST_MALFORMED')
    assert.deepEqual(Object.keys(body), ['code', 'msg', 'request_id', 'requestId', 'error'])
    assert.equal(body.code, '400')
    assert.equal(body.msg, 'Parameter illegal')
    assert.equal(error.code, '400')
    assert.equal(error.message, body.msg)
    assert.equal(body.request_id, headers.get('x-request-id'))
    assert.equal(body.requestId, body.request_id)
  })

  for (const [what, body] of [
    ['broken JSON', '{"file_url":'],
    ['a list', []],
    ['a URL that is no text', { file_url: 5 }],
  ] as const)
    it(`answers ${what} in the envelope`, async () => {
      await using api = await startScnetApi()

      const answer = await api.call('/submit', { method: 'POST', body })

      assert.equal(answer.status, 400)
      assert.equal(answer.body.error.type, 'InvalidParameter')
    })

  it('answers 422 when an idempotency key is used for another file', async () => {
    await using api = await startScnetApi()
    api.gateway.failure = new OcrError('IDEMPOTENCY_KEY_REUSED', 'Cannot submit')

    const { status, body } = await api.call('/submit', {
      method: 'POST',
      body: { file_url: FILE_URL },
      headers: { 'idempotency-key': 'one' },
    })

    assert.equal(status, 422)
    assert.equal(body.code, '422')
    assert.equal(body.error.detail_code, 'IDEMPOTENCY_KEY_REUSED')
  })

  it('says of a repeated submit that it was replayed', async () => {
    await using api = await startScnetApi()
    api.gateway.isReplayed = true

    const { headers } = await api.call('/submit', {
      method: 'POST',
      body: { file_url: FILE_URL },
      headers: { 'idempotency-key': 'one' },
    })

    assert.equal(headers.get('idempotent-replayed'), 'true')
    assert.equal(api.gateway.submissions[0]?.idempotencyKey, 'one')
  })

  it('answers "0" in the style of the other revision', async () => {
    await using api = await startScnetApi({ api: { scnet: { apiKeys: [], codeStyle: 'zero' } } })

    const { body } = await api.call('/submit', { method: 'POST', body: { file_url: FILE_URL } })

    assert.equal(body.code, '0')
  })
})
