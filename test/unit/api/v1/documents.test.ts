import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DocumentStatus } from '../../../../src/contract/document-status.ts'
import {
  completedStatus,
  sampleDocumentId,
  sampleStatus,
} from '../../../support/document-status.ts'
import { rawRequest } from '../../../support/raw-request.ts'
import { startTestApi } from '../../../support/test-api.ts'
import { readJson } from '../../../support/read-json.ts'

const ID = sampleDocumentId()
const PATH = `/v1/documents/${ID}`

describe('GET /v1/documents/{id}', () => {
  it('shows everything that is known, in the documented form', async () => {
    const failedPages = [{ page: 3, code: 'PAGE_TIMEOUT' }] as const
    await using api = await startTestApi({
      documents: [
        sampleStatus({
          failedPages,
          queuedReason: 'NO_WORKER',
          pages: [
            [1, 3],
            [7, 7],
          ],
          marks: 'od.f',
          pagesUnderWay: [{ page: 3, attempt: 2, lastFailure: 'ENGINE_TIMED_OUT' }],
        }),
      ],
      api: { temporalUi: { url: 'https://temporal.example.com/ui', namespace: 'a b' } },
    })

    const response = await api.fetch(PATH)

    assert.equal(response.status, 200)
    assert.deepEqual(await readJson(response), {
      id: ID,
      status: 'processing',
      engine: 'paddle',
      file_name: '发票 1.pdf',
      media_type: 'pdf',
      size_bytes: 12_345,
      selection: '1-3,7',
      created_at: '2024-03-07T09:59:58.999Z',
      started_at: '2024-03-07T10:00:00.123Z',
      completed_at: null,
      pages: { total: 4, done: 2, ok: 1, empty: 0, degraded: 1, failed: 0 },
      page_marks: 'od.f',
      running_pages: [{ page: 3, attempt: 2, code: 'ENGINE_TIMED_OUT' }],
      failed_pages: [{ page: 3, code: 'PAGE_TIMEOUT' }],
      failure: null,
      queued_reason: 'NO_WORKER',
      results: null,
      usage: null,
      run_url: `https://temporal.example.com/ui/namespaces/a%20b/workflows/document-${ID}`,
    })
  })

  it('tells of its pages what is known in every state', async () => {
    const states: [DocumentStatus, unknown][] = [
      [sampleStatus({ state: 'queued', mediaType: null, sizeBytes: null }), [null, null, null]],
      [sampleStatus(), [null, 'pdf', 12_345]],
      [sampleStatus({ state: 'cancelling', marks: 'o...' }), ['o...', 'pdf', 12_345]],
      [completedStatus(), ['oooo', 'pdf', 12_345]],
      [sampleStatus({ state: 'cancelled', marks: 'o...' }), ['o...', 'pdf', 12_345]],
      // It could not be opened.
      [sampleStatus({ state: 'failed', marks: '' }), [null, 'pdf', 12_345]],
    ]

    for (const [status, told] of states) {
      await using api = await startTestApi({ documents: [status] })
      const body = await readJson(await api.fetch(PATH))
      assert.deepEqual([body.page_marks, body.media_type, body.size_bytes], told, status.state)
      assert.deepEqual([body.running_pages, body.selection, body.run_url], [[], null, null])
    }
  })

  it('leads to the results once there are some', async () => {
    await using api = await startTestApi({
      documents: [completedStatus()],
      api: { publicUrl: 'https://ocr.example.com' },
    })

    const body = await readJson(await api.fetch(PATH))

    assert.equal(body.results.markdown, `https://ocr.example.com${PATH}/result?format=markdown`)
    assert.equal(body.completed_at, '2024-03-07T10:01:00.123Z')
  })

  it('names the failure of a failed document', async () => {
    await using api = await startTestApi({
      documents: [sampleStatus({ state: 'failed', failureCode: 'ENCRYPTED_PDF' })],
    })

    const body = await readJson(await api.fetch(PATH))

    assert.deepEqual(body.failure, { code: 'ENCRYPTED_PDF', title: 'PDF is encrypted' })
  })

  it('answers 304 to the ETag it sent, weak and to be revalidated', async () => {
    await using api = await startTestApi({ documents: [sampleStatus()] })

    const first = await api.fetch(PATH)
    const etag = first.headers.get('etag') ?? ''
    const second = await rawRequest(api.url + PATH, { headers: { 'if-none-match': etag } })

    assert.match(etag, /^W\//)
    assert.equal(first.headers.get('cache-control'), 'private, no-cache')
    assert.equal(second.status, 304)
  })

  it('waits for the end when asked to, and stops waiting when the server stops', async () => {
    await using api = await startTestApi({ documents: [sampleStatus()] })

    const waiting = api.fetch(`${PATH}?wait=60`)
    while (api.gateway.waitedMs.length === 0) await new Promise(setImmediate)
    api.stop()

    assert.equal((await waiting).status, 200)
    assert.deepEqual(api.gateway.waitedMs, [60_000])
  })

  for (const wait of ['61', '-1', '1.5', 'x', ''])
    it(`refuses wait=${wait}`, async () => {
      await using api = await startTestApi({ documents: [sampleStatus()] })

      assert.equal((await api.fetch(`${PATH}?wait=${wait}`)).status, 400)
    })

  it('answers 404 to ids that are unknown and to what is no id', async () => {
    await using api = await startTestApi()

    const ids = [ID, 'x', "'", 'constructor', '..%2f..%2fetc', 'a'.repeat(5_000)]
    const answers = await Promise.all(ids.map((id) => api.fetch(`/v1/documents/${id}`)))

    for (const answer of answers)
      assert.partialDeepStrictEqual(await readJson(answer), {
        status: 404,
        code: 'DOCUMENT_NOT_FOUND',
      })
  })
})

describe('GET /v1/documents', () => {
  it('lists documents and leads to the next page', async () => {
    await using api = await startTestApi({ documents: [completedStatus()] })
    api.gateway.nextCursor = 'abc'

    const response = await api.fetch('/v1/documents?limit=1&status=completed')
    const body = await readJson(response)

    assert.deepEqual(api.gateway.listQueries, [
      { limit: 1, cursor: null, state: 'completed', owner: null },
    ])
    assert.deepEqual([body.documents.length, body.documents[0].id], [1, ID])
    assert.equal(body.next_cursor, 'abc')
    assert.equal(
      response.headers.get('link'),
      `<${api.url}/v1/documents?limit=1&cursor=abc&status=completed>; rel="next"`,
    )
  })

  it('refuses a limit, a state or a cursor that cannot be', async () => {
    await using api = await startTestApi()

    const queries = [
      'limit=0',
      'limit=101',
      'status=done',
      `cursor=${'a'.repeat(4_097)}`,
      'limit=1&limit=2',
    ]
    const answers = await Promise.all(queries.map((query) => api.fetch(`/v1/documents?${query}`)))

    assert.deepEqual(
      answers.map((answer) => answer.status),
      [400, 400, 400, 400, 400],
    )
  })
})

describe('POST /v1/documents/{id}/cancel', () => {
  it('answers 202 with the state', async () => {
    await using api = await startTestApi({ documents: [sampleStatus()] })

    const response = await api.fetch(`${PATH}/cancel`, { method: 'POST' })

    assert.equal(response.status, 202)
    assert.deepEqual(await readJson(response), { id: ID, status: 'cancelling' })
  })

  it('answers 409 when the document has ended and 404 when it is unknown', async () => {
    await using api = await startTestApi({ documents: [completedStatus()] })

    const ended = await api.fetch(`${PATH}/cancel`, { method: 'POST' })
    const unknown = await api.fetch(`/v1/documents/${sampleDocumentId(1)}/cancel`, {
      method: 'POST',
    })

    assert.equal(ended.status, 409)
    assert.partialDeepStrictEqual(await readJson(ended), {
      code: 'DOCUMENT_FINISHED',
      detail: 'The document is completed',
      document_id: ID,
    })
    assert.equal(unknown.status, 404)
  })
})

describe('DELETE /v1/documents/{id}', () => {
  it('answers 204 once and 404 from then on', async () => {
    await using api = await startTestApi({ documents: [completedStatus()] })

    const first = await api.fetch(PATH, { method: 'DELETE' })
    const second = await api.fetch(PATH, { method: 'DELETE' })

    assert.deepEqual([first.status, second.status], [204, 404])
  })

  it('treats a document of a user as unknown, and lists it to nobody else', async () => {
    const owned = completedStatus({ owner: 'qianxia:somebody', dialect: 'qianxia' })
    await using api = await startTestApi({ documents: [owned] })
    const path = `/v1/documents/${owned.documentId}`

    for (const asked of [path, `${path}/result`, `${path}/pages/1`, `${path}/events`])
      assert.equal((await api.fetch(asked)).status, 404, asked)
    for (const [asked, method] of [
      [`${path}/cancel`, 'POST'],
      [path, 'DELETE'],
    ] as const)
      assert.equal((await api.fetch(asked, { method })).status, 404, asked)
    await api.fetch('/v1/documents')

    assert.equal(api.gateway.listQueries[0]?.owner, null)
    assert.ok(api.gateway.documents.has(owned.documentId))
  })
})
