import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StoredDocument } from '../../../../src/api/gateway/document-source.ts'
import {
  completedStatus,
  sampleDocumentId,
  sampleStatus,
} from '../../../support/document-status.ts'
import { requestWith } from '../../../support/gateway-fixtures.ts'
import { readJson } from '../../../support/read-json.ts'
import { startTestApi } from '../../../support/test-api.ts'

const EARLIER = sampleDocumentId(1)
const PATH = `/v1/documents/${EARLIER}/rerun`

function storedWith(change: Parameters<typeof requestWith>[0] = {}): StoredDocument {
  const { password: _password, ...request } = requestWith({ documentId: EARLIER, ...change })
  const { sha256, sizeBytes, mediaType, fileName } = request
  return { request, source: { kind: 'stored', sha256, sizeBytes, mediaType, fileName } }
}

async function startWith(stored: StoredDocument, status = completedStatus) {
  const api = await startTestApi({ documents: [status({ documentId: EARLIER })] })
  api.gateway.storedDocuments.set(EARLIER, stored)
  return api
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

describe('POST /v1/documents/{id}/rerun', () => {
  it('reads the stored file as before, as a new document', async () => {
    const pages = [[2, 3]] as const
    const stored = storedWith({ dialect: 'py-ocr', languages: ['zh'], dpi: 300, pages })
    await using api = await startWith(stored)

    const response = await api.fetch(PATH, { method: 'POST' })
    const body = await readJson(response)

    assert.equal(response.status, 202)
    assert.deepEqual([body.id, body.status], [sampleDocumentId(), 'queued'])
    assert.equal(response.headers.get('location'), `/v1/documents/${sampleDocumentId()}`)
    assert.partialDeepStrictEqual(api.gateway.submissions[0], {
      source: stored.source,
      dialect: 'v1',
      owner: null,
      engine: 'paddle',
      languages: ['zh'],
      dpi: 300,
      pages,
      password: null,
      maxPages: 5_000,
      textStyle: 'form-feed',
    })
  })

  it('takes another engine with its resolution, other pages, and the password', async () => {
    const question = { model: 'deepseek', prompt: 'x' } as const
    await using api = await startWith(storedWith({ engine: 'deepseek', dpi: 144, question }))

    await api.fetch(PATH, json({}))
    await api.fetch(PATH, json({ engine: 'tesseract', pages: '1,4-5', password: 'open' }))

    assert.equal(api.gateway.submissions[0]?.question, question)
    assert.partialDeepStrictEqual(api.gateway.submissions[1], {
      engine: 'tesseract',
      pages: [
        [1, 1],
        [4, 5],
      ],
      password: 'open',
      question: null,
    })
  })

  it('keeps a resolution that was chosen, and takes the engine’s in place of another’s', async () => {
    const dpiOf = async (dpi: number): Promise<number | undefined> => {
      await using api = await startWith(storedWith({ engine: 'paddle', dpi }))
      await api.fetch(PATH, json({ engine: 'llm' }))
      return api.gateway.submissions[0]?.dpi
    }

    assert.equal(await dpiOf(333), 333)
    assert.equal(await dpiOf(200), 200)
  })

  it('has an idempotency key of its own for each document', async () => {
    await using api = await startWith(storedWith())

    await api.fetch(PATH, { method: 'POST', headers: { 'Idempotency-Key': 'k' } })

    assert.partialDeepStrictEqual(api.gateway.submissions[0], {
      idempotencyKey: 'k',
      route: `v1/documents/${EARLIER}/rerun`,
    })
  })

  it('answers 404 for an unknown document and for one of a user', async () => {
    await using api = await startTestApi({
      documents: [completedStatus({ documentId: EARLIER, owner: 'qianxia:a' })],
    })
    api.gateway.storedDocuments.set(EARLIER, storedWith())

    for (const id of [EARLIER, sampleDocumentId(2), 'x']) {
      const response = await api.fetch(`/v1/documents/${id}/rerun`, { method: 'POST' })
      assert.equal((await readJson(response)).code, 'DOCUMENT_NOT_FOUND')
    }
    assert.deepEqual(api.gateway.submissions, [])
  })

  it('says whether the file is still to come or gone', async () => {
    const { request } = storedWith()
    await using running = await startWith({ request, source: null }, sampleStatus)
    await using ended = await startWith({ request, source: null })

    const early = await running.fetch(PATH, { method: 'POST' })
    const late = await ended.fetch(PATH, { method: 'POST' })

    assert.deepEqual([early.status, (await readJson(early)).code], [409, 'RESULT_NOT_READY'])
    assert.deepEqual([late.status, (await readJson(late)).code], [404, 'BLOB_MISSING'])
  })

  for (const [what, init, status] of [
    ['an unknown engine', json({ engine: 'magic' }), 400],
    ['pages that are none', json({ pages: '0' }), 400],
    ['a list', json([]), 400],
    ['broken JSON', { ...json({}), body: '{' }, 400],
    ['a form', { method: 'POST', body: new URLSearchParams({ engine: 'llm' }) }, 415],
    ['more than a megabyte', json({ pages: 'x'.repeat(1_100_000) }), 413],
  ] as const)
    it(`refuses ${what}`, async () => {
      await using api = await startWith(storedWith())

      assert.equal((await api.fetch(PATH, init)).status, status)
      assert.deepEqual(api.gateway.submissions, [])
    })
})
