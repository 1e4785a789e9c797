import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLiveDocuments } from '../../../../src/api/live/document-hub.ts'
import type { DocumentEvent, LiveDocuments } from '../../../../src/api/live/live-documents.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { createRootLogger } from '../../../../src/platform/logger.ts'
import { failureOf } from '../../../support/failure-of.ts'
import { sampleDocumentId } from '../../../support/document-status.ts'
import { until } from '../../../support/until.ts'
import {
  documentIds,
  endedWith,
  runningWith,
  watchedDocuments,
  type WatchedDocuments,
} from '../../../support/watched-documents.ts'

const ID = sampleDocumentId()
const INTERVAL_MS = 2

function startHub(gateway: WatchedDocuments, keepMs = 60_000) {
  const logLines: string[] = []
  const logger = createRootLogger({ write: (line) => void logLines.push(line) })
  const hub = createLiveDocuments({ gateway, logger, intervalMs: INTERVAL_MS, keepMs })
  const follow: LiveDocuments['follow'] = (...asked) => hub.follow(...asked)
  return { logLines, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](), follow }
}

/** Short names of events: `2` a page, `2.3` its third attempt, `processing 1/4` a status. */
const shown = (events: readonly DocumentEvent[]): string[] =>
  events.map((event) => {
    switch (event.kind) {
      case 'page':
        return `${event.page}`
      case 'retry':
        return `${event.page}.${event.attempt}`
      case 'status': {
        const { state, progress } = event.status
        return `${state} ${progress.donePages}/${progress.totalPages}`
      }
    }
  })

/** Resolves after at least one more whole look. */
async function anotherLook(gateway: WatchedDocuments): Promise<void> {
  const { looks } = gateway
  await until(() => gateway.looks >= looks + 2, 'it was looked again')
}

describe('createLiveDocuments', () => {
  it('tells all that has happened before it resolves: pages, retries, status', async () => {
    const pagesUnderWay = [{ page: 3, attempt: 2, lastFailure: 'ENGINE_DIED' }] as const
    await using hub = startHub(watchedDocuments(runningWith('oo.o', { pagesUnderWay })))
    const events: DocumentEvent[] = []

    await hub.follow(ID, (event) => events.push(event))

    assert.deepEqual(shown(events), ['1', '2', '4', '3.2', 'processing 3/4'])
  })

  it('tells what happens then, and nothing after the end', async () => {
    const gateway = watchedDocuments(runningWith('..'))
    await using hub = startHub(gateway)
    const events: DocumentEvent[] = []
    await hub.follow(ID, (event) => events.push(event))

    gateway.documents.set(ID, runningWith('.o'))
    await until(() => events.length === 3, 'the second page was told')
    gateway.documents.set(ID, endedWith('oo'))
    await until(() => events.length === 5, 'the end was told')
    const { looks } = gateway
    await new Promise((resolve) => setTimeout(resolve, 10 * INTERVAL_MS))

    assert.deepEqual(shown(events), ['processing 0/2', '2', 'processing 1/2', '1', 'completed 2/2'])
    assert.equal(gateway.looks, looks)
  })

  it('reads the record of each page once, ten at most at once, for all followers', async () => {
    const gateway = watchedDocuments(runningWith('o'.repeat(50)))
    await using hub = startHub(gateway)

    await Promise.all([hub.follow(ID, () => undefined), hub.follow(ID, () => undefined)])
    await hub.follow(ID, () => undefined)
    await anotherLook(gateway)

    assert.deepEqual(
      gateway.reads.toSorted((a, b) => a - b),
      Array.from({ length: 50 }, (_, place) => place + 1),
    )
    assert.equal(gateway.mostReadsAtOnce, 10)
  })

  it('tells 200 followers, whenever they come, the same pages in the same order', async () => {
    const gateway = watchedDocuments(runningWith('.'.repeat(40)))
    await using hub = startHub(gateway)
    const followers = Array.from({ length: 200 }, (): DocumentEvent[] => [])

    for (const [place, events] of followers.entries()) {
      await hub.follow(ID, (event) => events.push(event))
      if (place % 10 !== 0) continue
      const marks = 'o'.repeat(place / 10).padStart(40, '.')
      gateway.documents.set(ID, runningWith(marks))
      await anotherLook(gateway)
    }
    gateway.documents.set(ID, endedWith('e'.repeat(40)))
    await until(() => followers.every((events) => hasEnd(events)), 'all were told the end')

    const pages = followers.map((events) =>
      events.flatMap((event) => (event.kind === 'page' ? [event.id, event.page] : [])),
    )
    for (const told of pages) assert.deepEqual(told, pages[0])
    assert.equal(pages[0]?.length, 80)
    for (const events of followers) assert.equal(events.at(-1)?.kind, 'status')
  })

  it('continues after the event that a follower saw last, also when nobody followed meanwhile', async () => {
    const gateway = watchedDocuments(runningWith('o...'))
    await using hub = startHub(gateway)
    const seen: DocumentEvent[] = []
    const first = await hub.follow(ID, (event) => seen.push(event))
    first?.[Symbol.dispose]()
    gateway.documents.set(ID, endedWith('ooof'))

    const later: DocumentEvent[] = []
    await hub.follow(ID, (event) => later.push(event), { afterId: seen.at(-1)?.id ?? null })

    assert.deepEqual(shown(later), ['2', '3', '4', 'completed 4/4'])
  })

  it('stops looking when the last follower has gone', async () => {
    const gateway = watchedDocuments(runningWith('..'))
    await using hub = startHub(gateway)
    const first = await hub.follow(ID, () => undefined)
    const second = await hub.follow(ID, () => undefined)

    first?.[Symbol.dispose]()
    await anotherLook(gateway)
    second?.[Symbol.dispose]()
    await new Promise(setImmediate)
    const { looks } = gateway
    await new Promise((resolve) => setTimeout(resolve, 10 * INTERVAL_MS))

    assert.equal(gateway.looks, looks)
  })

  it('forgets what nobody has followed for long, and the oldest of more than 200', async () => {
    const ids = documentIds(201)
    const gateway = watchedDocuments(...ids.map((documentId) => runningWith('o.', { documentId })))
    await using many = startHub(gateway)
    await using brief = startHub(gateway, 0)
    const lastIds = new Map<string, string>()

    for (const documentId of ids) {
      using _ = await many.follow(documentId, ({ id }) => lastIds.set(documentId, id))
    }
    const told = await Promise.all(
      [200, 1, 0].map(async (place) => {
        const documentId = ids[place] ?? ID
        const afterId = lastIds.get(documentId) ?? null
        let count = 0
        await many.follow(documentId, () => (count += 1), { afterId })
        return count
      }),
    )
    let briefCount = 0
    let briefId: string | null = null
    using _first = await brief.follow(ID, ({ id }) => (briefId = id))
    _first?.[Symbol.dispose]()
    await brief.follow(ID, () => (briefCount += 1), { afterId: briefId })

    assert.deepEqual(told, [0, 0, 2])
    assert.equal(briefCount, 2)
  })

  it('fails a first look as the gateway does, and works once that is over', async () => {
    const gateway = watchedDocuments(runningWith('o'))
    await using hub = startHub(gateway)
    const events: DocumentEvent[] = []

    gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'Cannot ask Temporal: it is away')
    const failures = await Promise.all([1, 2].map(() => failureOf(hub.follow(ID, () => undefined))))
    gateway.failure = null
    await hub.follow(ID, (event) => events.push(event))

    assert.deepEqual(
      failures.map(({ code }) => code),
      ['SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE'],
    )
    assert.deepEqual(shown(events), ['1', 'processing 1/1'])
  })

  it('keeps watching through an outage, which is logged once', async () => {
    const gateway = watchedDocuments(runningWith('..'))
    await using hub = startHub(gateway)
    const events: DocumentEvent[] = []
    await hub.follow(ID, (event) => events.push(event))

    gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'Cannot ask Temporal: it is away')
    await anotherLook(gateway)
    await anotherLook(gateway)
    gateway.documents.set(ID, runningWith('o.'))
    gateway.failure = null
    await until(() => events.length === 3, 'the page was told')

    assert.deepEqual(shown(events), ['processing 0/2', '1', 'processing 1/2'])
    assert.equal(hub.logLines.length, 1)
  })

  it('loses no page whose record could not be read at first', async () => {
    const gateway = watchedDocuments(runningWith('..'))
    await using hub = startHub(gateway)
    const events: DocumentEvent[] = []
    await hub.follow(ID, (event) => events.push(event))
    const { record } = gateway

    gateway.record = () => {
      throw new OcrError('STORAGE_UNAVAILABLE', 'Cannot read page: the store is away')
    }
    gateway.documents.set(ID, endedWith('oo'))
    await anotherLook(gateway)
    gateway.record = record
    await until(() => events.length === 4, 'the end was told')

    assert.deepEqual(shown(events), ['processing 0/2', '1', '2', 'completed 2/2'])
  })

  it('knows no document that does not exist, or has been deleted after its end', async () => {
    const gateway = watchedDocuments(endedWith('o'))
    await using hub = startHub(gateway)
    const followed = await hub.follow(ID, () => undefined)

    gateway.documents.clear()
    const events: DocumentEvent[] = []
    const deleted = await hub.follow(ID, (event) => events.push(event))
    const unknown = await hub.follow(sampleDocumentId(1), (event) => events.push(event))

    assert.notEqual(followed, null)
    assert.deepEqual([deleted, unknown, events], [null, null, []])
  })

  it('tells nothing more of a document that is deleted, and stops looking', async () => {
    const gateway = watchedDocuments(runningWith('..'))
    await using hub = startHub(gateway)
    const events: DocumentEvent[] = []
    let timesGone = 0
    await hub.follow(ID, (event) => events.push(event), { onGone: () => (timesGone += 1) })

    gateway.documents.clear()
    const { looks } = gateway
    await until(() => gateway.looks > looks, 'it was looked again')
    const looksAtDeletion = gateway.looks
    await new Promise((resolve) => setTimeout(resolve, 10 * INTERVAL_MS))

    assert.deepEqual([events.length, timesGone], [1, 1])
    assert.ok(gateway.looks <= looksAtDeletion + 1, `${gateway.looks - looksAtDeletion} looks`)
    assert.equal(await hub.follow(ID, () => undefined), null)
  })

  it('lets a listener that throws harm nobody else', async () => {
    const gateway = watchedDocuments(runningWith('o'))
    await using hub = startHub(gateway)
    const events: DocumentEvent[] = []
    await hub.follow(ID, () => {
      throw new Error('a bug')
    })
    await hub.follow(ID, (event) => events.push(event))

    gateway.documents.set(ID, endedWith('o'))
    await until(() => hasEnd(events), 'the end was told')

    assert.deepEqual(shown(events), ['1', 'processing 1/1', 'completed 1/1'])
    assert.ok(hub.logLines.some((line) => line.includes('a bug')))
  })

  it('ends all watches and takes no more followers when it is disposed', async () => {
    const gateway = watchedDocuments(runningWith('o'))
    const hub = startHub(gateway)
    await hub.follow(ID, () => undefined)

    await hub[Symbol.asyncDispose]()
    await new Promise(setImmediate)
    const { looks } = gateway
    await new Promise((resolve) => setTimeout(resolve, 10 * INTERVAL_MS))

    assert.equal(gateway.looks, looks)
    assert.equal((await failureOf(hub.follow(ID, () => undefined))).code, 'SERVICE_UNAVAILABLE')
  })
})

function hasEnd(events: readonly DocumentEvent[]): boolean {
  const last = events.at(-1)
  return last?.kind === 'status' && last.status.endedAt !== null
}
