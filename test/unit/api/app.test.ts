import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { OcrError } from '../../../src/platform/errors.ts'
import { sampleDocumentId, sampleStatus } from '../../support/document-status.ts'
import { rawRequest } from '../../support/raw-request.ts'
import { fileForm, startTestApi } from '../../support/test-api.ts'
import { readJson } from '../../support/read-json.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

describe('createApp', () => {
  it('gives every answer a request id, also refusals and unknown paths', async () => {
    await using api = await startTestApi()

    const paths = ['/livez', '/nothing', '/v1/documents/x', '/api/nothing', '/docs', '/files/x']
    const answers = await Promise.all(paths.map((path) => api.fetch(path)))

    for (const answer of answers) assert.match(answer.headers.get('x-request-id') ?? '', UUID)
  })

  it('keeps a sane request id of the client and replaces any other', async () => {
    await using api = await startTestApi()

    const ids = ['trace-1.2:3', 'a b', 'x'.repeat(101), '<script>']
    const given = await Promise.all(
      ids.map(async (id) => {
        const answer = await api.fetch('/nothing', { headers: { 'x-request-id': id } })
        const { request_id: inBody } = await readJson(answer)
        assert.equal(inBody, answer.headers.get('x-request-id'))
        return inBody
      }),
    )

    assert.equal(given[0], 'trace-1.2:3')
    for (const id of given.slice(1)) assert.match(String(id), UUID)
  })

  it('answers unknown paths with a problem that says what to look up', async () => {
    await using api = await startTestApi()

    const response = await api.fetch('/v1/nothing?token=canary')

    assert.equal(response.status, 404)
    assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8')
    assert.partialDeepStrictEqual(await readJson(response), {
      type: '/errors#NOT_FOUND',
      title: 'Path does not exist',
      status: 404,
      instance: '/v1/nothing',
      code: 'NOT_FOUND',
    })
  })

  it('answers wrong methods with 405 and the right ones', async () => {
    await using api = await startTestApi()

    const documents = await api.fetch('/v1/documents', { method: 'PUT' })
    const document = await api.fetch(`/v1/documents/${sampleDocumentId()}`, { method: 'PATCH' })

    assert.deepEqual([documents.status, document.status], [405, 405])
    assert.equal(documents.headers.get('allow'), 'POST, GET, HEAD, OPTIONS')
    assert.equal(document.headers.get('allow'), 'GET, HEAD, DELETE, OPTIONS')
  })

  it('shows nothing of an inner error but the id under which the log has all of it', async () => {
    await using api = await startTestApi()
    api.gateway.failure = new TypeError('secret words')

    const response = await api.fetch(`/v1/documents/${sampleDocumentId()}`)
    const body = await readJson(response)

    assert.equal(response.status, 500)
    assert.equal(JSON.stringify(body).includes('secret words'), false)
    assert.partialDeepStrictEqual(body, {
      code: 'INTERNAL_SERVER_ERROR',
      document_id: sampleDocumentId(),
    })
    const logged = api.logLines
      .map((line) => JSON.parse(line))
      .find((line) => line.requestId === body.request_id && line.err !== undefined)
    assert.match(logged?.err.stack, /TypeError: secret words\n\s+at /)
  })

  it('logs one line per request, without file names and query values', async () => {
    await using api = await startTestApi({ documents: [sampleStatus()] })

    await api.fetch('/v1/documents', { method: 'POST', body: fileForm() })
    await api.fetch(`/v1/documents/${sampleDocumentId()}?wait=0&token=canary`)
    await api.fetch('/files/发票.pdf?sig=canary')
    while (api.logLines.filter((line) => line.includes('"msg":"request"')).length < 3)
      await new Promise(setImmediate)

    const text = api.logLines.join('')
    for (const canary of ['发票', '%E5%8F%91', 'canary']) assert.equal(text.includes(canary), false)
    const line = api.logLines.map((each) => JSON.parse(each)).find((each) => each.method === 'GET')
    assert.partialDeepStrictEqual(line, {
      route: '/v1/documents/:id',
      status: 200,
      documentId: sampleDocumentId(),
    })
  })

  it('keeps data inert in browsers', async () => {
    await using api = await startTestApi()

    const { headers } = await api.fetch('/version')

    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none';frame-ancestors 'none'",
    )
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('x-powered-by'), null)
    assert.equal(headers.get('cache-control'), 'no-store')
  })

  it('answers malformed escapes and host names', async () => {
    const access = { apiKeys: [], corsOrigins: [], allowedHosts: ['*'], trustProxy: false } as const
    await using api = await startTestApi({ documents: [sampleStatus()], api: { access } })

    const malformed = await rawRequest(api.url, { path: '/v1/documents/%zz' })
    const submitted = await rawRequest(`${api.url}/v1/documents?limit=1`, {
      headers: { host: 'evil"><script>' },
    })

    assert.equal(malformed.status, 400)
    assert.equal(submitted.status, 200)
    assert.equal(submitted.body.includes('script'), false)
  })

  it('closes the connection of a client that sends on after it was answered', async () => {
    await using api = await startTestApi()
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      `POST /v1/documents/${sampleDocumentId()}/cancel HTTP/1.1\r\nHost: localhost\r\n` +
        'Transfer-Encoding: chunked\r\n\r\n',
    )

    const closed = new Promise((resolve) => socket.once('close', resolve))
    const answered = once(socket, 'data')
    const sending = setInterval(() => socket.write('1\r\nx\r\n'), 50)
    try {
      const [answer] = await answered
      await closed

      assert.match(String(answer), /^HTTP\/1\.1 404 /)
    } finally {
      clearInterval(sending)
      socket.destroy()
    }
  })

  it('asks to come back when the store is away', async () => {
    await using api = await startTestApi()
    api.gateway.failure = new OcrError('STORAGE_UNAVAILABLE', 'x')

    const response = await api.fetch(`/v1/documents/${sampleDocumentId()}`)

    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '5'])
  })

  it('shows browsers the page where Qianxia is not served', async () => {
    await using api = await startTestApi({ production: true })

    const response = await api.fetch('/', { headers: { Accept: 'text/html' } })

    assert.equal(response.status, 200)
    assert.match(await response.text(), /data-api="v1"/)
  })
})
