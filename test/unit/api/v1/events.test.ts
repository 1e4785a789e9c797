import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { describe, it, mock } from 'node:test'
import { createApp } from '../../../../src/api/app.ts'
import { createLiveDocuments } from '../../../../src/api/live/document-hub.ts'
import type { LiveDocuments } from '../../../../src/api/live/live-documents.ts'
import type { DocumentStatus } from '../../../../src/contract/document-status.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { sampleDocumentId } from '../../../support/document-status.ts'
import { rawRequest } from '../../../support/raw-request.ts'
import { readJson } from '../../../support/read-json.ts'
import { startTestApi, type TestApi } from '../../../support/test-api.ts'
import { until } from '../../../support/until.ts'
import { endedWith, pageRecordOf, runningWith } from '../../../support/watched-documents.ts'

const ID = sampleDocumentId()
const PATH = `/v1/documents/${ID}/events`

/** An application whose hub looks often, or is another one altogether. */
function startEventsApi(
  documents: readonly DocumentStatus[],
  live?: LiveDocuments,
): Promise<TestApi> {
  return startTestApi({
    documents,
    createApp(deps) {
      const { gateway, logger } = deps
      const hub = live ?? createLiveDocuments({ gateway, logger, intervalMs: 2 })
      return createApp({ ...deps, live: hub })
    },
  })
}

/** A connection that events arrive at. */
async function connect(url: string, headers: Record<string, string> = {}) {
  const request = get(url + PATH, { agent: false, headers })
  const [answer] = (await once(request, 'response')) as [IncomingMessage] // node:http's signature
  let text = ''
  let hasEnded = false
  answer.setEncoding('utf8').on('data', (part: string) => (text += part))
  answer.on('end', () => (hasEnded = true)).on('error', () => undefined)
  return {
    answer,
    text: () => text,
    events: () => parseEvents(text),
    hasEnded: () => hasEnded,
    [Symbol.dispose]: () => void request.destroy(),
  }
}

type SentEvent = {
  readonly event: string
  readonly id: string
  readonly data: Record<string, unknown>
}

function parseEvents(text: string): SentEvent[] {
  const blocks = text.split('\n\n').slice(0, -1)
  return blocks
    .filter((block) => !block.startsWith(':'))
    .map((block) => {
      const {
        1: event = '',
        2: id = '',
        3: data = '',
      } = /^event: (\w+)\nid: (\S+)\ndata: (.*)$/.exec(block) ?? []
      return { event, id, data: JSON.parse(data) }
    })
}

describe('GET /v1/documents/{id}/events', () => {
  it('sends what has happened, then what happens, and ends with the document', async () => {
    const failedPages = [{ page: 2, code: 'PAGE_TIMEOUT' }] as const
    const pagesUnderWay = [{ page: 3, attempt: 2, lastFailure: 'ENGINE_DIED' }] as const
    await using api = await startEventsApi([runningWith('of.', { failedPages, pagesUnderWay })])
    api.gateway.pages.set(`${ID}/1`, pageRecordOf(1))

    using stream = await connect(api.url)
    await until(() => stream.events().length === 4, 'what has happened was sent')
    api.gateway.documents.set(ID, endedWith('ofe', { failedPages }))
    await until(stream.hasEnded, 'the answer ended')

    const [page, failed, retry, running, last, document] = stream.events()
    assert.deepEqual(
      [page?.event, page?.data],
      ['page', { page: 1, outcome: 'ok', code: null, characters: 5, seconds: 0.25 }],
    )
    assert.deepEqual(failed?.data, {
      page: 2,
      outcome: 'failed',
      code: 'PAGE_TIMEOUT',
      characters: null,
      seconds: null,
    })
    assert.deepEqual(
      [retry?.event, retry?.data],
      ['retry', { page: 3, attempt: 2, code: 'ENGINE_DIED' }],
    )
    assert.deepEqual([running?.event, running?.data.status], ['document', 'processing'])
    assert.equal(last?.data.outcome, 'empty')
    assert.deepEqual(document?.data, await readJson(await api.fetch(`/v1/documents/${ID}`)))
    assert.equal(new Set(stream.events().map(({ id }) => id)).size, 6)
    const { headers } = stream.answer
    assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['x-accel-buffering'], 'no')
  })

  it('continues after Last-Event-ID, and answers 204 to who has seen the end', async () => {
    await using api = await startEventsApi([runningWith('o.')])
    using first = await connect(api.url)
    await until(() => first.events().length === 2, 'the first page was sent')
    const seen = first.events().at(-1)?.id ?? ''
    first[Symbol.dispose]()
    api.gateway.documents.set(ID, endedWith('oo'))

    using second = await connect(api.url, { 'last-event-id': seen })
    await until(second.hasEnded, 'the answer ended')
    const lastId = second.events().at(-1)?.id ?? ''
    const third = await rawRequest(api.url + PATH, { headers: { 'last-event-id': lastId } })

    assert.deepEqual(
      second.events().map(({ event, data }) => [event, data.page ?? data.status]),
      [
        ['page', 2],
        ['document', 'completed'],
      ],
    )
    assert.deepEqual([third.status, third.body], [204, ''])
  })

  it('sends everything to who names an event that is not known', async () => {
    await using api = await startEventsApi([endedWith('oo')])

    const answer = await rawRequest(api.url + PATH, { headers: { 'last-event-id': '0.7\u00e9' } })

    assert.deepEqual(
      parseEvents(answer.body).map(({ event }) => event),
      ['page', 'page', 'document'],
    )
  })

  it('answers 404 for an unknown document, also to who has seen an end, and 503 when Temporal is away', async () => {
    await using api = await startEventsApi([])

    const unknown = await api.fetch(PATH)
    const ended = await api.fetch(PATH, { headers: { 'last-event-id': `${'a'.repeat(12)}.end` } })
    api.gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'inner words')
    const failed = await api.fetch(PATH)

    assert.equal((await readJson(unknown)).code, 'DOCUMENT_NOT_FOUND')
    assert.deepEqual([unknown.status, ended.status, failed.status], [404, 404, 503])
    assert.equal(failed.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  })

  it('ends all answers when the server stops, and stops following', async () => {
    const fake = fakeLive()
    await using api = await startEventsApi([runningWith('..')], fake.live)
    using stream = await connect(api.url)

    api.stop()
    await until(stream.hasEnded, 'the answer ended')

    await until(() => fake.followers.size === 0, 'nobody follows')
  })

  it('stops following when the client goes away', async () => {
    const fake = fakeLive()
    await using api = await startEventsApi([runningWith('..')], fake.live)
    const stream = await connect(api.url)
    await until(() => fake.followers.size === 1, 'it is followed')

    stream[Symbol.dispose]()

    await until(() => fake.followers.size === 0, 'nobody follows')
  })

  it('drops a reader that does not read, and goes on sending to one that does', async () => {
    const fake = fakeLive()
    await using api = await startEventsApi([runningWith('..')], fake.live)
    using slow = await connect(api.url)
    using fast = await connect(api.url)
    await until(() => fake.followers.size === 2, 'both follow')
    slow.answer.pause()
    const status = runningWith('..', { fileName: 'x'.repeat(500_000) })

    let sent = 0
    while (fake.followers.size === 2 && sent < 200) {
      sent += 1
      fake.tell({ kind: 'status', status, id: String(sent) })
      await until(() => fast.events().length === sent, 'the fast one has read it')
    }
    await until(() => fake.followers.size === 1, 'the slow one was dropped')
    fake.tell({ kind: 'status', status, id: 'last' })
    await until(() => fast.events().at(-1)?.id === 'last', 'the fast one reads on')

    assert.ok(sent > 2, `dropped after ${sent} events of 500 KB`)
  })

  it('sends more than a megabyte of what has happened to a reader that needs a while', async () => {
    const status = runningWith('..', { fileName: 'x'.repeat(3_000_000) })
    const fake = fakeLive((listener) => {
      listener({ kind: 'status', status, id: '1' })
      listener({ kind: 'status', status, id: '2' })
    })
    await using api = await startEventsApi([runningWith('..')], fake.live)

    using stream = await connect(api.url)
    stream.answer.pause()
    await until(() => fake.followers.size === 1, 'it is followed')
    fake.tell({ kind: 'status', status: runningWith('.o'), id: '3' })
    stream.answer.resume()
    await until(() => stream.events().length === 3, 'everything was read')

    assert.equal(fake.followers.size, 1)
  })

  it('sends a comment every 15 seconds, and ends when the document was deleted', async () => {
    const fake = fakeLive()
    mock.timers.enable({ apis: ['setInterval'] })
    try {
      await using api = await startEventsApi([runningWith('..')], fake.live)
      using stream = await connect(api.url)

      mock.timers.tick(15_000)
      await until(() => stream.text() === ': keep-alive\n\n', 'the comment arrived')
      api.gateway.documents.clear()
      mock.timers.tick(15_000)
      await until(stream.hasEnded, 'the answer ended')

      await until(() => fake.followers.size === 0, 'nobody follows')
    } finally {
      mock.timers.reset()
    }
  })
})

/** A hub that tells what a test tells it to. */
function fakeLive(start?: (listener: Listener) => void) {
  const followers = new Set<Listener>()
  const live: LiveDocuments = {
    async follow(_documentId, listener) {
      start?.(listener)
      followers.add(listener)
      return { [Symbol.dispose]: () => void followers.delete(listener) }
    },
    async [Symbol.asyncDispose]() {},
  }
  const tell = (event: Parameters<Listener>[0]): void => {
    for (const listener of followers) listener(event)
  }
  return { live, followers, tell }
}

type Listener = Parameters<LiveDocuments['follow']>[1]
