import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blobKey, pageRecordKey, tombstoneKey } from '../../../../src/storage/object-keys.ts'
import { writeJson } from '../../../../src/storage/read-blob.ts'
import { until } from '../../../support/until.ts'
import { benchOfEachTest } from '../../../support/test-gateway.ts'
import { ID, present, uploadOf } from '../../../support/gateway-fixtures.ts'

describe('createDocumentGateway', () => {
  const bench = benchOfEachTest()

  describe('cancel', () => {
    it('accepts the cancel of a running document and refuses that of an ended one', async () => {
      const { documentId } = await bench.current.gateway.submit(await bench.current.submission('a'))

      const first = present(await bench.current.gateway.cancel(documentId))
      const second = present(await bench.current.gateway.cancel(documentId))

      assert.equal(first.accepted, true)
      assert.equal(first.status.state, 'cancelled')
      assert.equal(second.accepted, false)
      assert.equal(second.status.state, 'cancelled')
      assert.equal(bench.current.temporal.calls.cancel, 1)
      assert.equal(await bench.current.gateway.cancel(ID), null)
    })

    it('accepts without a worker: the document is cancelling', async (t) => {
      bench.current.temporal.hasPollers = false
      const { documentId } = await bench.current.gateway.submit(await bench.current.submission('a'))
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      const cancelled = bench.current.gateway.cancel(documentId)
      await until(() => bench.current.temporal.calls.cancel === 1, 'cancelled', 5_000_000)
      t.mock.timers.tick(5000)

      const answer = present(await cancelled)

      assert.deepEqual([answer.accepted, answer.status.state], [true, 'cancelling'])
    })
  })

  describe('readiness', () => {
    it('writes to the store once in 5 s, however often it is asked', async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      const ping = t.mock.method(bench.current.store, 'ping')
      const { gateway } = bench.current

      const answers = [await gateway.readiness(), await gateway.readiness()]
      const pingsBefore = ping.mock.callCount()
      t.mock.timers.tick(5_001)
      await gateway.readiness()

      assert.deepEqual(
        answers.map(({ store }) => store),
        [true, true],
      )
      assert.deepEqual([pingsBefore, ping.mock.callCount()], [1, 2])
    })
  })

  describe('delete', () => {
    it('makes a document unknown everywhere and removes all that is stored of it', async () => {
      const sent = await bench.current.submission('a', { idempotencyKey: 'k' })
      const { documentId } = await bench.current.gateway.submit(sent)
      const { sha256 } = uploadOf(sent)
      const record = pageRecordKey({ sha256, page: 1, engine: 'paddle', paramsHash: 'aa' })
      await writeJson(bench.current.store, record, {})

      assert.equal(await bench.current.gateway.delete(documentId), true)

      const { blobs } = await bench.current.store.list('')
      assert.deepEqual(
        blobs.map((blob) => blob.key),
        [tombstoneKey(documentId)],
      )
      assert.equal(await bench.current.gateway.status(documentId), null)
      assert.equal(await bench.current.anotherGateway().status(documentId), null)
      assert.equal(
        (await bench.current.anotherGateway().statuses([documentId, ID])).get(documentId),
        null,
      )
      assert.equal(await bench.current.gateway.cancel(documentId), null)
      assert.equal(await bench.current.gateway.delete(documentId), false)
      const again = await bench.current.submission('a', { idempotencyKey: 'k' })
      await assert.rejects(bench.current.gateway.submit(again), { code: 'DOCUMENT_NOT_FOUND' })
    })

    it('keeps the upload while another document has the same bytes', async () => {
      const first = await bench.current.gateway.submit(await bench.current.submission('a'))
      const sent = await bench.current.submission('a')
      const second = await bench.current.gateway.submit(sent)

      await bench.current.gateway.delete(first.documentId)
      assert.ok(await bench.current.store.head(blobKey(uploadOf(sent).sha256)))
      await bench.current.gateway.delete(second.documentId)

      assert.equal(await bench.current.store.head(blobKey(uploadOf(sent).sha256)), null)
    })

    it('answers SERVICE_UNAVAILABLE when the workflow does not end, and deletes nothing', async (t) => {
      bench.current.temporal.hasPollers = false
      const sent = await bench.current.submission('a')
      const { documentId } = await bench.current.gateway.submit(sent)
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      const deleted = bench.current.gateway.delete(documentId)
      const failed = assert.rejects(deleted, { code: 'SERVICE_UNAVAILABLE' })
      await until(() => bench.current.temporal.calls.cancel === 1, 'cancelled', 5_000_000)
      t.mock.timers.tick(15_000)

      await failed
      assert.ok(await bench.current.store.head(blobKey(uploadOf(sent).sha256)))
    })
  })

  describe('waitForEnd', () => {
    it('answers as soon as the time is up or the caller is gone', async () => {
      const { documentId } = await bench.current.gateway.submit(await bench.current.submission('a'))

      const timeUp = await bench.current.gateway.waitForEnd(
        documentId,
        30,
        new AbortController().signal,
      )
      const gone = await bench.current.gateway.waitForEnd(documentId, 60_000, AbortSignal.abort())

      assert.equal(timeUp?.state, 'queued')
      assert.equal(gone?.state, 'queued')
      const ended = bench.current.temporal.runs.get(documentId)
      present(ended).state = 'cancelled'
      const end = await bench.current.gateway.waitForEnd(
        documentId,
        60_000,
        new AbortController().signal,
      )
      assert.equal(end?.state, 'cancelled')
    })
  })

  describe('list', () => {
    it('refuses cursors and owners that cannot be', async () => {
      const query = { limit: 10, cursor: null }

      await assert.rejects(bench.current.gateway.list({ ...query, cursor: "x' OR" }), {
        code: 'REQUEST_MALFORMED',
      })
      await assert.rejects(bench.current.gateway.list({ ...query, owner: "x' OR '1'='1" }), {
        code: 'REQUEST_MALFORMED',
      })
    })

    it('leaves out what was deleted and tells open states apart', async () => {
      const { documentId } = await bench.current.gateway.submit(await bench.current.submission('a'))
      const other = await bench.current.gateway.submit(await bench.current.submission('b'))
      await bench.current.gateway.delete(other.documentId)

      const all = await bench.current.gateway.list({ limit: 10, cursor: null })
      const queued = await bench.current.gateway.list({ limit: 10, cursor: null, state: 'queued' })
      const processing = await bench.current.gateway.list({
        limit: 10,
        cursor: null,
        state: 'processing',
      })

      assert.deepEqual(
        all.documents.map((status) => status.documentId),
        [documentId],
      )
      assert.equal(queued.documents.length, 1)
      assert.equal(processing.documents.length, 0)
    })
  })
})
