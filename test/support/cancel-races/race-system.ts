import { mkdtempDisposable } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, type WorkflowStartInput } from '@temporalio/client'
import { createActivities } from '../../../src/activities/index.ts'
import {
  createDocumentGateway,
  type DocumentGateway,
} from '../../../src/api/gateway/document-gateway.ts'
import { documentIdForKey } from '../../../src/api/gateway/document-identity.ts'
import { connectTemporal } from '../../../src/api/gateway/temporal-client.ts'
import type { ProcessDocumentInput } from '../../../src/contract/document.ts'
import { parseDocumentId, parseSha256, type DocumentId } from '../../../src/contract/identifiers.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import type { BlobStore } from '../../../src/storage/blob-store.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { pageRecordKeyFor } from '../../../src/storage/page-params.ts'
import { writeJson } from '../../../src/storage/read-blob.ts'
import { methodsOf } from '../blobs.ts'
import { startDocumentWorkflows } from '../document-workflows.ts'
import { present, submissionOf } from '../gateway-fixtures.ts'
import { temporalAddress } from '../temporal-address.ts'
import { TEST_NAMESPACE } from '../temporal-environment.ts'
import { failure } from '../run-outcome.ts'
import { RaceGates, type HoldPoint } from './race-gates.ts'

/** Pages of every document. */
export const RACE_PAGES = 3

const CONTENT = '%PDF-1.7 a document to race for'
const SECRET = 'secret'
const ENGINE_VERSION = 'race-1'

/** A write of a worker under a document's prefix. */
export type WorkerWrite = { readonly key: string; readonly startedAtMs: number }

/** Gateways, the real workflow and the real assembly, on a real Temporal server. */
export type RaceSystem = AsyncDisposable & {
  /** Two api processes; the third starts documents of one page per run. */
  readonly gateways: readonly [DocumentGateway, DocumentGateway, DocumentGateway]
  readonly gates: RaceGates
  readonly store: BlobStore
  readonly client: Client
  /** Everything that workers wrote of results and manifests. */
  readonly writes: readonly WorkerWrite[]
  readonly directory: string
  /** The id that a key will give, so that its document can be armed before it starts. */
  idOf(key: string): DocumentId
  /** An api process that has seen nothing yet. */
  readonly anotherGateway: () => DocumentGateway
  submit(key: string, gateway?: DocumentGateway): Promise<DocumentId>
  /** Documents whose pages all fail. */
  readonly failing: Set<DocumentId>
  /** Activities under way, of documents that have ended too. */
  activitiesUnderWay(): number
}

/** Starts it. Inspection, drawing and recognition answer at once, unless a gate holds them. */
export async function startRaceSystem(): Promise<RaceSystem> {
  await using setUp = new AsyncDisposableStack()
  const directory = setUp.use(await mkdtempDisposable(join(tmpdir(), 'races-'))).path
  const store = createDirectoryBlobStore({ path: join(directory, 'store'), secret: SECRET })
  const gates = new RaceGates()
  const writes: WorkerWrite[] = []
  const failing = new Set<DocumentId>()
  let underWay = 0
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    underWay += 1
    try {
      return await work()
    } finally {
      underWay -= 1
    }
  }
  const real = createActivities({
    store: gatedStore(store, gates, writes),
    engineFor: () => {
      throw new OcrError('ENGINE_MISCONFIGURED', 'Cannot make an engine: the test has none')
    },
    engineVersionOf: () => ENGINE_VERSION,
    urlRules: { allowedHosts: [], allowedPorts: [] },
    temporaryDirectory: directory,
  })
  const workflows = setUp.use(
    await startDocumentWorkflows(RACE_PAGES, {
      inspectDocument: ({ documentId }) =>
        counted(async () => {
          await gates.pass(documentId, 'inspect')
          return { pageCount: RACE_PAGES, startedAtMs: Date.now() }
        }),
      rasterizePages: ({ documentId }) =>
        counted(async () => {
          await gates.pass(documentId, 'draw')
          return { failed: [] }
        }),
      recognizePage: ({ documentId, page }) =>
        counted(async () => {
          // `page` is one of the document's three.
          await gates.pass(documentId, `page ${page}` as HoldPoint)
          if (failing.has(documentId)) throw failure('TOO_COMPLEX')
          return { status: 'ok', characters: 1, confidencePercent: 99 }
        }),
      assembleDocument: (input) =>
        counted(async () => {
          if (input.outcome !== 'completed') await gates.pass(input.documentId, 'ending')
          return real.assembleDocument(input)
        }),
    }),
  )
  // Before the workers end, which wait for what they hold.
  setUp.defer(() => gates.releaseAll())
  await storePages(store)
  const { documentsQueue: documents, cpuQueue: cpu, webhooksQueue: webhooks } = workflows
  const queues = { documents, cpu, webhooks }
  const config = { address: temporalAddress(), namespace: TEST_NAMESPACE, apiKey: null, tls: false }
  const { client } = setUp.use(connectTemporal(config))
  const gatewayOf = (its: Client) =>
    createDocumentGateway({ client: its, store, secret: SECRET, queues })
  const gateways = [gatewayOf(client), gatewayOf(client), gatewayOf(shortRuns(client))] as const
  const submit = async (key: string, gateway: DocumentGateway = gateways[0]) => {
    const submission = await submissionOf(directory, CONTENT, { idempotencyKey: key })
    return (await gateway.submit(submission)).documentId
  }
  const ended = setUp.move()
  return {
    gateways,
    gates,
    store,
    client,
    writes,
    directory,
    failing,
    submit,
    anotherGateway: () => gatewayOf(client),
    idOf: (idempotencyKey) =>
      documentIdForKey(SECRET, { owner: null, route: 'v1/documents', idempotencyKey }),
    activitiesUnderWay: () => underWay,
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  }
}

/** The pages that the fake recognition claims to have stored. */
async function storePages(store: BlobStore): Promise<void> {
  const sha256 = present(parseSha256(createHash('sha256').update(CONTENT).digest('hex')))
  for (let page = 1; page <= RACE_PAGES; page++) {
    const ref = { sha256, page, engine: 'paddle', languages: null, dpi: 200 } as const
    await writeJson(store, pageRecordKeyFor(ref, ENGINE_VERSION), {
      page,
      outcome: 'ok',
      engine: 'paddle',
      widthPx: 10,
      heightPx: 10,
      dpi: 200,
      text: `page ${page}`,
      markdown: `page ${page}`,
      blocks: [],
      warnings: [],
      usage: null,
    })
  }
}

/** The store of the workers: notes what they write of an ending, and holds it where a gate says so. */
function gatedStore(store: BlobStore, gates: RaceGates, writes: WorkerWrite[]): BlobStore {
  return {
    ...methodsOf(store),
    async put(key, body, options) {
      const [, id = '', file = ''] = /^documents\/([^/]+)\/(.+)$/.exec(key) ?? []
      const documentId = parseDocumentId(id)
      // A write that is held has begun: like one that is on its way to a server.
      writes.push({ key, startedAtMs: Date.now() })
      if (documentId !== null && file === 'result.txt')
        await gates.pass(documentId, 'before results', false)
      const put = await store.put(key, body, options)
      if (documentId !== null && file === 'manifest.json')
        await gates.pass(documentId, 'after manifest', false)
      return put
    },
  }
}

/** A client whose documents continue as new after every page. */
function shortRuns(client: Client): Client {
  const start = (input: WorkflowStartInput, next: (input: WorkflowStartInput) => Promise<string>) =>
    next({
      ...input,
      options: {
        ...input.options,
        // The gateway's one argument.
        args: [{ ...(input.options.args[0] as ProcessDocumentInput), pagesPerRun: 1 }],
      },
    })
  return new Client({
    connection: client.connection,
    namespace: client.options.namespace,
    workflow: { queryRejectCondition: 'NOT_OPEN' },
    interceptors: { workflow: [{ start }] },
  })
}
