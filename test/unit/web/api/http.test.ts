import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fetchJson, fetchText, orNull, partOf } from '../../../../web/src/api/http.ts'
import { ApiError } from '../../../../web/src/model.ts'
import { serve } from '../../../support/serve.ts'

async function refusalOf(answer: Promise<unknown>): Promise<ApiError> {
  const thrown = await answer.then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(thrown instanceof ApiError)
  return thrown
}

async function answering(status: number, body: string, headers: Record<string, string> = {}) {
  return serve((_request, response) => response.writeHead(status, headers).end(body))
}

describe('requests of the page', () => {
  it('give the code, the words and the request id of problem details', async () => {
    await using server = await answering(
      409,
      JSON.stringify({ code: 'DOCUMENT_FINISHED', title: 'Has ended', request_id: 'r-1' }),
    )

    const { code, message, requestId, status } = await refusalOf(fetchText(server.url))

    assert.deepEqual(
      { code, message, requestId, status },
      { code: 'DOCUMENT_FINISHED', message: 'Has ended', requestId: 'r-1', status: 409 },
    )
  })

  it('give what Qianxia says, and the request id of the header', async () => {
    await using server = await answering(
      403,
      '{"detail":"配额不足","detail_code":"QUOTA_EXCEEDED"}',
      {
        'X-Request-Id': 'r-2',
      },
    )

    const { code, message, requestId } = await refusalOf(fetchText(server.url))

    assert.deepEqual([code, message, requestId], ['QUOTA_EXCEEDED', '配额不足', 'r-2'])
  })

  it('know what a proxy means that answers in HTML', async () => {
    await using tooLarge = await answering(413, '<html>413 Request Entity Too Large</html>')
    await using down = await answering(502, '<html>502 Bad Gateway</html>')
    await using teapot = await answering(418, '')

    assert.equal((await refusalOf(fetchText(tooLarge.url))).code, 'FILE_TOO_LARGE')
    assert.equal((await refusalOf(fetchText(down.url))).code, 'SERVICE_UNAVAILABLE')
    assert.equal((await refusalOf(fetchText(teapot.url))).code, 'HTTP_418')
  })

  it('take a page of somebody else for no answer of the service', async () => {
    await using server = await answering(200, '<html>Please log in to this network</html>')

    assert.equal((await refusalOf(fetchJson(server.url))).code, 'SERVICE_UNAVAILABLE')
  })

  it('say NETWORK when there is no server, and when it does not answer in time', async () => {
    const silent = await serve(() => undefined)

    const late = await refusalOf(fetchText(silent.url, { timeoutMs: 50 }))
    await silent[Symbol.asyncDispose]()
    const gone = await refusalOf(fetchText(silent.url))

    assert.deepEqual([late.code, late.status], ['NETWORK', 0])
    assert.deepEqual([gone.code, gone.status], ['NETWORK', 0])
  })

  it('wait as long as the service says when too much was asked for, and ask again', async () => {
    const askedAtMs: number[] = []
    await using server = await serve((_request, response) => {
      askedAtMs.push(performance.now())
      if (askedAtMs.length > 2) response.end('read')
      else response.writeHead(429, { 'Retry-After': '1' }).end('{"code":"RATE_LIMITED"}')
    })

    const body = await fetchText(server.url)

    const [first = 0, second = 0, third = 0] = askedAtMs
    assert.deepEqual([body, askedAtMs.length], ['read', 3])
    // Timers of a process that was put to sleep may be off by some milliseconds.
    assert.ok(second - first > 950 && third - second > 950, askedAtMs.join())
  })

  it('say that too much was asked for where something is to be done, or the wait is long or unknown', async () => {
    const body = '{"code":"RATE_LIMITED"}'
    await using soon = await answering(429, body, { 'Retry-After': '1' })
    await using late = await answering(429, body, { 'Retry-After': '61' })
    await using unknown = await answering(429, body)

    const refusals = await Promise.all(
      [fetchText(soon.url, { method: 'DELETE' }), fetchText(late.url), fetchText(unknown.url)].map(
        refusalOf,
      ),
    )

    assert.deepEqual(
      refusals.map(({ code, retryAfterMs }) => [code, retryAfterMs]),
      [1_000, 61_000, 0].map((ms) => ['RATE_LIMITED', ms]),
    )
  })

  it('make null of an unknown document, and of nothing else', async () => {
    await using unknown = await answering(404, '{}')
    await using broken = await answering(500, '{}')

    assert.equal(await orNull(fetchText(unknown.url)), null)
    await assert.rejects(orNull(fetchText(broken.url)), ApiError)
  })
})

describe('a part of the program that is not to be had', () => {
  it('is a refusal of its own, not a bug and not silence of the service', async () => {
    const loading = partOf(Promise.reject(new TypeError('Failed to fetch module')))

    const { code, status } = await refusalOf(loading)

    assert.deepEqual({ code, status }, { code: 'PART_NOT_LOADED', status: 0 })
  })
})
