import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { OcrError } from '../../../../src/platform/errors.ts'
import { completedStatus, sampleDocumentId } from '../../../support/document-status.ts'
import { fileForm, PDF_BYTES, startTestApi } from '../../../support/test-api.ts'
import { readJson } from '../../../support/read-json.ts'

const ID = sampleDocumentId()
const PATH = `/v1/documents/${ID}`

/** Posts a form and reads the answer. */
async function submit(api: Awaited<ReturnType<typeof startTestApi>>, init: RequestInit) {
  const response = await api.fetch('/v1/documents', { method: 'POST', ...init })
  return { response, body: await readJson(response) }
}

describe('POST /v1/documents', () => {
  it('answers 202 with id, status and links, and says where and when to look', async () => {
    await using api = await startTestApi()

    const { response, body } = await submit(api, { body: fileForm() })

    const self = `${api.url}${PATH}`
    assert.equal(response.status, 202)
    assert.deepEqual(body, {
      id: ID,
      status: 'queued',
      links: {
        self,
        cancel: `${self}/cancel`,
        pages: `${self}/pages/{n}`,
        results: {
          text: `${self}/result?format=text`,
          markdown: `${self}/result?format=markdown`,
          json: `${self}/result?format=json`,
        },
      },
    })
    assert.equal(response.headers.get('location'), PATH)
    assert.equal(response.headers.get('retry-after'), '5')
    assert.equal(response.headers.get('idempotent-replayed'), null)
    assert.deepEqual(await readdir(`${api.directory}/uploads`), [])
  })

  it('hands over the defaults of the configuration and of the engine', async () => {
    await using api = await startTestApi()

    await submit(api, { body: fileForm(PDF_BYTES, { fields: { engine: '', pages: '' } }) })

    const { source, ...others } = api.gateway.submissions[0] ?? {}
    assert.equal(source?.kind, 'upload')
    assert.deepEqual(
      [others],
      [
        {
          dialect: 'v1',
          owner: null,
          senderAddress: '127.0.0.1',
          route: 'v1/documents',
          idempotencyKey: null,
          engine: 'paddle',
          languages: null,
          dpi: 200,
          pages: null,
          password: null,
          callback: null,
          maxPages: 5_000,
          maxImageSidePx: null,
          textStyle: 'form-feed',
          deadlineMs: null,
        },
      ],
    )
  })

  it('reads every field', async () => {
    await using api = await startTestApi()
    const fields = {
      engine: 'tesseract',
      languages: 'zh, en',
      dpi: '300',
      pages: '7,1-3',
      password: '密码',
    }

    await submit(api, {
      body: fileForm(PDF_BYTES, { fields }),
      headers: { 'idempotency-key': 'k 1' },
    })

    assert.partialDeepStrictEqual(api.gateway.submissions[0], {
      engine: 'tesseract',
      languages: ['zh', 'en'],
      dpi: 300,
      pages: [
        [1, 3],
        [7, 7],
      ],
      password: '密码',
      idempotencyKey: 'k 1',
    })
  })

  it('answers a repeated idempotency key with the state the document has now', async () => {
    await using api = await startTestApi({ documents: [completedStatus()] })
    api.gateway.isReplayed = true

    const { response, body } = await submit(api, { body: fileForm() })

    assert.equal(response.headers.get('idempotent-replayed'), 'true')
    assert.equal(body.status, 'completed')
  })

  const refused: [string, string, RequestInit, number, string][] = [
    ['a form without a file', 'file', { body: new FormData() }, 400, 'REQUEST_MALFORMED'],
    ['a body that is no form', 'file', { body: 'x' }, 400, 'REQUEST_MALFORMED'],
    ['an empty file', '', { body: fileForm(Buffer.alloc(0)) }, 400, 'EMPTY_FILE'],
    [
      'a file of another type',
      'PDF',
      { body: fileForm(Buffer.from('MZ\u0000')) },
      415,
      'UNSUPPORTED_FILE_TYPE',
    ],
    [
      'a file over the limit',
      '',
      { body: fileForm(Buffer.concat([PDF_BYTES, Buffer.alloc(100_001)])) },
      413,
      'FILE_TOO_LARGE',
    ],
    [
      'a wrong field',
      'dpi',
      { body: fileForm(PDF_BYTES, { fields: { dpi: '71' } }) },
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'a compressed body',
      'compressed',
      { body: fileForm(), headers: { 'content-encoding': 'gzip' } },
      415,
      'REQUEST_MALFORMED',
    ],
    [
      'an idempotency key of other characters',
      'Idempotency-Key',
      { body: fileForm(), headers: { 'idempotency-key': 'a'.repeat(256) } },
      400,
      'REQUEST_MALFORMED',
    ],
  ]
  for (const [what, detail, init, status, code] of refused)
    it(`refuses ${what}`, async () => {
      await using api = await startTestApi()

      const { response, body } = await submit(api, init)

      assert.deepEqual([response.status, body.code], [status, code])
      assert.ok(String(body.detail ?? '').includes(detail), body.detail)
      assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8')
      assert.equal(api.gateway.submissions.length, 0)
    })

  for (const [field, text] of Object.entries({
    engine: 'abbyy',
    languages: 'zh,fr',
    dpi: '601',
    pages: '3-1',
    password: 'x'.repeat(1_001),
  }))
    it(`refuses ${field} out of bounds, by name, without repeating the value`, async () => {
      await using api = await startTestApi()

      const { response, body } = await submit(api, {
        body: fileForm(PDF_BYTES, { fields: { [field]: text } }),
      })

      assert.equal(response.status, 400)
      assert.deepEqual(
        body.errors.map((error: { in: string; path: string }) => [error.in, error.path]),
        [['body', field]],
      )
      assert.equal(JSON.stringify(body.errors).includes(text), false)
    })

  it('answers 503 with Retry-After when Temporal is away', async () => {
    await using api = await startTestApi()
    api.gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'inner words', {
      retryAfterMs: 7_000,
    })

    const { response, body } = await submit(api, { body: fileForm() })

    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '7'])
    assert.equal(JSON.stringify(body).includes('inner words'), false)
  })
})
