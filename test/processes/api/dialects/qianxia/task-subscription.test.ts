import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DocumentStatus } from '../../../../../src/contract/document-status.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { completedStatus, sampleDocumentId } from '../../../../support/document-status.ts'
import { sampleTask, startSocketServer } from '../../../../support/qianxia-sockets.ts'
import { pageEnded } from '../../../../support/scripted-live.ts'
import { withoutTime, type TestSocket } from '../../../../support/socket-client.ts'
import { until } from '../../../../support/until.ts'
import { pageRecordOf } from '../../../../support/watched-documents.ts'

const ID = sampleDocumentId()

const subscribe = (taskId: string) => ({ type: 'subscribe_task', task_id: taskId })

/** What a client was told since it was established, by type. */
const typesOf = ({ messages }: TestSocket) => messages.slice(1).map(({ type }) => type)

describe('a subscription', () => {
  it('replays what has happened and goes on live', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    server.live.publish(ID, pageEnded(1), sampleTask())
    const client = await server.connect()

    client.send(subscribe(ID))
    await client.told('task_progress')
    server.live.publish(ID, pageEnded(2))
    await until(() => client.messages.length === 7, 'page 2 is told')

    assert.deepEqual(typesOf(client), [
      'task_subscribed',
      'task_started',
      'batch_started',
      'page_completed',
      'task_progress',
      'page_completed',
    ])
  })

  it('ends with the task, whose preview has at most 500 characters', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    for (const page of [1, 2, 3, 4])
      server.gateway.pages.set(`${ID}/${page}`, {
        ...pageRecordOf(page),
        markdown: page === 2 ? '' : `${page}${'𠮷'.repeat(200)}`,
      })
    const client = await server.connect()

    await client.ask(subscribe(ID))
    server.live.publish(ID, completedStatus({ dialect: 'qianxia' }))

    const completed = withoutTime(await client.told('task_completed'))
    assert.deepEqual(Object.keys(completed), [
      'type',
      'task_id',
      'result_summary',
      'content_preview',
    ])
    const preview = String(completed['content_preview'])
    assert.equal(Array.from(preview).length, 500)
    assert.ok(preview.startsWith(`1${'𠮷'.repeat(200)}\n\n3${'𠮷'.repeat(200)}\n\n4𠮷`))
    assert.equal(server.live.followers(ID), 0)
    assert.equal(server.sockets.stats().totalTaskSubscriptions, 0)
  })

  it('completes without a preview when the store is down', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    const client = await server.connect()
    await client.ask(subscribe(ID))

    server.gateway.failure = new OcrError('STORAGE_UNAVAILABLE', 'Cannot read an object')
    server.live.publish(ID, completedStatus({ dialect: 'qianxia' }))

    assert.equal((await client.told('task_completed'))['content_preview'], '')
  })

  it('shows its state to a client that comes back', async () => {
    await using server = await startSocketServer({ documents: [sampleTask()] })
    const first = await server.connect('/pwd/ws?client_id=a')
    await first.ask(subscribe(ID))
    server.live.publish(ID, pageEnded(1), sampleTask())
    await first.told('task_progress')
    first.socket.terminate()
    server.live.publish(ID, pageEnded(2), sampleTask())

    const second = await server.connect('/pwd/ws?client_id=a')
    await second.ask(subscribe(ID))
    await second.told('task_progress')

    assert.deepEqual(typesOf(second).slice(1), [
      'task_started',
      'batch_started',
      'page_completed',
      'page_completed',
      'task_progress',
    ])
  })

  it('is one of a hundred at most', async () => {
    const documents = Array.from({ length: 101 }, (_, n) =>
      sampleTask({ documentId: sampleDocumentId(n) }),
    )
    await using server = await startSocketServer({ documents })
    const client = await server.connect()

    for (const { documentId } of documents) client.send(subscribe(documentId))
    await until(() => client.messages.length === 102, 'all are answered')

    assert.deepEqual(withoutTime(client.messages.at(-1)), {
      type: 'error',
      message: '最多同时订阅100个任务',
    })
    assert.deepEqual(server.sockets.stats(), {
      activeConnections: 1,
      totalTaskSubscriptions: 100,
      uniqueSubscribedTasks: 100,
    })
  })

  it('gives 200 clients the same pages in the same order', async () => {
    const task: DocumentStatus = sampleTask({
      progress: { ...INITIAL_PROGRESS, totalPages: 40, startedAtMs: 1 },
    })
    await using server = await startSocketServer({ documents: [task] })
    const clients = await Promise.all(
      Array.from({ length: 200 }, (_, n) => server.connect(`/pwd/ws?client_id=c${n}`)),
    )

    // Every other client comes when half of the pages are there.
    const pages = Array.from({ length: 40 }, (_, n) => ((n * 7) % 40) + 1)
    for (const client of clients.slice(0, 100)) await client.ask(subscribe(ID))
    for (const page of pages.slice(0, 20)) server.live.publish(ID, pageEnded(page), task)
    for (const client of clients.slice(100)) client.send(subscribe(ID))
    for (const page of pages.slice(20)) server.live.publish(ID, pageEnded(page), task)
    server.live.publish(ID, completedStatus({ dialect: 'qianxia' }))
    await Promise.all(clients.map((client) => client.told('task_completed')))

    for (const { messages } of clients) {
      const told = messages.filter(({ type }) => type === 'page_completed')
      assert.deepEqual(
        told.map(({ data }) => (data as { page_number: number }).page_number),
        pages,
      )
      assert.equal(messages.at(-1)?.type, 'task_completed')
    }
    assert.equal(server.sockets.stats().activeConnections, 200)
  })
})
