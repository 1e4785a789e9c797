import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { createV1Api } from '../../../../../web/src/api/v1/v1-api.ts'
import type { Submission } from '../../../../../web/src/model.ts'
import { serve } from '../../../../support/serve.ts'

type Answer = { readonly status?: number; readonly body?: unknown }
type Seen = { readonly line: string; readonly key: string | undefined; readonly body: string }

/** Plays a service that answers each request line as a test says; 404 otherwise. */
async function playing(answers: Readonly<Record<string, Answer>>) {
  const seen: Seen[] = []
  const server = await serve((request, response) => {
    const line = `${request.method} ${request.url}`
    void text(request).then((body) => {
      const key = request.headers['idempotency-key']
      seen.push({ line, body, key: typeof key === 'string' ? key : undefined })
      const { status = 200, body: answer } = answers[line] ?? { status: 404, body: {} }
      response.writeHead(status).end(answer === undefined ? undefined : JSON.stringify(answer))
    })
  })
  return {
    api: createV1Api(server.url),
    url: server.url,
    seen,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const DOCUMENT = {
  id: 'd1',
  status: 'processing',
  engine: 'ocr',
  file_name: 'scan.pdf',
  media_type: 'pdf',
  size_bytes: 1234,
  selection: '2-3,7',
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: '2026-01-01T00:00:01.000Z',
  completed_at: null,
  pages: { total: 3, done: 1, ok: 0, empty: 0, degraded: 0, failed: 1 },
  page_marks: 'f..',
  running_pages: [{ page: 3, attempt: 2, code: 'ENGINE_DOWN' }],
  failed_pages: [{ page: 2, code: 'PAGE_TIMEOUT' }],
  failure: null,
  queued_reason: null,
  run_url: 'https://temporal.example/run',
  results: null,
}

const URL_SUBMISSION: Submission = {
  source: { url: 'https://example.com/a.pdf' },
  engine: 'llm',
  pages: '1-3',
  languages: ['zh', 'en'],
  password: null,
}

const quiet = { signal: new AbortController().signal, onSent: () => undefined, idempotencyKey: 'k' }

describe('the page with /v1', () => {
  it('reads everything that the status of a document says', async () => {
    await using service = await playing({ 'GET /v1/documents/d1': { body: DOCUMENT } })

    const document = await service.api.get('d1')

    assert.deepEqual(document, {
      id: 'd1',
      state: 'processing',
      engine: 'ocr',
      fileName: 'scan.pdf',
      mediaType: 'pdf',
      sizeBytes: 1234,
      createdAtMs: Date.parse('2026-01-01T00:00:00Z'),
      startedAtMs: Date.parse('2026-01-01T00:00:01Z'),
      endedAtMs: null,
      pages: { total: 3, done: 1, ok: 0, empty: 0, degraded: 0, failed: 1 },
      marks: 'f..',
      selection: [2, 3, 7],
      running: [{ page: 3, attempt: 2, code: 'ENGINE_DOWN' }],
      failedPages: [{ page: 2, code: 'PAGE_TIMEOUT' }],
      failure: null,
      queuedReason: null,
      runUrl: 'https://temporal.example/run',
      hasResults: false,
    })
  })

  it('shows what an older service does not tell as not known', async () => {
    await using service = await playing({
      'GET /v1/documents/d1': { body: { id: 'd1', status: 'completed', results: {} } },
    })

    const document = await service.api.get('d1')

    assert.equal(document?.state, 'completed')
    assert.equal(document?.fileName, 'd1')
    assert.equal(document?.marks, null)
    assert.equal(document?.pages.total, 0)
    assert.equal(document?.hasResults, true)
  })

  it('drops what is of another type, and makes no link of a script', async () => {
    const hostile = {
      id: 'd1',
      status: 'exploded',
      file_name: { toString: 'x' },
      created_at: 'yesterday',
      pages: { total: 1e300, done: -1, ok: '7' },
      selection: '1-99999999,x,3-1',
      running_pages: [null, { page: 'x' }],
      failed_pages: 'all',
      failure: 7,
      run_url: 'javascript:alert(1)',
    }
    await using service = await playing({
      'GET /v1/documents?limit=20': { body: { documents: [null, 7, {}, hostile], next_cursor: 7 } },
    })

    const { documents, nextCursor } = await service.api.list({ cursor: null, state: null })

    assert.equal(documents.length, 1)
    assert.equal(documents[0]?.runUrl, null)
    assert.equal(documents[0]?.failure, null)
    assert.deepEqual(documents[0]?.pages, {
      total: 0,
      done: 0,
      ok: 0,
      empty: 0,
      degraded: 0,
      failed: 0,
    })
    assert.deepEqual(documents[0]?.running, [])
    assert.equal(nextCursor, null)
  })

  it('asks for a state and for what follows', async () => {
    await using service = await playing({
      'GET /v1/documents?limit=20&cursor=c+1&status=failed': {
        body: { documents: [DOCUMENT], next_cursor: 'c2' },
      },
    })

    const list = await service.api.list({ cursor: 'c 1', state: 'failed' })

    assert.deepEqual([list.documents.length, list.nextCursor], [1, 'c2'])
  })

  it('looks no further for running documents than to the first that has ended', async () => {
    const ended = { ...DOCUMENT, id: 'd2', status: 'failed' }
    await using service = await playing({
      'GET /v1/documents?limit=20': { body: { documents: [DOCUMENT, ended], next_cursor: 'c2' } },
    })

    const list = await service.api.list({ cursor: null, state: 'processing' })

    assert.equal(list.nextCursor, null)
  })

  it('gives null for an unknown document, and for a page that was not read yet', async () => {
    await using service = await playing({ 'GET /v1/documents/d1/pages/1': { status: 409 } })

    assert.equal(await service.api.get('nobody'), null)
    assert.equal(await service.api.page('d1', 1), null)
    assert.equal(await service.api.page('d1', 2), null)
  })

  it('reads a page with its blocks and leaves out those without a place', async () => {
    const block = { bbox: [1, 2, 3, 4], category: 'picture', text: '', confidence: 0.5 }
    await using service = await playing({
      'GET /v1/documents/d1/pages/1': {
        body: {
          page: 1,
          outcome: 'degraded',
          width: 100,
          height: 200,
          markdown: '# x',
          markup: 'markdown',
          blocks: [
            { ...block, image: 'images/1_1.png' },
            { ...block, image: '../../secret', category: 'alien' },
            { ...block, bbox: [1, 2, 'x', 4] },
          ],
          warnings: ['BOX_INVALID', 7],
        },
      },
    })

    const page = await service.api.page('d1', 1)

    assert.deepEqual(
      page?.blocks.map(({ category, imageUrl }) => [category, imageUrl]),
      [
        ['picture', `${service.url}/v1/documents/d1/images/1_1.png`],
        ['text', null],
      ],
    )
    assert.deepEqual(
      [page?.outcome, page?.width, page?.warnings],
      ['degraded', 100, ['BOX_INVALID']],
    )
  })

  it('reads the limits and engines', async () => {
    await using service = await playing({
      'GET /v1/config': {
        body: {
          version: '1.2.3',
          title: 'Our OCR',
          limits: { max_upload_bytes: 10, max_pages: 20, media_types: ['pdf', 'jpeg', 'tiff'] },
          engines: [{ id: 'ocr', default: true, configured: true }, { id: 7 }],
          temporal_ui_url: 'http://localhost:8233',
        },
      },
    })

    const config = await service.api.config()

    assert.deepEqual(
      [config.title, config.maxUploadBytes, config.accept, config.temporalUiUrl],
      ['Our OCR', 10, '.pdf,.jpg,.jpeg,.tif,.tiff', 'http://localhost:8233'],
    )
    assert.deepEqual(config.engines, [{ id: 'ocr', isDefault: true, isConfigured: true }])
  })

  it('submits a URL with the chosen options under an idempotency key', async () => {
    await using service = await playing({
      'POST /v1/documents': { status: 202, body: { id: 'n' } },
    })

    const id = await service.api.submit(URL_SUBMISSION, quiet)

    assert.equal(id, 'n')
    assert.equal(service.seen[0]?.key, 'k')
    assert.deepEqual(JSON.parse(service.seen[0]?.body ?? ''), {
      engine: 'llm',
      pages: '1-3',
      languages: 'zh,en',
      url: 'https://example.com/a.pdf',
    })
  })

  it('does not take an answer without an id for a document', async () => {
    await using service = await playing({ 'POST /v1/documents': { body: { ok: true } } })

    await assert.rejects(service.api.submit(URL_SUBMISSION, quiet), { code: 'SERVICE_UNAVAILABLE' })
  })

  it('cancels, runs again, and deletes even what is gone already', async () => {
    await using service = await playing({
      'POST /v1/documents/d1/cancel': { status: 202, body: {} },
      'POST /v1/documents/d1/rerun': { status: 202, body: { id: 'd2' } },
      'DELETE /v1/documents/d1': { status: 204 },
    })

    await service.api.cancel('d1')
    const again = await service.api.runAgain('d1')
    await service.api.remove('d1')
    await service.api.remove('gone')

    assert.equal(again, 'd2')
    assert.deepEqual(
      service.seen.map(({ line }) => line),
      [
        'POST /v1/documents/d1/cancel',
        'POST /v1/documents/d1/rerun',
        'DELETE /v1/documents/d1',
        'DELETE /v1/documents/gone',
      ],
    )
  })

  it('keeps an id within its part of the path', async () => {
    await using service = await playing({})

    await service.api.get('../config?x')

    assert.equal(service.seen[0]?.line, 'GET /v1/documents/..%2Fconfig%3Fx')
  })
})
