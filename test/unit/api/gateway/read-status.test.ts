import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DocumentRequest, Manifest } from '../../../../src/contract/document.ts'
import { deletePrefix } from '../../../../src/storage/delete-prefix.ts'
import { documentPrefix, manifestKey, requestKey } from '../../../../src/storage/object-keys.ts'
import { readJson, writeJson } from '../../../../src/storage/read-blob.ts'
import { sampleDocumentId, sampleManifest } from '../../../support/document-status.ts'
import { benchOfEachTest, grpcFailure, progressWith } from '../../../support/test-gateway.ts'
import { ID, present, requestWith } from '../../../support/gateway-fixtures.ts'

describe('StatusReader', () => {
  const bench = benchOfEachTest()

  describe('status', () => {
    it('asks Temporal once for many who ask at once', async () => {
      const { documentId } = await bench.current.gateway.submit(await bench.current.submission('a'))

      const asked = Array.from({ length: 100 }, () => bench.current.gateway.status(documentId))
      assert.ok((await Promise.all(asked)).every((status) => status?.state === 'queued'))

      assert.equal(bench.current.temporal.calls.describe, 1)
    })

    it('answers null for an unknown id, once a second', async () => {
      assert.equal(await bench.current.gateway.status(ID), null)
      assert.equal(await bench.current.gateway.status(ID), null)
      assert.equal(bench.current.temporal.calls.describe, 1)
    })

    it('answers the last known state while Temporal is too busy or away', async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      const { documentId } = await bench.current.gateway.submit(await bench.current.submission('a'))
      present(bench.current.temporal.runs.get(documentId)).progress = progressWith({ donePages: 4 })
      await bench.current.gateway.status(documentId)
      for (const code of [8, 14, 4]) {
        bench.current.temporal.failure = grpcFailure(code)
        t.mock.timers.tick(1001)

        assert.equal((await bench.current.gateway.status(documentId))?.progress.donePages, 4)
      }
      await assert.rejects(bench.current.gateway.status(ID), {
        code: 'SERVICE_UNAVAILABLE',
        retryAfterMs: 5000,
      })
      const batch = await bench.current.gateway.statuses([documentId])
      assert.equal(batch.get(documentId)?.progress.donePages, 4)
    })

    it('reads an end from the manifest, also after Temporal has forgotten the run', async () => {
      await writeJson(bench.current.store, requestKey(ID), requestWith())
      await writeJson(bench.current.store, manifestKey(ID), sampleManifest())
      bench.current.temporal.runs.set(ID, { state: 'completed' })

      const known = await bench.current.gateway.status(ID)
      bench.current.temporal.runs.clear()
      const forgotten = await bench.current.anotherGateway().status(ID)

      assert.equal(known?.state, 'completed')
      assert.equal(known.fileName, 'scan.pdf')
      assert.deepEqual(forgotten, known)
    })

    it('writes the manifest of a terminated run and erases its password', async () => {
      await writeJson(bench.current.store, requestKey(ID), requestWith({ password: 'geheim' }))
      bench.current.temporal.runs.set(ID, {
        state: 'terminated',
        progress: progressWith({ donePages: 2 }),
      })

      const status = await bench.current.gateway.status(ID)

      assert.equal(status?.state, 'failed')
      const manifest = present(await readJson<Manifest>(bench.current.store, manifestKey(ID)))
      assert.equal(manifest.outcome, 'failed')
      assert.equal(
        (await readJson<DocumentRequest>(bench.current.store, requestKey(ID)))?.password,
        null,
      )
    })

    it('asks a worker for exact counts, and does without one', async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      await writeJson(bench.current.store, requestKey(ID), requestWith())
      const failed = [{ page: 2, code: 'TOO_COMPLEX' as const }]
      const exact = { progress: progressWith({ donePages: 5 }), marks: 'of...', failed }
      const run = { state: 'running' as const, progress: progressWith({ donePages: 4 }) }
      bench.current.temporal.runs.set(ID, { ...run, exact })

      const counted = await bench.current.gateway.status(ID, { exact: true })
      bench.current.temporal.runs.set(ID, run)
      t.mock.timers.tick(1001)
      const guessed = await bench.current.gateway.status(ID, { exact: true })

      assert.equal(counted?.progress.donePages, 5)
      assert.deepEqual(counted.failedPages, failed)
      assert.equal(guessed?.progress.donePages, 4)
    })

    it('says NO_WORKER where nothing moves and nobody polls, and asks only then', async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      await writeJson(bench.current.store, requestKey(ID), requestWith())
      const run = { state: 'running' as const, progress: progressWith({ donePages: 1 }) }
      bench.current.temporal.runs.set(ID, run)
      bench.current.temporal.hasPollers = false

      assert.equal((await bench.current.gateway.status(ID))?.queuedReason, null)
      run.progress = progressWith({ donePages: 2 })
      t.mock.timers.tick(1001)
      assert.equal((await bench.current.gateway.status(ID))?.queuedReason, null)
      assert.equal(bench.current.temporal.calls.pollers, 0)
      t.mock.timers.tick(1001)
      assert.equal((await bench.current.gateway.status(ID))?.queuedReason, 'NO_WORKER')
      // Two kinds of tasks; the engine's queue is that of the other activities.
      assert.equal(bench.current.temporal.calls.pollers, 2)
      t.mock.timers.tick(1001)
      await bench.current.gateway.status(ID)
      assert.equal(bench.current.temporal.calls.pollers, 2)
    })

    it('says STORAGE_FULL while a step waits for room, without a further call', async () => {
      await writeJson(bench.current.store, requestKey(ID), requestWith())
      const lastFailure = { applicationFailureInfo: { type: 'STORAGE_FULL' } }
      const activities = [{ activityId: 'draw-1-9', attempt: 3, state: 1, lastFailure }]
      const run = { state: 'running' as const, progress: progressWith({}), activities }
      bench.current.temporal.runs.set(ID, run)

      const status = await bench.current.gateway.status(ID)

      assert.deepEqual([status?.state, status?.queuedReason], ['processing', 'STORAGE_FULL'])
      const { describe: looks, pollers } = bench.current.temporal.calls
      assert.deepEqual([looks, pollers], [1, 0])
    })

    it('says nothing of a full store while the step that found it full is tried again', async () => {
      await writeJson(bench.current.store, requestKey(ID), requestWith())
      const lastFailure = { applicationFailureInfo: { type: 'STORAGE_FULL' } }
      const activities = [{ activityId: 'draw-1-9', attempt: 4, state: 2, lastFailure }]
      const run = { state: 'running' as const, progress: progressWith({}), activities }
      bench.current.temporal.runs.set(ID, run)

      const status = await bench.current.gateway.status(ID)

      assert.deepEqual([status?.state, status?.queuedReason], ['processing', null])
    })

    it('says no NO_WORKER of a queue whose workers are busy with a page and poll nothing', async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      const [reading, waiting] = [sampleDocumentId(1), sampleDocumentId(2)]
      for (const documentId of [reading, waiting])
        await writeJson(bench.current.store, requestKey(documentId), requestWith({ documentId }))
      const progress = { ...progressWith({}), phase: 'recognizing' as const }
      const activities = [{ activityId: 'page-1', attempt: 1, state: 2 }]
      bench.current.temporal.runs.set(reading, { state: 'running', progress, activities })
      bench.current.temporal.runs.set(waiting, { state: 'running' })
      bench.current.temporal.hasPollers = false
      bench.current.temporal.hasWorkflowPollers = true
      const { gateway } = bench.current

      const listed = await gateway.statuses([reading, waiting])
      t.mock.timers.tick(1001)
      const [busy, queued] = [await gateway.status(reading), await gateway.status(waiting)]
      bench.current.temporal.runs.set(reading, { state: 'running', progress })
      t.mock.timers.tick(20_000)
      const afterDeath = await gateway.status(waiting)

      assert.equal(listed.get(reading)?.queuedReason, null)
      assert.deepEqual([busy?.queuedReason, queued?.queuedReason], [null, null])
      assert.equal(afterDeath?.queuedReason, 'NO_WORKER')
    })
  })

  describe('statuses', () => {
    it('answers a hundred documents with one list and no describe', async () => {
      const ids = Array.from({ length: 100 }, (_, n) => sampleDocumentId(n))
      for (const documentId of ids) {
        await writeJson(bench.current.store, requestKey(documentId), requestWith({ documentId }))
        bench.current.temporal.runs.set(documentId, {
          state: 'running',
          progress: progressWith({ donePages: 1 }),
        })
      }

      const statuses = await bench.current.gateway.statuses([...ids, present(ids[0])])
      await bench.current.gateway.statuses(ids)

      assert.deepEqual([...statuses.keys()], ids)
      assert.ok([...statuses.values()].every((status) => status?.state === 'processing'))
      assert.equal(bench.current.temporal.calls.list, 1)
      assert.equal(bench.current.temporal.calls.describe, 0)
    })

    it('asks Temporal for at most ten documents that the list lacks', async () => {
      const ids = Array.from({ length: 50 }, (_, n) => sampleDocumentId(n))
      const forgotten = present(ids[0])
      for (const documentId of ids.slice(1)) {
        await writeJson(bench.current.store, requestKey(documentId), requestWith({ documentId }))
        bench.current.temporal.runs.set(documentId, { state: 'running', isUnlisted: true })
      }
      await writeJson(
        bench.current.store,
        manifestKey(forgotten),
        sampleManifest({ documentId: forgotten }),
      )
      const unknown = sampleDocumentId(99)

      const statuses = await bench.current.gateway.statuses([...ids, unknown])

      assert.equal(statuses.get(forgotten)?.state, 'completed')
      assert.equal(statuses.get(unknown), null)
      assert.equal([...statuses.values()].filter((s) => s?.state === 'queued').length, 49)
      assert.equal(bench.current.temporal.calls.list, 1)
      assert.equal(bench.current.temporal.calls.describe, 10)
    })

    it('shows no document that the sweep has removed since it was asked for', async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      const { store, temporal, gateway } = bench.current
      const ids = Array.from({ length: 40 }, (_, n) => sampleDocumentId(n))
      for (const [n, documentId] of ids.entries()) {
        await writeJson(store, requestKey(documentId), requestWith({ documentId }))
        // Of some of them no more than the request is remembered.
        temporal.runs.set(documentId, { state: 'completed', isUnlisted: n % 2 === 0 })
      }
      await gateway.statuses(ids)
      temporal.runs.clear()
      for (const documentId of ids) await deletePrefix(store, documentPrefix(documentId))
      t.mock.timers.tick(60_001)

      const statuses = await gateway.statuses(ids)

      assert.deepEqual(new Set(statuses.values()), new Set([null]))
    })

    it('asks Temporal for no document that the store does not know', async () => {
      const ids = Array.from({ length: 100 }, (_, n) => sampleDocumentId(n))

      const statuses = await bench.current.gateway.statuses(ids)

      assert.ok([...statuses.values()].every((status) => status === null))
      assert.equal(bench.current.temporal.calls.describe, 0)
    })

    it('never calls a document unknown because Temporal is away', async () => {
      const ids = [sampleDocumentId(1), sampleDocumentId(2)]
      bench.current.temporal.failure = grpcFailure(14)

      await assert.rejects(bench.current.gateway.statuses(ids), { code: 'SERVICE_UNAVAILABLE' })
    })

    it('tells which pages are under way, at which attempt and why', async () => {
      await writeJson(bench.current.store, requestKey(ID), requestWith())
      bench.current.temporal.runs.set(ID, {
        state: 'running',
        activities: [
          { activityId: 'draw-2-9', attempt: 1 },
          { activityId: 'page-7', attempt: 1 },
          {
            activityId: 'page-12-resample',
            attempt: 3,
            lastFailure: { applicationFailureInfo: { type: 'ENGINE_TIMED_OUT' } },
          },
        ],
      })

      const status = await bench.current.gateway.status(ID)

      assert.deepEqual(status?.pagesUnderWay, [
        { page: 7, attempt: 1, lastFailure: null },
        { page: 12, attempt: 3, lastFailure: 'ENGINE_TIMED_OUT' },
      ])
    })

    it('counts the newest of several runs and no run that went on', async () => {
      const [one, two] = [sampleDocumentId(1), sampleDocumentId(2)]
      for (const documentId of [one, two])
        await writeJson(bench.current.store, requestKey(documentId), requestWith({ documentId }))
      const progress = progressWith({ donePages: 8 })
      bench.current.temporal.runs.set(one, { state: 'running', progress, startedAtMs: 9000 })
      bench.current.temporal.olderRuns.set(one, { state: 'continued', startedAtMs: 2000 })
      bench.current.temporal.runs.set(two, { state: 'running', progress, isUnlisted: true })
      bench.current.temporal.olderRuns.set(two, { state: 'continued', startedAtMs: 2000 })

      const statuses = await bench.current.gateway.statuses([one, two])

      assert.equal(statuses.get(one)?.progress.donePages, 8)
      assert.equal(statuses.get(two)?.progress.donePages, 8)
      assert.equal(bench.current.temporal.calls.describe, 1)
    })
  })
})
