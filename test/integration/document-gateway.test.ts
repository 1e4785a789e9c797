import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker'
import type { DocumentId } from '../../src/contract/identifiers.ts'
import { TASK_QUEUE, workflowIdFor } from '../../src/contract/names.ts'
import {
  createDocumentGateway,
  type DocumentGateway,
} from '../../src/api/gateway/document-gateway.ts'
import { connectTemporal, type TemporalClient } from '../../src/api/gateway/temporal-client.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { createDirectoryBlobStore } from '../../src/storage/directory-blob-store.ts'
import { manifestKey } from '../../src/storage/object-keys.ts'
import { writeJson } from '../../src/storage/read-blob.ts'
import { sampleManifest } from '../support/document-status.ts'
import { submissionOf, uploadOf } from '../support/gateway-fixtures.ts'
import type { Submission } from '../../src/api/gateway/submission.ts'
import { temporalAddress } from '../support/temporal-address.ts'
import { TEST_NAMESPACE } from '../support/temporal-environment.ts'
import { until } from '../support/until.ts'

const [documents, cpu] = [`documents-${randomUUID()}`, `cpu-${randomUUID()}`]
const queues = { documents, cpu, webhooks: `webhooks-${randomUUID()}` }
const owner = `owner-${randomUUID()}`

describe('createDocumentGateway, with a Temporal server', () => {
  let directory: string
  let store: BlobStore
  let temporal: TemporalClient
  let gateway: DocumentGateway
  let native: NativeConnection
  let worker: Worker
  let running: Promise<void>

  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
    const address = temporalAddress()
    directory = await mkdtemp(join(tmpdir(), 'gateway-'))
    store = createDirectoryBlobStore({ path: join(directory, 'store'), secret: 'x' })
    temporal = connectTemporal({ address, namespace: TEST_NAMESPACE, apiKey: null, tls: false })
    gateway = createDocumentGateway({ client: temporal.client, store, secret: 's', queues })
    native = await NativeConnection.connect({ address })
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../fixtures/gateway-workflow.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    })
    worker = await Worker.create({
      connection: native,
      taskQueue: queues.documents,
      workflowBundle,
      shutdownGraceTime: '100ms',
    })
    running = worker.run()
  })
  after(async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown()
    await running
    await native.close()
    await temporal[Symbol.asyncDispose]()
    await rm(directory, { recursive: true })
  })

  const submission = async (
    content: string,
    idempotencyKey: string | null = null,
  ): Promise<Submission> => {
    const made = await submissionOf(directory, content, { owner, idempotencyKey })
    const upload = { ...uploadOf(made), fileName: 'geheimer-name.pdf' }
    return { ...made, source: { kind: 'upload', upload } }
  }
  const handleOf = (documentId: DocumentId) =>
    temporal.client.workflow.getHandle(workflowIdFor(documentId))
  const submit = async (content = randomUUID()) =>
    (await gateway.submit(await submission(content))).documentId
  const started = async () => {
    const documentId = await submit()
    await until(
      async () => (await gateway.status(documentId))?.state === 'processing',
      'a worker has started',
    )
    return documentId
  }

  it('shows progress from the memo, and exact counts from a worker', async () => {
    const documentId = await started()

    const status = await gateway.status(documentId)
    const exact = await gateway.status(documentId, { exact: true })

    assert.equal(status?.progress.donePages, 2)
    assert.equal(exact?.progress.donePages, 3)
    assert.deepEqual(exact.failedPages, [{ page: 3, code: 'TOO_COMPLEX' }])
    assert.equal(status.fileName, 'geheimer-name.pdf')
  })

  it('writes ids, hashes and numbers into Temporal, no name', async () => {
    const documentId = await submit()

    const description = await handleOf(documentId).describe()
    const history = JSON.stringify(await handleOf(documentId).fetchHistory())

    assert.equal(await description.staticSummary(), 'pdf · paddle · all pages')
    assert.deepEqual(Object.keys(description.memo ?? {}).includes('fingerprint'), true)
    assert.deepEqual(description.searchAttributes['OcrOwner'], [owner])
    assert.deepEqual(description.searchAttributes['OcrEngine'], ['paddle'])
    const encoded = Buffer.from('geheimer-name').toString('base64').slice(0, 12)
    assert.equal(history.includes('geheimer-name') || history.includes(encoded), false)
  })

  it('replays a key while the document runs and after it has ended', async () => {
    const key = randomUUID()
    const content = randomUUID()
    const first = await gateway.submit(await submission(content, key))

    const running = await gateway.submit(await submission(content, key))
    await handleOf(first.documentId).terminate()
    const ended = await gateway.submit(await submission(content, key))

    assert.equal(first.replayed, false)
    assert.deepEqual(running, { ...first, replayed: true })
    assert.deepEqual(ended, { ...first, replayed: true })
    await assert.rejects(gateway.submit(await submission('other', key)), {
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
  })

  it('starts one workflow of twenty submits under one key', async () => {
    const key = randomUUID()
    const content = randomUUID()
    const sent = await Promise.all(Array.from({ length: 20 }, () => submission(content, key)))

    const answers = await Promise.all(sent.map((one) => gateway.submit(one)))

    assert.equal(new Set(answers.map((answer) => answer.documentId)).size, 1)
    assert.equal(answers.filter((answer) => !answer.replayed).length, 1)
  })

  it('waits for the end and reads it from the manifest', async () => {
    const documentId = await started()
    const waiting = gateway.waitForEnd(documentId, 60_000, new AbortController().signal)
    await writeJson(store, manifestKey(documentId), sampleManifest({ documentId }))
    await handleOf(documentId).signal('tell', 'finish')

    const status = await waiting

    assert.equal(status?.state, 'completed')
    assert.equal(status.manifest?.documentId, documentId)
  })

  it('cancels', async () => {
    const documentId = await started()

    const answer = await gateway.cancel(documentId)
    const again = await gateway.cancel(documentId)

    assert.equal(answer?.accepted, true)
    assert.equal(answer.status.state, 'cancelled')
    assert.equal(again?.accepted, false)
  })

  it('finds a terminated run failed', async () => {
    const documentId = await started()
    await handleOf(documentId).terminate()

    await until(
      async () => (await gateway.status(documentId))?.state === 'failed',
      'the end is seen',
    )
    assert.ok(await store.head(manifestKey(documentId)))
  })

  it('answers batches and lists with one entry per document, whatever its runs', async () => {
    const continued = await started()
    await handleOf(continued).signal('tell', 'continue')
    const others = [await started(), await started()]
    const fresh = createDocumentGateway({ client: temporal.client, store, secret: 's', queues })
    const listed = async () => {
      const ids: DocumentId[] = []
      for (let cursor: string | null = null, first = true; first || cursor; first = false) {
        const page = await fresh.list({ limit: 3, cursor, owner })
        assert.ok(page.documents.length <= 3)
        ids.push(...page.documents.map((status) => status.documentId))
        cursor = page.nextCursor
      }
      return ids
    }
    await until(async () => {
      const ids = await listed()
      return [continued, ...others].every((id) => ids.includes(id))
    }, 'all are listed')

    const ids = await listed()
    const statuses = await fresh.statuses([continued, ...others])

    assert.equal(new Set(ids).size, ids.length)
    assert.deepEqual(
      [...statuses.values()].map((status) => status?.state),
      ['processing', 'processing', 'processing'],
    )
    const open = await fresh.list({ limit: 100, cursor: null, owner, state: 'completed' })
    assert.ok(open.documents.every((status) => status.state === 'completed'))
  })

  it('deletes a running document', async () => {
    const documentId = await started()

    assert.equal(await gateway.delete(documentId), true)

    assert.equal(await gateway.status(documentId), null)
    assert.equal((await handleOf(documentId).describe()).status.name, 'CANCELLED')
  })

  it('is ready but for pollers, and sees NO_WORKER without the engine', async () => {
    const readiness = await gateway.readiness()
    const status = await gateway.status(await submit())

    assert.deepEqual(readiness, {
      temporal: true,
      store: true,
      // The other queues are the deployment's: nobody in the tests polls them.
      pollers: {
        [queues.documents]: true,
        [queues.cpu]: false,
        [TASK_QUEUE.remote]: false,
        [TASK_QUEUE.ollama]: false,
        [TASK_QUEUE.dots]: false,
        [TASK_QUEUE.deepseek]: false,
      },
    })
    assert.equal(status?.queuedReason, 'NO_WORKER')
  })

  it('answers SERVICE_UNAVAILABLE and starts nothing when no server is there', async () => {
    await using nobody = connectTemporal({
      address: '127.0.0.1:1',
      namespace: TEST_NAMESPACE,
      apiKey: null,
      tls: false,
    })
    const lost = createDocumentGateway({ client: nobody.client, store, secret: 's', queues })
    const documentId = await submit()

    await assert.rejects(lost.status(documentId), { code: 'SERVICE_UNAVAILABLE' })
    const startedAtMs = Date.now()
    await assert.rejects(lost.submit(await submission('x')), { code: 'SERVICE_UNAVAILABLE' })
    assert.ok(Date.now() - startedAtMs < 30_000)
    assert.equal((await lost.readiness()).temporal, false)
  })
})
