import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import {
  createHttpTransport,
  createLookupTransport,
  type HttpTransport,
} from '../../../../src/engines/model-server/http-transport.ts'
import { REQUEST_LIMITS } from '../../../../src/engines/model-server/model-server.ts'
import { isAbortError } from '../../../../src/platform/errors.ts'
import { codeOfEnding, endingOf } from '../../../support/chat-requests.ts'
import { createFakeOpenai } from '../../../support/fakes/fake-openai.ts'
import { until } from '../../../support/until.ts'

/** Accepts connections and says nothing, or says `greeting` to whatever comes, and hangs up or not. */
async function startMute(
  greeting: string | Uint8Array | null = null,
  { hangsUp = true }: { readonly hangsUp?: boolean } = {},
) {
  const accepted: { isClosed: boolean }[] = []
  const server = createServer((socket) => {
    const connection = { isClosed: false }
    accepted.push(connection)
    socket.on('error', () => undefined).on('close', () => (connection.isClosed = true))
    socket.on('data', () => {
      if (greeting === null) return
      socket.write(greeting)
      if (hangsUp) socket.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has such an address.
  const { port } = server.address() as AddressInfo
  return { port, accepted, [Symbol.asyncDispose]: async () => void server.close() }
}

describe('createHttpTransport', () => {
  it('hands on the status, the text and the two headers that are needed', async () => {
    await using fake = await createFakeOpenai({
      reply: {
        kind: 'status',
        status: 503,
        body: 'text',
        headers: { 'retry-after': '3', 'x-a': 'b' },
      },
    })
    await using transport = createHttpTransport(REQUEST_LIMITS)

    const response = await transport.fetch(`${fake.chatUrl}/chat/completions`, {
      method: 'POST',
      body: '{}',
    })

    assert.deepEqual(
      [response.status, await response.text(), Object.fromEntries(response.headers)],
      [503, 'text', { 'content-type': 'text/plain', 'retry-after': '3' }],
    )
  })

  it('keeps connections for the next requests, a lookup does not', async () => {
    await using fake = await createFakeOpenai()
    await using transport = createHttpTransport(REQUEST_LIMITS)
    await using lookups = createLookupTransport(REQUEST_LIMITS)
    const askFourTimes = async ({ fetch }: HttpTransport): Promise<number> => {
      const before = fake.connectionCount
      for (const path of ['/health', '/health', '/health', '/health']) {
        await (await fetch(`${fake.url}${path}`)).text()
      }
      return fake.connectionCount - before
    }

    const kept = await askFourTimes(transport)
    const opened = await askFourTimes(lookups)

    // A connection is free a moment after its answer has ended: the second request may open another.
    assert.ok(kept <= 2, `${kept} connections`)
    assert.equal(opened, 4)
  })

  it('ends at once when the signal fires while the connection is made', async () => {
    await using mute = await startMute()
    await using transport = createHttpTransport(REQUEST_LIMITS)
    const controller = new AbortController()
    const start = performance.now()
    // No TLS handshake will come.
    const asked = endingOf(
      transport.fetch(`https://127.0.0.1:${mute.port}/`, { signal: controller.signal }),
    )
    await until(() => mute.accepted.length === 1, 'the connection is accepted')

    controller.abort()
    const ending = await asked

    assert.ok('error' in ending && isAbortError(ending.error), codeOfEnding(ending))
    assert.ok(performance.now() - start < 10_000)
  })

  it('fails as ENGINE_UNREACHABLE when no connection is made in time', async () => {
    await using mute = await startMute()
    await using transport = createHttpTransport({ ...REQUEST_LIMITS, connectMs: 200 })

    const ending = await endingOf(transport.fetch(`https://127.0.0.1:${mute.port}/`))

    assert.equal(codeOfEnding(ending), 'ENGINE_UNREACHABLE')
  })

  it('closes the connection when nobody wants the rest of the body', async () => {
    await using fake = await createFakeOpenai({ reply: { kind: 'hang', at: 'body', text: 'half' } })
    await using transport = createHttpTransport(REQUEST_LIMITS)
    const response = await transport.fetch(`${fake.chatUrl}/chat/completions`, {
      method: 'POST',
      body: '{"stream":true}',
    })

    await response.body?.cancel()

    await until(() => fake.requests[0]?.aborted === true, 'the connection is closed')
  })

  const nonsense: readonly (readonly [string, string | Uint8Array])[] = [
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['endless headers', `HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(100_000)}\r\n\r\n`],
    ['another length than told', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nshort'],
    ['a chunk that is none', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n'],
    ['a text that is not UTF-8', Buffer.from('HTTP/1.1 200 OK\r\n\r\ncaf\u{e9}', 'latin1')],
  ]
  for (const [name, greeting] of nonsense) {
    it(`fails as ENGINE_REPLY_BROKEN: ${name}`, async () => {
      await using mute = await startMute(greeting)
      await using transport = createHttpTransport(REQUEST_LIMITS)

      const ending = await endingOf(
        (async () => (await transport.fetch(`http://127.0.0.1:${mute.port}/`)).text())(),
      )

      assert.equal(codeOfEnding(ending), 'ENGINE_REPLY_BROKEN')
    })
  }

  it('closes the connection of an answer that is not UTF-8, which would stay open for its rest', async () => {
    const greeting = Buffer.from('HTTP/1.1 200 OK\r\n\r\ncaf\u{e9} and more', 'latin1')
    await using mute = await startMute(greeting, { hangsUp: false })
    await using transport = createHttpTransport(REQUEST_LIMITS)

    const response = await transport.fetch(`http://127.0.0.1:${mute.port}/`)
    const ending = await endingOf(response.text())

    assert.equal(codeOfEnding(ending), 'ENGINE_REPLY_BROKEN')
    await until(() => mute.accepted[0]?.isClosed === true, 'the connection is closed')
  })

  it('has a failed answer without its text when that cannot be read', async () => {
    const page = Buffer.from(
      'HTTP/1.1 502 Bad Gateway\r\ncontent-encoding: gzip\r\n\r\n\u{1f}\u{8b}',
      'latin1',
    )
    await using mute = await startMute(page)
    await using transport = createHttpTransport(REQUEST_LIMITS)

    const response = await transport.fetch(`http://127.0.0.1:${mute.port}/`)

    assert.deepEqual([response.status, await response.text()], [502, ''])
  })
})
