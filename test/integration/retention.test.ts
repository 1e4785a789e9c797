import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createSweepActivities } from '../../src/activities/sweep/index.ts'
import { createDocumentGateway } from '../../src/api/gateway/document-gateway.ts'
import { parseDocumentId, type DocumentId } from '../../src/contract/identifiers.ts'
import { documentIdOf, workflowIdFor } from '../../src/contract/names.ts'
import { SWEEP_EXPIRED, type SweepCounts } from '../../src/contract/sweep.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { createDirectoryBlobStore } from '../../src/storage/directory-blob-store.ts'
import { blobKey, manifestKey, referenceKey, requestKey } from '../../src/storage/object-keys.ts'
import { writeJson } from '../../src/storage/read-blob.ts'
import { writeReference } from '../../src/storage/store-blob.ts'
import { createRunFinder } from '../../src/workers/document-runs.ts'
import { ensureSweepSchedule } from '../../src/workers/sweep-schedule.ts'
import { sampleManifest } from '../support/document-status.ts'
import { startDocumentWorkflows, type DocumentWorkflows } from '../support/document-workflows.ts'
import { present, requestWith } from '../support/gateway-fixtures.ts'
import { DAY, shaOf } from '../support/sweep-bench.ts'
import { TEST_NAMESPACE } from '../support/temporal-environment.ts'
import { until } from '../support/until.ts'

const SHA256 = shaOf('c')

describe('retention, with a Temporal server', () => {
  let directory: string
  let store: BlobStore
  let workflows: DocumentWorkflows
  let findRun: ReturnType<typeof createRunFinder>
  let release: () => void
  let laterMs = 0
  let forgotten: DocumentId

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'retention-'))
    store = createDirectoryBlobStore({ path: join(directory, 'store'), secret: 'x' })
    const { promise: released, resolve } = Promise.withResolvers<void>()
    release = resolve
    const sweep = createSweepActivities({
      store,
      findRun: (documentId) => findRun(documentId),
      retention: { resultsDays: 30, intermediatesHours: 24 },
      temporaryDirectory: join(directory, 'tmp'),
      nowMs: () => Date.now() + laterMs,
    })
    workflows = await startDocumentWorkflows(1, {
      ...sweep,
      recognizePage: async ({ engine }) => {
        if (engine === 'tesseract') await released
        return { status: 'ok', characters: 1, confidencePercent: null }
      },
    })
    findRun = createRunFinder(workflows.client)
  })
  after(async () => {
    release()
    await workflows[Symbol.asyncDispose]()
    await rm(directory, { recursive: true })
  })

  const anotherGateway = () => {
    const { client, documentsQueue: documents, cpuQueue: cpu, webhooksQueue: webhooks } = workflows
    const queues = { documents, cpu, webhooks }
    return createDocumentGateway({ client, store, secret: 's', queues })
  }

  /** A document as api and workers leave it: completed, or with a page under way. */
  const addDocument = async (isRunning = false): Promise<DocumentId> => {
    const documentId = present(parseDocumentId(randomUUID()))
    await writeReference(store, referenceKey(SHA256, documentId))
    await store.put(blobKey(SHA256), Buffer.from('pdf'), { contentType: 'application/pdf' })
    await writeJson(store, requestKey(documentId), requestWith({ documentId, sha256: SHA256 }))
    const engine = isRunning ? 'tesseract' : 'paddle'
    const handle = await workflows.start({ documentId, documentSha256: SHA256, engine })
    if (isRunning) return documentId
    await handle.result()
    const manifest = sampleManifest({ documentId, documentSha256: SHA256 })
    await writeJson(store, manifestKey(documentId), manifest)
    return documentId
  }

  const forget = async (documentId: DocumentId): Promise<void> => {
    await workflows.client.workflowService.deleteWorkflowExecution({
      namespace: TEST_NAMESPACE,
      workflowExecution: { workflowId: workflowIdFor(documentId) },
    })
    const isForgotten = async (): Promise<boolean> => (await findRun(documentId)) === null
    await until(isForgotten, 'Temporal has forgotten the run', 60_000)
  }

  const sweep = async (afterMs: number): Promise<SweepCounts> => {
    laterMs = afterMs
    return await workflows.client.workflow.execute(SWEEP_EXPIRED, {
      workflowId: `sweep-${randomUUID()}`,
      taskQueue: workflows.documentsQueue,
      args: [{ cpuQueue: workflows.cpuQueue }],
    })
  }

  it('answers the status from the manifest once Temporal has forgotten the run', async () => {
    forgotten = await addDocument()
    const known = await anotherGateway().status(forgotten)

    await forget(forgotten)
    const status = await anotherGateway().status(forgotten)

    assert.deepEqual([known?.state, status?.state], ['completed', 'completed'])
    assert.deepEqual(status?.manifest, known?.manifest)
  })

  it('sweeps what is over, and neither what runs nor the file that it shares', async () => {
    const over = await addDocument()
    const running = await addDocument(true)

    const early = await sweep(29 * DAY)
    const isKept = (await store.head(manifestKey(over))) !== null
    const late = await sweep(40 * DAY)

    assert.deepEqual([early.documents, isKept], [0, true])
    assert.deepEqual([late.documents, late.failures, late.blobs], [2, 0, 0])
    const gateway = anotherGateway()
    const states = await Promise.all(
      [over, forgotten, running].map(async (id) => (await gateway.status(id))?.state ?? null),
    )
    assert.deepEqual([states[0], states[1]], [null, null])
    assert.ok(states[2] === 'processing' || states[2] === 'queued')
    assert.notEqual(await store.head(blobKey(SHA256)), null)

    release()
    await workflows.client.workflow.getHandle(workflowIdFor(running)).result()
    // No manifest was written here: by the time when Temporal has closed the run.
    await sweep(32 * DAY)
    assert.equal(await store.head(blobKey(SHA256)), null)
  })

  it('is started by a schedule, which follows the settings and stays paused', async () => {
    const { client, documentsQueue, cpuQueue } = workflows
    const scheduleId = `sweep-${randomUUID()}`
    const schedule = { scheduleId, documentsQueue, input: { cpuQueue, resultsDays: 30 } }
    const handle = client.schedule.getHandle(scheduleId)
    try {
      await ensureSweepSchedule(client, schedule)
      await handle.trigger()
      await until(
        async () => (await handle.describe()).info.recentActions.length > 0,
        'the schedule has started a sweep',
      )
      const [first] = (await handle.describe()).info.recentActions
      const { workflow } = present(first).action
      assert.equal(documentIdOf(workflow.workflowId), null)
      const counts: SweepCounts = await client.workflow.getHandle(workflow.workflowId).result()
      assert.equal(counts.failures, 0)

      await handle.pause('by an operator')
      await ensureSweepSchedule(client, schedule)
      await ensureSweepSchedule(client, { ...schedule, input: { cpuQueue, resultsDays: 7 } })
      const { action, policies, spec, state } = await handle.describe()
      assert.deepEqual(action.args, [{ cpuQueue, resultsDays: 7 }])
      assert.deepEqual([policies.overlap, state.paused], ['SKIP', true])
      assert.deepEqual(
        spec.intervals?.map(({ every }) => every),
        [3_600_000],
      )
    } finally {
      await handle.delete()
    }
  })
})
