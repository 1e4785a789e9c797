import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../../../support/until.ts'
import {
  chunkOf,
  FILE_HEAD,
  LIMIT_BYTES,
  sendForEver,
  startUploadServer,
} from '../../../support/upload-server.ts'

const MULTIPART = 'Content-Type: multipart/form-data; boundary=b'
const CHUNKED = 'Transfer-Encoding: chunked'

describe('openGuardedBody', () => {
  let server: Awaited<ReturnType<typeof startUploadServer>>
  before(async () => {
    server = await startUploadServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const noFilesOf = ({ temporaryFiles }: typeof server) =>
    until(async () => (await temporaryFiles()).length === 0, 'no temporary file is left')
  const noFiles = () => noFilesOf(server)

  it('answers a declared length of 10 GB before anything is sent', async () => {
    const { client } = await server.open(`${MULTIPART}\r\nContent-Length: 10000000000`)

    await until(() => client.received.includes('FILE_TOO_LARGE'), 'answered')
    const answeredAfterMs = performance.now() - client.startedAtMs
    await until(() => client.isClosed, 'closed')

    assert.match(client.received, /^HTTP\/1.1 413 /)
    assert.match(client.received, /connection: close/i)
    assert.ok(answeredAfterMs < 10_000, `${answeredAfterMs} ms`)
  })

  it('cuts off an endless chunked body, and the client gets its answer', async () => {
    const { client, bytesRead } = await server.open(`${MULTIPART}\r\n${CHUNKED}`)
    client.socket.write(chunkOf(FILE_HEAD))
    sendForEver(client)

    await until(() => client.isClosed, 'closed')

    assert.match(client.received, /^HTTP\/1.1 413 /)
    assert.match(client.received, /FILE_TOO_LARGE/)
    // Over the limit by the slack for multipart and what Node had read already.
    assert.ok(bytesRead() < LIMIT_BYTES + 512 * 1024, `${bytesRead()} bytes`)
    await noFiles()
  })

  it('cuts off an endless body that is not multipart', async () => {
    const { client, bytesRead } = await server.open(CHUNKED)
    sendForEver(client)

    await until(() => client.isClosed, 'closed')

    assert.match(client.received, /^HTTP\/1.1 200 /)
    assert.ok(bytesRead() < LIMIT_BYTES + 512 * 1024, `${bytesRead()} bytes`)
  })

  it('refuses a body that drips', async () => {
    await using impatient = await startUploadServer({ windowMs: 300 })
    const { client } = await impatient.open(`${MULTIPART}\r\n${CHUNKED}`)
    client.socket.write(chunkOf(FILE_HEAD))
    const drip = setInterval(() => client.socket.write(chunkOf('x')), 50)

    try {
      await until(() => client.received.includes('REQUEST_TIMEOUT'), 'answered')
    } finally {
      clearInterval(drip)
    }
    await until(() => client.isClosed, 'closed')

    assert.match(client.received, /^HTTP\/1.1 408 /)
    await noFilesOf(impatient)
  })

  it('leaves no file and no descriptor of 200 uploads that break off', async () => {
    const openBefore = (await readdir('/proc/self/fd')).length
    for (let round = 0; round < 10; round++)
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const { client } = await server.open(`${MULTIPART}\r\n${CHUNKED}`)
          const bytes = Buffer.from(
            chunkOf(FILE_HEAD) + chunkOf('x'.repeat(2000 * index)) + chunkOf('\r\n--b--\r\n'),
          )
          client.socket.write(bytes.subarray(0, 10 + ((round * 977 + index * 2011) % bytes.length)))
          await wait(index % 5)
          client.socket.destroy()
        }),
      )

    await noFiles()
    await until(
      async () => (await readdir('/proc/self/fd')).length <= openBefore,
      'all descriptors are closed',
    )
  })

  it('keeps the connection of a whole upload for the next request', async () => {
    const body = `${FILE_HEAD}x\r\n--b--\r\n`
    const { client } = await server.open(`${MULTIPART}\r\nContent-Length: ${body.length}`)
    client.socket.write(body)
    await until(() => client.received.includes('"upload"'), 'answered')
    client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')

    await until(() => client.received.split('HTTP/1.1 200').length === 3, 'answered again')
    client.socket.destroy()

    assert.doesNotMatch(client.received, /connection: close/i)
  })
})
