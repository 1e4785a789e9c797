import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { safeFetch } from '../../../src/platform/safe-fetch.ts'
import type { FetchLimits } from '../../../src/platform/safe-fetch/limits.ts'
import { serve } from '../../support/serve.ts'
import { until } from '../../support/until.ts'
import { codeOf, optionsFor, read, serveBytes } from './fetched-server.ts'

const PATIENT: FetchLimits = {
  connectMs: 60_000,
  headersMs: 60_000,
  idleMs: 60_000,
  totalMs: 60_000,
  minBytesPerSecond: 1,
}

describe('safeFetch with a hostile server', () => {
  for (const [status, code] of [
    ...[201, 204, 206, 300, 304, 408, 429, 500, 503].map((each) => [each, 'FETCH_FAILED'] as const),
    // Asking again would change nothing.
    ...[400, 401, 403, 404, 410].map((each) => [each, 'FETCH_REFUSED'] as const),
  ]) {
    it(`fails as ${code} at status ${status}`, async () => {
      await using server = await serve((_request, response) => response.writeHead(status).end())

      assert.equal(await codeOf(optionsFor(server.port)), code)
    })
  }

  it('refuses 10 GB by the announcement, before the body', async () => {
    await using server = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n')

    await assert.rejects(safeFetch(optionsFor(server.port)), { code: 'FILE_TOO_LARGE' })
  })

  it('ends an endless body and hangs up', async () => {
    let hasClosed = false
    await using server = await serve((_request, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(16_384)));
      }
      response.on('drain', more).on('close', () => (hasClosed = true))
      more()
    })

    const code = await codeOf(optionsFor(server.port))

    assert.equal(code, 'FILE_TOO_LARGE')
    await until(() => hasClosed, 'the server sees the end of the connection')
  })

  it('does not inflate a gzip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    })

    const body = await read(optionsFor(server.port))

    assert.deepEqual(body, bomb)
  })

  const BROKEN: Readonly<Record<string, string>> = {
    'a body shorter than announced': 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n%PDF',
    'a cut chunked body': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n%PDF',
    'no chunk size': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n%PDF',
    'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n%PDF',
    'a length that is no number': 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n%PDF',
    'endless headers': `HTTP/1.1 200 OK\r\n${`X: ${'a'.repeat(1_000)}\r\n`.repeat(100)}`,
    'two locations': 'HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\n\r\n',
    'another protocol': '-ERR unknown command\r\n',
    nothing: '',
  }

  for (const [what, answer] of Object.entries(BROKEN)) {
    it(`fails as FETCH_FAILED at ${what}`, async () => {
      await using server = await serveBytes(answer, (socket) => socket.end())

      assert.equal(await codeOf(optionsFor(server.port)), 'FETCH_FAILED')
    })
  }

  it('reads no more than the announced length', async () => {
    await using server = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n%PDFmore')

    assert.equal((await read(optionsFor(server.port))).toString(), '%PDF')
  })

  const SLOW: Readonly<Record<string, [string, Partial<FetchLimits>]>> = {
    'its headers': ['HTTP/1.1 200 OK\r\n', { headersMs: 50 }],
    'its body': ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n%PDF', { idleMs: 50 }],
    everything: ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n%PDF', { totalMs: 50 }],
    'its final status': ['HTTP/1.1 102 Processing\r\n\r\n', { totalMs: 50 }],
  }

  for (const [what, [answer, limits]] of Object.entries(SLOW)) {
    it(`gives up on a server that is slow with ${what}, and hangs up`, async () => {
      await using server = await serveBytes(answer)

      const from = performance.now()

      const code = await codeOf({ ...optionsFor(server.port), limits: { ...PATIENT, ...limits } })

      assert.equal(code, 'FETCH_FAILED')
      assert.ok(performance.now() - from < 30_000)
      await until(() => server.sockets.every(({ destroyed }) => destroyed), 'it hangs up')
    })
  }

  it('gives up on a server that is slow with its TLS handshake', async () => {
    await using server = await serveBytes('')
    const options = optionsFor(server.port)

    const code = await codeOf({
      ...options,
      url: options.url.replace('http:', 'https:'),
      limits: { ...PATIENT, connectMs: 50 },
    })

    assert.equal(code, 'FETCH_FAILED')
    await until(() => server.sockets.every(({ destroyed }) => destroyed), 'it hangs up')
  })

  it('throws the reason of the signal while the headers are missing', async () => {
    await using server = await serveBytes('')
    const caller = new AbortController()
    const reason = Object.assign(new Error('shutting down'), { code: 'SHUTDOWN' })

    const fetching = read({ ...optionsFor(server.port), signal: caller.signal })
    fetching.catch(() => undefined)
    await until(() => (server.sockets[0]?.bytesRead ?? 0) > 0, 'the request arrives')
    caller.abort(reason)

    await assert.rejects(fetching, reason)
  })

  it('throws the reason of the signal within the body', async () => {
    await using server = await serveBytes('HTTP/1.1 200 OK\r\n\r\n%PDF')
    const caller = new AbortController()
    const reason = Object.assign(new Error('shutting down'), { code: 'SHUTDOWN' })
    const file = await safeFetch({ ...optionsFor(server.port), signal: caller.signal })
    const pieces = file.body[Symbol.asyncIterator]()
    await pieces.next()

    const next = pieces.next()
    caller.abort(reason)

    await assert.rejects(next, reason)
    await until(() => server.sockets.every(({ destroyed }) => destroyed), 'it hangs up')
  })

  it('outlives a connection that breaks before the body is read', async () => {
    await using server = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')

    const file = await safeFetch(optionsFor(server.port))
    server.sockets[0]?.resetAndDestroy()
    await until(() => server.sockets[0]?.closed === true, 'the connection is reset')
    await new Promise((resolve) => setImmediate(resolve))

    await assert.rejects(file.body[Symbol.asyncIterator]().next(), { code: 'FETCH_FAILED' })
  })

  it('hangs up when a file is disposed of without being read', async () => {
    await using server = await serveBytes('HTTP/1.1 200 OK\r\n\r\n%PDF')

    const file = await safeFetch(optionsFor(server.port))
    await file[Symbol.asyncDispose]()

    await until(() => server.sockets.every(({ destroyed }) => destroyed), 'it hangs up')
  })

  it('hangs up when the reader stops', async () => {
    await using server = await serveBytes('HTTP/1.1 200 OK\r\n\r\n%PDF')

    const file = await safeFetch(optionsFor(server.port))
    for await (const _piece of file.body) break

    await until(() => server.sockets.every(({ destroyed }) => destroyed), 'it hangs up')
  })
})
