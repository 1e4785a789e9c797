import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { completedStatus, sampleDocumentId } from '../../../support/document-status.ts'
import { readJson } from '../../../support/read-json.ts'
import { startTestApi } from '../../../support/test-api.ts'

const PATH = `/v1/documents/${sampleDocumentId()}`
const URL_OF_FILE = 'https://example.com/a.pdf'

const jsonWith = (fields: Record<string, unknown>): string =>
  JSON.stringify({ url: URL_OF_FILE, ...fields })

const jsonInit = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
})

/** Posts a body and reads the answer. */
async function submit(api: Awaited<ReturnType<typeof startTestApi>>, init: RequestInit) {
  const response = await api.fetch('/v1/documents', { method: 'POST', ...init })
  return { response, body: await readJson(response) }
}

describe('POST /v1/documents with a URL', () => {
  it('takes the URL of a file as JSON, with the same fields, for a worker to fetch', async () => {
    await using api = await startTestApi()

    const { response, body } = await submit(
      api,
      jsonInit({
        url: 'HTTPS://files.Example.com:443/发票.pdf?signature=a%20b#page=2',
        engine: 'tesseract',
        languages: 'zh, en',
        dpi: 300,
        pages: '7,1-3',
        password: '密码',
      }),
    )

    assert.deepEqual([response.status, body.status], [202, 'queued'])
    assert.equal(response.headers.get('location'), PATH)
    assert.partialDeepStrictEqual(api.gateway.submissions[0], {
      source: {
        kind: 'remote',
        remote: {
          url: 'https://files.example.com/%E5%8F%91%E7%A5%A8.pdf?signature=a%20b#page=2',
          maxBytes: 100_000,
          mediaTypes: null,
        },
      },
      route: 'v1/documents',
      engine: 'tesseract',
      languages: ['zh', 'en'],
      dpi: 300,
      pages: [
        [1, 3],
        [7, 7],
      ],
      password: '密码',
    })
  })

  it('reads numbers and empty fields of JSON as those of a form, and an idempotency key', async () => {
    await using api = await startTestApi()
    const fields = { dpi: '150', pages: '', engine: '', other: { nested: true } }

    await submit(api, jsonInit({ url: URL_OF_FILE, ...fields }, { 'idempotency-key': 'k 1' }))

    assert.partialDeepStrictEqual(api.gateway.submissions[0], {
      idempotencyKey: 'k 1',
      engine: 'paddle',
      dpi: 150,
      pages: null,
    })
  })

  it('takes a private host that the configuration allows', async () => {
    await using api = await startTestApi({
      api: { urlRules: { allowedHosts: ['127.0.0.1:9000'], allowedPorts: [] } },
    })

    const { response } = await submit(api, jsonInit({ url: 'http://127.0.0.1:9000/a.pdf' }))

    assert.equal(response.status, 202)
  })

  for (const url of [
    'file:///etc/passwd',
    '/a.pdf',
    'https://user:secret@example.com/a.pdf',
    'http://127.0.0.1/a.pdf',
    'http://0x7f.1/a.pdf',
    'http://[::ffff:10.0.0.1]/a.pdf',
    'http://localhost/a.pdf',
    'http://169.254.169.254/latest/meta-data',
    'https://example.com:8443/a.pdf',
    `https://example.com/${'a'.repeat(8_192)}`,
  ])
    it(`refuses ${url.slice(0, 45)} at once, without repeating it`, async () => {
      await using api = await startTestApi()

      const { response, body } = await submit(api, jsonInit({ url }))

      assert.deepEqual([response.status, body.code], [400, 'URL_NOT_ALLOWED'])
      assert.ok(body.detail.length > 0)
      assert.equal(JSON.stringify(body).includes(url), false)
      assert.equal(api.gateway.submissions.length, 0)
    })

  const malformed: [string, string, string, number][] = [
    ['no URL', '{"engine":"paddle"}', 'url', 400],
    ['a URL that is no text', '{"url":["https://example.com"]}', 'url', 400],
    ['an empty URL', '{"url":""}', 'url', 400],
    ['a resolution out of bounds', jsonWith({ dpi: 601 }), 'dpi', 400],
    ['a fraction of a resolution', jsonWith({ dpi: 200.5 }), 'dpi', 400],
    ['languages as a list', jsonWith({ languages: ['zh'] }), 'languages', 400],
    ['an unknown engine', jsonWith({ engine: 'abbyy' }), 'engine', 400],
    ['a list', '["https://example.com/a.pdf"]', 'body', 400],
    ['text that is no JSON', '{"url":', 'JSON', 400],
    ['no body', '', 'url', 400],
    ['more than a mebibyte', jsonWith({ password: 'x'.repeat(1_048_576) }), '', 413],
  ]
  for (const [what, text, detail, status] of malformed)
    it(`refuses JSON with ${what}`, async () => {
      await using api = await startTestApi()

      const { response, body } = await submit(api, {
        body: text,
        headers: { 'content-type': 'application/json' },
      })

      assert.equal(response.status, status)
      assert.ok(String(body.detail ?? '').includes(detail), body.detail)
      assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8')
      assert.equal(api.gateway.submissions.length, 0)
    })

  it('takes JSON under no other content type, which another site could send', async () => {
    await using api = await startTestApi()

    const { response } = await submit(api, {
      body: jsonWith({}),
      headers: { 'content-type': 'text/plain' },
    })

    assert.equal(response.status, 400)
    assert.equal(api.gateway.submissions.length, 0)
  })

  it('answers a repeated idempotency key with the state the document has now', async () => {
    await using api = await startTestApi({ documents: [completedStatus()] })
    api.gateway.isReplayed = true

    const { response, body } = await submit(api, jsonInit({ url: URL_OF_FILE }))

    assert.deepEqual(
      [response.headers.get('idempotent-replayed'), body.status],
      ['true', 'completed'],
    )
  })
})
