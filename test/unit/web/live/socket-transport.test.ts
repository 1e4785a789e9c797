import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws'
import {
  createSocketTransport,
  type SocketOptions,
} from '../../../../web/src/live/socket-transport.ts'
import { until } from '../../../support/until.ts'
import { documentView } from '../../../support/web-documents.ts'

async function startServer() {
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const sockets = new WebSocketServer({ server: http })
  const received: unknown[] = []
  const clients: ServerSocket[] = []
  sockets.on('connection', (socket) => {
    clients.push(socket)
    socket.on('message', (data) => {
      assert.ok(Buffer.isBuffer(data))
      received.push(JSON.parse(data.toString()))
    })
  })
  const address = http.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    url: `http://127.0.0.1:${address.port}/live`,
    received,
    clients,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.terminate()
      sockets.close()
      http.close()
      http.closeAllConnections()
      await once(http, 'close')
    },
  }
}

function connect(url: string, options: Partial<SocketOptions> = {}) {
  const told: string[] = []
  const transport = createSocketTransport({
    url: () => url,
    maxFollowed: 2,
    join: (emit) => ({
      follow: (id) => [{ follow: id }],
      unfollow: (id) => [{ unfollow: id }],
      take(message) {
        if (message === 'ask') return [{ answer: true }]
        emit({ kind: 'document', document: documentView({ id: String(message) }) })
        return []
      },
      leave: () => told.push('left'),
    }),
    ...options,
  })
  const connection = transport.open({
    onUp: () => told.push('up'),
    onDown: () => told.push('down'),
    onEvent: (event) => told.push(event.kind === 'document' ? event.document.id : event.kind),
  })
  return {
    connection,
    told,
    [Symbol.dispose]: () => connection.close(),
  }
}

describe('the socket', () => {
  it('follows what is wanted once it is open, up to what the server allows', async () => {
    await using server = await startServer()
    using client = connect(server.url)

    client.connection.follow(new Set(['a', 'b', 'c']))
    await until(() => server.received.length === 2, 'two are followed')
    client.connection.follow(new Set(['b', 'c']))
    await until(() => server.received.length === 4, 'the next is followed')

    assert.deepEqual(server.received, [
      { follow: 'a' },
      { follow: 'b' },
      { unfollow: 'a' },
      { follow: 'c' },
    ])
  })

  it('passes on what the server tells, and answers what it asks', async () => {
    await using server = await startServer()
    using client = connect(server.url)
    await until(() => client.told.includes('up'), 'it is open')

    for (const text of ['"x"', '"ask"']) server.clients[0]?.send(text)
    await until(() => server.received.length === 1, 'it has answered')

    assert.deepEqual(client.told, ['up', 'x'])
    assert.deepEqual(server.received, [{ answer: true }])
  })

  it('is down when the server closes it, and when there is no server', async () => {
    const server = await startServer()
    using first = connect(server.url)
    await until(() => first.told.includes('up'), 'it is open')

    server.clients[0]?.close(1012)
    await until(() => first.told.includes('down'), 'it is down')
    await server[Symbol.asyncDispose]()
    using second = connect(server.url)
    await until(() => second.told.includes('down'), 'there is no server')

    assert.deepEqual(first.told, ['up', 'left', 'down'])
    assert.deepEqual(second.told, ['left', 'down'])
  })

  it('is down when it does not open in time', async () => {
    const http = createServer().on('upgrade', () => undefined)
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    const address = http.address()
    assert.ok(address !== null && typeof address === 'object')
    try {
      using client = connect(`http://127.0.0.1:${address.port}/`, { openTimeoutMs: 50 })

      await until(() => client.told.includes('down'), 'it is given up')
      assert.deepEqual(client.told, ['left', 'down'])
    } finally {
      http.close()
      http.closeAllConnections()
    }
  })

  it('is down when its ping is not answered', async () => {
    await using server = await startServer()
    using client = connect(server.url, { ping: { type: 'ping' }, pingMs: 30 })

    await until(() => client.told.includes('down'), 'it is given up')

    assert.deepEqual(server.received[0], { type: 'ping' })
  })

  it('is down when a server that should speak by itself is silent, as after a change of networks', async () => {
    await using server = await startServer()
    using client = connect(server.url, { pingMs: 30 })

    await until(() => client.told.includes('down'), 'it is given up')

    assert.deepEqual(server.received, [])
    assert.deepEqual(client.told, ['up', 'left', 'down'])
  })

  it('says nothing once it was closed', async () => {
    await using server = await startServer()
    using client = connect(server.url)
    await until(() => client.told.includes('up'), 'it is open')

    client.connection.close()
    await once(server.clients[0] ?? assert.fail('no client'), 'close')

    assert.deepEqual(client.told, ['up', 'left'])
  })
})
