import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { sampleTask, startSocketServer } from '../../../../support/qianxia-sockets.ts'
import { pageEnded } from '../../../../support/scripted-live.ts'
import type { TestSocket } from '../../../../support/socket-client.ts'
import { until } from '../../../../support/until.ts'

const ID = sampleDocumentId()

const subscribe = (taskId: string) => ({ type: 'subscribe_task', task_id: taskId })

/** What a client was told since it was established, by type. */
const typesOf = ({ messages }: TestSocket) => messages.slice(1).map(({ type }) => type)

describe('a socket', () => {
  it('is closed by another one of the same caller and client_id', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    const first = await server.connect('/pwd/ws?client_id=a')
    await first.ask(subscribe(ID))

    const second = await server.connect('/pwd/ws?client_id=a')

    assert.equal(await first.untilClosed(), 1008)
    assert.equal(server.live.followers(ID), 0)
    assert.deepEqual(await second.ask({ type: 'ping' }), { type: 'pong' })
    await until(() => server.sockets.stats().activeConnections === 1, 'the first is forgotten')
  })

  it('is closed for a message that is too large or in too many pieces', async () => {
    await using server = await startSocketServer()
    const [large, pieces] = [await server.connect(), await server.connect()]

    large.send('x'.repeat(64 * 1024 + 1))
    for (let n = 0; n < 20; n++) pieces.socket.send('x', { fin: false })

    assert.equal(await large.untilClosed(), 1009)
    assert.equal(await pieces.untilClosed(), 1008)
  })

  it('is closed for more messages at once than can be meant', async () => {
    await using server = await startSocketServer()
    const client = await server.connect()

    for (let n = 0; n < 2_000; n++) client.send('{}')

    assert.equal(await client.untilClosed(), 1008)
  })

  it('is dropped when its reader is slow, while others go on', async () => {
    const task = sampleTask({
      fileName: 'x'.repeat(2_000),
      progress: { ...INITIAL_PROGRESS, totalPages: 40, startedAtMs: 1 },
    })
    await using server = await startSocketServer({ documents: [task] })
    const [slow, other] = [await server.connect(), await server.connect()]
    for (const client of [slow, other]) await client.ask(subscribe(ID))

    slow.socket.pause()
    let published = 0
    await until(() => {
      for (let n = 0; n < 500; n++) server.live.publish(ID, task)
      published += 500
      return server.sockets.stats().activeConnections === 1
    }, 'the slow reader is dropped')

    await until(
      () => typesOf(other).filter((type) => type === 'task_progress').length === published,
      'the other one was told everything',
    )
    assert.equal(other.closed, null)
    assert.match(server.logLines.join(''), /dropped a socket whose reader is too slow/)
  })

  it('gets a long history at its own pace', async () => {
    const pages = 20_000
    const task = sampleTask({
      progress: { ...INITIAL_PROGRESS, totalPages: pages, startedAtMs: 1 },
    })
    await using server = await startSocketServer({ documents: [task] })
    const history = Array.from({ length: pages }, (_, n) => pageEnded(n + 1))
    server.live.follow = async (_id, listener) => {
      for (const [n, event] of history.entries()) listener({ ...event, id: String(n) })
      return { [Symbol.dispose]: () => undefined }
    }
    const client = await server.connect()

    client.socket.pause()
    client.send(subscribe(ID))
    await until(() => server.sockets.stats().totalTaskSubscriptions === 1, 'it is subscribed')
    client.socket.resume()

    const told = () => typesOf(client).filter((type) => type === 'page_completed').length
    await until(() => told() === pages, 'all pages are told', 20_000)
    assert.equal(client.closed, null)
  })

  it('is given up when nothing is heard from it', async () => {
    await using server = await startSocketServer({ heartbeatMs: 100, idleTimeoutMs: 8_000 })
    const [silent, alive] = [await server.connect(), await server.connect()]

    silent.socket.pause()

    await until(() => server.sockets.stats().activeConnections === 1, 'the silent one is given up')
    assert.equal(alive.closed, null)
  })

  it('is closed with 1012 when the server stops', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    const client = await server.connect()
    await client.ask(subscribe(ID))

    await server.sockets[Symbol.asyncDispose]()

    assert.equal(await client.untilClosed(), 1012)
    assert.equal(server.live.followers(ID), 0)
    assert.deepEqual(server.sockets.stats().activeConnections, 0)
  })
})
