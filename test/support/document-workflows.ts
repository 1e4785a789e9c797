import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client, Connection, type WorkflowHandle } from '@temporalio/client'
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker'
import type { Activities } from '../../src/activities/index.ts'
import type { SweepActivities } from '../../src/activities/sweep/index.ts'
import { readDocumentEnd } from '../../src/activities/webhooks/read-document-end.ts'
import type { AssembleInput, ProcessDocumentInput } from '../../src/contract/document.ts'
import type { DeliverWebhookInput } from '../../src/contract/webhooks.ts'
import type { PageNumber } from '../../src/contract/identifiers.ts'
import { parseBlobKey, parseDocumentId, parseSha256 } from '../../src/contract/identifiers.ts'
import { PROCESS_DOCUMENT, workflowIdFor } from '../../src/contract/names.ts'
import { sampleSha256 } from './document-status.ts'
import { temporalAddress } from './temporal-address.ts'

// Once per test file: bundling takes longer than a test.
Runtime.install({ logger: new DefaultLogger('ERROR') })
const workflowBundle = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
  logger: new DefaultLogger('ERROR'),
})

/** Hash of the file that the fake activity fetches. */
export const FETCHED_SHA256 = sampleSha256('cd')

/** Calls that the fake activities received, in order. */
export type Calls = {
  readonly recognized: PageNumber[]
  readonly drawn: (readonly PageNumber[])[]
  readonly assembled: AssembleInput[]
  readonly delivered: DeliverWebhookInput[]
}

/** Workers with fake activities on queues of their own. */
export type DocumentWorkflows = AsyncDisposable & {
  readonly client: Client
  readonly calls: Calls
  readonly documentsQueue: string
  /** Where all activities run but those of webhooks. */
  readonly cpuQueue: string
  readonly webhooksQueue: string
  start(input?: Partial<ProcessDocumentInput>): Promise<WorkflowHandle>
  /** Ends the workers, as if their process had been stopped. */
  stopWorkers(): Promise<void>
}

/** Starts workers whose documents have `pageCount` pages; single activities can be replaced. */
export async function startDocumentWorkflows(
  pageCount: number,
  replaced: Partial<Activities & SweepActivities> = {},
): Promise<DocumentWorkflows> {
  const address = temporalAddress()
  const connection = await Connection.connect({ address })
  const native = await NativeConnection.connect({ address })
  const queues = {
    documents: `documents-${randomUUID()}`,
    cpu: `cpu-${randomUUID()}`,
    webhooks: `webhooks-${randomUUID()}`,
  }
  const calls: Calls = { recognized: [], drawn: [], assembled: [], delivered: [] }
  const manifestKey = parseBlobKey('documents/fake/manifest.json')
  if (manifestKey === null) throw new Error('not a key')
  const client = new Client({ connection, workflow: { queryRejectCondition: 'NOT_OPEN' } })
  const activities: Activities = {
    fetchDocument: async () => ({
      documentSha256: FETCHED_SHA256,
      startedAtMs: 1_690_000_000_000,
    }),
    inspectDocument: async () => ({ pageCount, startedAtMs: 1_700_000_000_000 }),
    rasterizePages: async ({ pages }) => {
      calls.drawn.push(pages)
      return { failed: [] }
    },
    recognizePage: async ({ page }) => {
      calls.recognized.push(page)
      return { status: 'ok', characters: 10, confidencePercent: 99 }
    },
    assembleDocument: async (input) => {
      calls.assembled.push(input)
      return { manifestKey, resultSha256: 'aa' }
    },
    readDocumentEnd: (input) =>
      readDocumentEnd(input, {
        describe: (workflowId) => client.workflow.getHandle(workflowId).describe(),
        manifest: async () => null,
        attempt: 1,
      }),
    deliverWebhook: async (input) => {
      calls.delivered.push(input)
      return { outcome: 'delivered' }
    },
    ...replaced,
  }
  const quick = { shutdownGraceTime: '100ms', connection: native } as const
  const heartbeats = {
    maxHeartbeatThrottleInterval: '100ms',
    defaultHeartbeatThrottleInterval: '100ms',
  } as const
  const { deliverWebhook, readDocumentEnd: readEnd, ...others } = activities
  const workers = await Promise.all([
    Worker.create({ ...quick, workflowBundle, taskQueue: queues.documents }),
    Worker.create({ ...quick, ...heartbeats, taskQueue: queues.cpu, activities: others }),
    Worker.create({
      ...quick,
      ...heartbeats,
      taskQueue: queues.webhooks,
      activities: { deliverWebhook, readDocumentEnd: readEnd },
    }),
  ])
  const runs = workers.map((worker) => worker.run())
  const stopWorkers = async (): Promise<void> => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
    await Promise.allSettled(runs)
  }
  return {
    client,
    calls,
    documentsQueue: queues.documents,
    cpuQueue: queues.cpu,
    webhooksQueue: queues.webhooks,
    stopWorkers,
    start: (input = {}) => {
      const whole = { ...sampleInput(queues.cpu), ...input }
      return client.workflow.start(PROCESS_DOCUMENT, {
        workflowId: workflowIdFor(whole.documentId),
        taskQueue: queues.documents,
        args: [whole],
      })
    },
    async [Symbol.asyncDispose]() {
      await stopWorkers()
      await native.close()
      await connection.close()
    },
  }
}

function sampleInput(cpuQueue: string): ProcessDocumentInput {
  const documentId = parseDocumentId(randomUUID())
  const documentSha256 = parseSha256('ab'.repeat(32))
  if (documentId === null || documentSha256 === null) throw new Error('not an id')
  return {
    documentId,
    documentSha256,
    engine: 'paddle',
    engineClass: 'cpu',
    engineQueue: cpuQueue,
    cpuQueue,
    pages: null,
    windowPages: 4,
    pagesPerRun: 400,
    pagesPerRasterBatch: 25,
    deadlineAtMs: null,
    resume: null,
  }
}
