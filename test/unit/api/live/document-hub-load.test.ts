import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLiveDocuments, lookPauseMs } from '../../../../src/api/live/document-hub.ts'
import type { DocumentEvent } from '../../../../src/api/live/live-documents.ts'
import { createRootLogger } from '../../../../src/platform/logger.ts'
import { sampleDocumentId } from '../../../support/document-status.ts'
import { until } from '../../../support/until.ts'
import {
  documentIds,
  endedWith,
  runningWith,
  watchedDocuments,
} from '../../../support/watched-documents.ts'

const ID = sampleDocumentId()
const logger = createRootLogger({ write: () => undefined })

const pagesOf = (events: readonly DocumentEvent[]) =>
  events.flatMap((event) => (event.kind === 'page' ? [event.page] : []))

const hasEnd = (events: readonly DocumentEvent[]): boolean => {
  const last = events.at(-1)
  return last?.kind === 'status' && last.status.endedAt !== null
}

describe('createLiveDocuments, when much is followed', () => {
  it('reads no record of what is past for a follower from now on, and all for one who comes later', async () => {
    const gateway = watchedDocuments(runningWith(`${'o'.repeat(4_999)}.`))
    await using hub = createLiveDocuments({ gateway, logger, intervalMs: 2 })
    const fromNow: DocumentEvent[] = []
    const whole: DocumentEvent[] = []

    await hub.follow(ID, (event) => fromNow.push(event), { isFromNow: true })
    const readsBefore = gateway.reads.length
    await Promise.all([
      hub.follow(ID, (event) => whole.push(event)),
      hub.follow(ID, () => undefined),
    ])
    gateway.documents.set(ID, endedWith('o'.repeat(5_000)))
    await until(() => hasEnd(fromNow) && hasEnd(whole), 'both were told the end')

    assert.equal(readsBefore, 0)
    assert.deepEqual(
      fromNow.map(({ kind }) => kind),
      ['status', 'page', 'status'],
    )
    assert.equal(gateway.reads.length, 5_000)
    assert.deepEqual(
      pagesOf(whole),
      Array.from({ length: 5_000 }, (_, place) => place + 1),
    )
    assert.equal(new Set(whole.map(({ id }) => id)).size, whole.length)
  })

  it('looks at many documents less often, so that Temporal is asked as often as for 50', () => {
    const pauses = [1, 50, 100, 200, 2_000].map((documents) => lookPauseMs(documents, 1_000))

    assert.deepEqual(pauses, [1_000, 1_000, 2_000, 4_000, 40_000])
  })

  it('refuses to follow more than 2,000 documents, over all who follow', async () => {
    const ids = documentIds(2_001)
    const gateway = watchedDocuments(...ids.map((documentId) => runningWith('.', { documentId })))
    await using hub = createLiveDocuments({ gateway, logger, intervalMs: 60_000 })
    const followed = []
    for (const id of ids.slice(0, 2_000)) followed.push(await hub.follow(id, () => undefined))
    const last = sampleDocumentId(2_000)

    await assert.rejects(
      hub.follow(last, () => undefined),
      { code: 'RATE_LIMITED' },
    )
    followed[0]?.[Symbol.dispose]()

    assert.notEqual(await hub.follow(last, () => undefined), null)
  })
})
