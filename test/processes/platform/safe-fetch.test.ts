import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { describe, it } from 'node:test'
import { setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { safeFetch } from '../../../src/platform/safe-fetch.ts'
import { serve } from '../../support/serve.ts'
import { until } from '../../support/until.ts'
import { codeOf, connected, optionsFor, read, serveBytes } from './fetched-server.ts'
import { FILES_EXAMPLE_CERTIFICATE, FILES_EXAMPLE_KEY } from './files-example-certificate.ts'

describe('safeFetch', () => {
  it('streams a file with its media type and name', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, {
        'content-type': 'Application/PDF; charset=binary',
        'content-disposition': 'attachment; filename="b.pdf"',
      })
      response.write('%PDF-')
      response.end('1.7')
    })

    const file = await safeFetch(optionsFor(server.port))
    const pieces: string[] = []
    for await (const piece of file.body) pieces.push(Buffer.from(piece).toString())

    assert.equal(pieces.join(''), '%PDF-1.7')
    assert.equal(file.contentType, 'application/pdf')
    assert.equal(file.fileName, 'b.pdf')
  })

  it('sends the path, the query and the host as given, and nothing about us', async () => {
    let head: unknown = null
    await using server = await serve(({ method, url, headers }, response) => {
      head = { method, url, headers }
      response.end('x')
    })

    await read(optionsFor(server.port, '/a%20b.pdf?X-Amz-Signature=1#part'))

    assert.deepEqual(head, {
      method: 'GET',
      url: '/a%20b.pdf?X-Amz-Signature=1',
      headers: {
        host: `files.example:${server.port}`,
        connection: 'close',
        accept: '*/*',
        'user-agent': 'durable-ocr',
      },
    })
  })

  it('connects through the second address when the first is dead', async () => {
    await using server = await serve((_request, response) => response.end('x'))
    const options = optionsFor(server.port)

    // 127.0.0.0/8 is all local; nobody listens at the first.
    const body = await read({
      ...options,
      resolve: () => Promise.resolve(['127.0.0.77', '127.0.0.1']),
    })

    assert.equal(body.toString(), 'x')
  })

  it('refuses a connection that leads to another address than was checked', async () => {
    await using server = await serveBytes('HTTP/1.1 200 OK\r\n\r\nsecret')
    let received = 0

    const code = await codeOf({
      ...optionsFor(server.port),
      allowedHosts: [],
      allowedPorts: [server.port],
      resolve: () => Promise.resolve(['93.184.215.14']),
      open: () => connected(server.port),
    })

    await until(() => server.sockets.length === 1, 'the connection arrives')
    for (const socket of server.sockets) received += socket.bytesRead
    assert.equal(code, 'FETCH_FAILED')
    assert.equal(received, 0)
  })

  it('fails as FETCH_FAILED when nobody listens', async () => {
    const server = await serve(() => undefined)
    await server[Symbol.asyncDispose]()

    assert.equal(await codeOf(optionsFor(server.port)), 'FETCH_FAILED')
  })
})

describe('safeFetch over TLS', () => {
  it('asks for the certificate of the name and not of the address', async () => {
    setDefaultCACertificates([FILES_EXAMPLE_CERTIFICATE])
    let serverName: unknown = null
    await using server = await serveTls((request, response) => {
      serverName = (request.socket as TLSSocket & { servername: unknown }).servername // Untyped.
      response.end('%PDF')
    })

    const options = optionsFor(server.port)
    const body = await read({ ...options, url: options.url.replace('http:', 'https:') })

    assert.equal(body.toString(), '%PDF')
    assert.equal(serverName, 'files.example')
  })

  it('refuses a certificate of another name', async () => {
    setDefaultCACertificates([FILES_EXAMPLE_CERTIFICATE])
    await using server = await serveTls((_request, response) => response.end('%PDF'))

    const code = await codeOf({
      ...optionsFor(server.port),
      url: `https://127.0.0.1:${server.port}`,
      allowedHosts: [`127.0.0.1:${server.port}`],
    })

    assert.equal(code, 'FETCH_FAILED')
  })

  it('refuses a certificate that nobody vouches for', async () => {
    setDefaultCACertificates([])
    await using server = await serveTls((_request, response) => response.end('%PDF'))

    const options = optionsFor(server.port)
    const code = await codeOf({ ...options, url: options.url.replace('http:', 'https:') })

    assert.equal(code, 'FETCH_FAILED')
  })

  it('refuses a redirect from https to http', async () => {
    setDefaultCACertificates([FILES_EXAMPLE_CERTIFICATE])
    await using server = await serveTls((_request, response) =>
      response.writeHead(302, { location: 'http://example.com/a.pdf' }).end(),
    )

    const options = optionsFor(server.port)
    const code = await codeOf({ ...options, url: options.url.replace('http:', 'https:') })

    assert.equal(code, 'URL_NOT_ALLOWED')
    assert.deepEqual(options.names, ['files.example'])
  })
})

async function serveTls(handler: RequestListener): Promise<AsyncDisposable & { port: number }> {
  const options = { key: FILES_EXAMPLE_KEY, cert: FILES_EXAMPLE_CERTIFICATE }
  const server = createServer(options, handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
