import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { listen } from '../../../src/api/http/listen.ts'
import { startApi } from '../../../src/api/server.ts'
import { loadConfig, type Config } from '../../../src/config/config.ts'
import { setLogLevel } from '../../../src/platform/logger.ts'
import { completedStatus, sampleDocumentId, sampleStatus } from '../../support/document-status.ts'
import { createFakeGateway } from '../../support/fake-gateway.ts'
import { readJson } from '../../support/read-json.ts'

function configIn(directory: string, variables: Record<string, string> = {}): Config {
  return loadConfig({
    OCR_DATA_DIR: directory,
    OCR_PORT: '0',
    OCR_COMPAT_PORTS: '',
    ...variables,
  })
}

before(() => setLogLevel('silent'))

describe('startApi', () => {
  it('serves on the main port with a store and a secret of its own', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'server-'))
    const gateway = createFakeGateway([completedStatus()])
    await using api = await startApi(configIn(directory.path), { gateway })

    const body = await readJson(await fetch(`${api.url}/v1/documents/${sampleDocumentId()}`))

    assert.equal(body.status, 'completed')
    assert.equal(api.url, `http://127.0.0.1:${api.port}`)
  })

  it('starts without Temporal and says so', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'server-'))
    // Port 1 of this host: nothing listens there.
    await using api = await startApi(configIn(directory.path, { TEMPORAL_ADDRESS: '127.0.0.1:1' }))

    const ready = await fetch(`${api.url}/readyz`)
    const status = await fetch(`${api.url}/v1/documents/${sampleDocumentId()}`)

    assert.equal(ready.status, 503)
    assert.ok((await readJson(ready)).missing.includes('temporal'))
    assert.partialDeepStrictEqual(await readJson(status), { status: 503 })
  })

  it('ends the start with one sentence when the main port is taken', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'server-'))
    await using taken = await listen(() => {}, { host: '127.0.0.1', port: 0 })
    const config = configIn(directory.path, { OCR_PORT: String(taken.port) })

    const starting = startApi(config, { gateway: createFakeGateway() })

    await assert.rejects(starting, {
      name: 'StartError',
      message: `Cannot listen on 127.0.0.1:${taken.port}: the port is taken by another program`,
    })
  })

  it('skips a documented port that is taken', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'server-'))
    await using taken = await listen(() => {}, { host: '127.0.0.1', port: 0 })
    const config = configIn(directory.path, {
      OCR_COMPAT_PORTS: '54188',
      PORT: String(taken.port),
    })

    await using api = await startApi(config, { gateway: createFakeGateway() })

    assert.deepEqual(api.compatPorts, [])
    assert.equal((await fetch(`${api.url}/version`)).status, 200)
  })

  it('ends long polls and closes when it is disposed', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'server-'))
    const gateway = createFakeGateway([sampleStatus()])
    const api = await startApi(configIn(directory.path), { gateway })

    const waiting = fetch(`${api.url}/v1/documents/${sampleDocumentId()}?wait=60`)
    while (gateway.waitedMs.length === 0) await new Promise(setImmediate)
    await api[Symbol.asyncDispose]()

    assert.equal((await waiting).status, 200)
    await assert.rejects(fetch(api.url))
  })
})

/** A server that is told to close while it answers a request. */
async function askAndClose(): Promise<{ asking: Promise<Response>; closing: PromiseLike<void> }> {
  const release = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const listener = await listen(
    (_req, res) => {
      entered.resolve()
      void release.promise.then(() => res.end('done'))
    },
    { host: '127.0.0.1', port: 0 },
  )

  const asking = fetch(`http://127.0.0.1:${listener.port}/`)
  await entered.promise
  const closing = listener[Symbol.asyncDispose]()
  release.resolve()
  return { asking, closing }
}

describe('listen', () => {
  it('lets requests under way finish before it closes', async () => {
    const { asking, closing } = await askAndClose()

    assert.equal(await (await asking).text(), 'done')
    await closing
  })

  it('tells clients that keep their connection not to, before it closes', async () => {
    const { asking, closing } = await askAndClose()
    const answer = await asking
    await answer.text()
    await closing

    assert.equal(answer.headers.get('connection'), 'close')
  })

  it('serves a request that was on its way when it began to close', async () => {
    const listener = await listen((_req, res) => void res.end('done'), {
      host: '127.0.0.1',
      port: 0,
    })
    const socket = connect(listener.port, '127.0.0.1')
    await once(socket, 'connect')
    // Until the server has taken the connection: without a request it counts as idle.
    await (await fetch(`http://127.0.0.1:${listener.port}/`)).text()

    const closing = listener[Symbol.asyncDispose]()
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const [answer] = await once(socket, 'data')
    await closing
    socket.destroy()

    assert.match(String(answer), /^HTTP\/1.1 200 /)
  })

  for (const [what, request, status] of [
    ['a head over 16 KB', `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['what is not HTTP', 'hello\r\n\r\n', 400],
  ] as const)
    it(`refuses ${what} under a request id and closes`, async () => {
      await using listener = await listen((_req, res) => void res.end(), {
        host: '127.0.0.1',
        port: 0,
      })
      const socket = connect(listener.port, '127.0.0.1')
      // What comes after the refusal may be a reset.
      socket.on('error', () => {})
      const closed = new Promise((resolve) => socket.once('close', resolve))

      socket.write(request)
      const [answer] = await once(socket, 'data')
      await closed

      assert.match(String(answer), new RegExp(`^HTTP/1.1 ${status} `))
      assert.match(String(answer), /\r\nX-Request-Id: [0-9a-f-]{36}\r\n/)
    })
})
