import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createFakeOpenai } from '../support/fakes/fake-openai.ts'
import { textReply } from '../support/fakes/fake-reply.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { markedDocument } from '../support/marked-document.ts'
import { markdownOf } from '../support/page-truth.ts'
import { readJson } from '../support/read-json.ts'
import { openSocket, type SocketMessage, type TestSocket } from '../support/socket-client.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { until } from '../support/until.ts'

const PAGES = 40
const CLIENTS = 200
/** How long the model takes for a page. */
const PAGE_MS = 500
/** Pages that are read before the last client has come. */
const EARLY_PAGES = 10

describe('200 WebSockets that follow one document of 40 pages', () => {
  let stack: Stack
  let taskId: string
  const clients: TestSocket[] = []
  const resources = new AsyncDisposableStack()

  before(async () => {
    const { promise: allHaveCome, resolve: readTheRest } = Promise.withResolvers<void>()
    let asked = 0
    const fake = resources.use(
      await createFakeOpenai({
        reply: async (body) => {
          asked += 1
          if (asked > EARLY_PAGES) await allHaveCome
          return textReply(await markdownOf(sentPng(body)), {
            delayMs: PAGE_MS,
            pieceLength: 10_000,
          })
        },
      }),
    )
    stack = resources.use(
      await startStack({
        stubDelayMs: null,
        env: {
          API_BASE_URL: fake.url,
          OPENAI_API_KEY: 'sk-test',
          MODEL: 'fake-vision',
          PASSWORD: '一个密码',
          BATCH_SIZE: '8',
        },
      }),
    )
    const url = stack.url.replace('http:', 'ws:')
    const join = async (place: number): Promise<void> => {
      const root = place % 2 === 0 ? '' : '/qianxia'
      const path = `${root}/${encodeURIComponent('一个密码')}/ws?client_id=c${place}`
      const client = resources.use(await openSocket(url + path))
      clients.push(client)
      client.send({ type: 'subscribe_task', task_id: taskId })
      await client.told('task_subscribed')
    }
    const places = Array.from({ length: CLIENTS }, (_, place) => place)

    taskId = await submit()
    // Half of them are there from the beginning, the others come while pages are read.
    await Promise.all(places.slice(0, CLIENTS / 2).map(join))
    await until(() => pagesOf(clients[0]).length >= 5, 'some pages have ended', 60_000)
    await Promise.all(places.slice(CLIENTS / 2).map(join))
    readTheRest()
    await until(() => clients.every(hasEnded), 'every client was told the end', 120_000)
  })
  after(() => resources.disposeAsync())

  async function submit(): Promise<string> {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(markedDocument(PAGES, 2))]), '发票.pdf')
    const response = await fetch(`${stack.url}/${encodeURIComponent('一个密码')}/process/pdf`, {
      method: 'POST',
      body: form,
    })
    const body = await readJson(response)
    assert.equal(response.status, 200, JSON.stringify(body))
    return body.task_id
  }

  it('tells each client every page once, and all in one order', () => {
    const [first, ...others] = clients.map(pagesOf)

    assert.deepEqual(
      first?.toSorted((left, right) => left - right),
      Array.from({ length: PAGES }, (_, place) => place + 1),
    )
    for (const pages of others) assert.deepEqual(pages, first)
    assert.equal(others.length, CLIENTS - 1)
  })

  it('tells each client one beginning and one end, with what was read', () => {
    for (const { messages } of clients) {
      const types = messages.map(({ type }) => type)
      const once = ['task_started', 'task_completed']
      assert.deepEqual(types.slice(0, 2), ['connection_established', 'task_subscribed'])
      assert.deepEqual(
        once.map((type) => types.filter((told) => told === type).length),
        [1, 1],
      )
      assert.equal(types.at(-1), 'task_completed')
      assert.ok(types.indexOf('task_started') < types.indexOf('page_completed'))
      assert.partialDeepStrictEqual(messages.at(-1), {
        task_id: taskId,
        result_summary: { total_pages: PAGES, successful_pages: PAGES, success_rate: '100.0%' },
      })
      assert.match(String(messages.at(-1)?.['content_preview']), /^# Page 1\n/)
    }
  })

  it('tells each client the beginning and the end of every batch', () => {
    for (const { messages } of clients)
      for (const type of ['batch_started', 'batch_completed'])
        assert.deepEqual(
          messages
            .filter((message) => message.type === type)
            .map(({ data }) => (data as { batch_number: number }).batch_number)
            .toSorted((left, right) => left - right),
          [1, 2, 3, 4, 5],
        )
  })
})

function pagesOf(client: TestSocket | undefined): number[] {
  return (client?.messages ?? [])
    .filter(({ type }) => type === 'page_completed')
    .map(({ data }) => (data as { page_number: number }).page_number)
}

function hasEnded({ messages }: TestSocket): boolean {
  const isEnd = ({ type }: SocketMessage) => /^task_(completed|failed|cancelled)$/.test(type)
  return messages.some(isEnd)
}
