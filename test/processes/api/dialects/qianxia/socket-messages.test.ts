import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { sampleTask, startSocketServer } from '../../../../support/qianxia-sockets.ts'
import { withoutTime } from '../../../../support/socket-client.ts'
import { until } from '../../../../support/until.ts'

const ID = sampleDocumentId()

const subscribe = (taskId: string) => ({ type: 'subscribe_task', task_id: taskId })
const UNKNOWN_TASK = { type: 'error', message: '任务不存在' }

describe('the first message', () => {
  it('names the client as it has named itself', async () => {
    await using server = await startSocketServer()

    const client = await server.connect('/pwd/ws?client_id=sync_%E4%B8%80')

    assert.deepEqual(withoutTime(client.messages[0]), {
      type: 'connection_established',
      client_id: 'sync_一',
    })
  })

  it('gives a name to a client without one', async () => {
    await using server = await startSocketServer()

    const [first, second] = [await server.connect('/pwd/ws'), await server.connect('/pwd/ws')]

    const names = [first, second].map(({ messages }) => messages[0]?.['client_id'])
    assert.match(String(names[0]), /^[0-9a-f-]{36}$/)
    assert.notEqual(names[0], names[1])
  })
})

describe('messages of a client', () => {
  it('are answered as documented', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    const client = await server.connect()

    assert.deepEqual(await client.ask({ type: 'ping' }), { type: 'pong' })
    assert.deepEqual(await client.ask(subscribe(ID)), { type: 'task_subscribed', task_id: ID })
    assert.deepEqual(await client.ask({ type: 'subscribe', task_id: ID }), {
      type: 'task_subscribed',
      task_id: ID,
    })
    assert.deepEqual(await client.ask({ type: 'unsubscribe_task', task_id: ID }), {
      type: 'task_unsubscribed',
      task_id: ID,
    })
    assert.equal(server.live.followers(ID), 0)
  })

  it('get the row of a task', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    const client = await server.connect()

    const answer = await client.ask({ type: 'get_task_status', task_id: ID })

    assert.deepEqual(Object.keys(answer), ['type', 'task_id', 'task_info'])
    assert.partialDeepStrictEqual(answer, {
      type: 'task_status_response',
      task_id: ID,
      task_info: { id: ID, task_type: 'pdf_ocr', status: 'processing', progress: 50 },
    })
  })

  it('name tasks in letters of either case, as paths do', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    const client = await server.connect()
    const task_id = ID.toUpperCase()

    const answers = []
    for (const type of ['subscribe_task', 'get_task_status', 'unsubscribe_task'])
      answers.push(await client.ask({ type, task_id }))

    assert.partialDeepStrictEqual(answers, [
      { type: 'task_subscribed', task_id: ID },
      { type: 'task_status_response', task_id: ID },
      { type: 'task_unsubscribed', task_id: ID },
    ])
    assert.equal(server.live.followers(ID), 0)
  })

  it('that are none are refused with the documented texts', async () => {
    await using server = await startSocketServer()
    const client = await server.connect()
    const refused = async (message: unknown) => (await client.ask(message))['message']

    for (const type of ['subscribe_task', 'subscribe', 'unsubscribe_task', 'get_task_status']) {
      assert.equal(await refused({ type }), '缺少task_id参数')
      assert.equal(await refused({ type, task_id: 7 }), '缺少task_id参数')
    }
    assert.equal(await refused({ type: 'constructor' }), '未知消息类型: constructor')
    assert.equal(await refused({ type: 'x'.repeat(999) }), `未知消息类型: ${'x'.repeat(100)}`)
    for (const text of ['{', '', '[]', 'null', '"ping"', '['.repeat(60_000)])
      assert.equal(await refused(text), 'JSON格式错误', text.slice(0, 9))
    client.socket.send(Buffer.from('{"type":"ping"}'), { binary: true })
    await until(() => client.messages.at(-1)?.['message'] === 'JSON格式错误', 'binary is refused')
  })

  it('about tasks of others are answered as if there were none', async () => {
    const documents = [
      sampleTask({ documentId: sampleDocumentId(1), owner: 'qianxia:somebody' }),
      sampleTask({ documentId: sampleDocumentId(2), dialect: 'v1' }),
    ]
    await using server = await startSocketServer({ documents })
    const client = await server.connect()

    for (const taskId of [1, 2, 3].map(sampleDocumentId).concat('x' as typeof ID)) {
      assert.deepEqual(await client.ask(subscribe(taskId)), UNKNOWN_TASK)
      assert.deepEqual(await client.ask({ type: 'get_task_status', task_id: taskId }), UNKNOWN_TASK)
    }
  })

  it('survive an outage, which is told', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    const client = await server.connect()
    const unavailable = { type: 'error', message: '服务暂时不可用' }

    server.gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'Cannot reach Temporal')
    assert.deepEqual(await client.ask(subscribe(ID)), unavailable)
    server.gateway.failure = null
    server.live.failure = new OcrError('SERVICE_UNAVAILABLE', 'Cannot reach Temporal')
    assert.deepEqual(await client.ask(subscribe(ID)), unavailable)
    server.live.failure = new Error('a bug')
    assert.deepEqual(await client.ask(subscribe(ID)), {
      type: 'error',
      message: '服务器内部错误',
    })
    server.live.failure = null

    assert.deepEqual(await client.ask(subscribe(ID)), { type: 'task_subscribed', task_id: ID })
    assert.equal(server.sockets.stats().totalTaskSubscriptions, 1)
  })
})
