import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDocumentGateway } from '../../src/api/gateway/document-gateway.ts'
import type { Submission } from '../../src/api/gateway/submission.ts'
import { loadConfig } from '../../src/config/config.ts'
import { loadSigningSecret } from '../../src/config/signing-secret.ts'
import { parseSha256 } from '../../src/contract/identifiers.ts'
import { createBlobStore } from '../../src/storage/create-blob-store.ts'
import { startStack, type Stack } from '../../test/support/stack.ts'
import { submitDocument } from '../../test/support/stack-client.ts'
import { longPoll, newDocument } from './bench-document.ts'
import { startCountedApi, type CountedApi, type TemporalCalls } from './counted-api.ts'
import { quantile } from './quantile.ts'

const CALLS = 200
/** Longer than a status of a running document stays in the api's cache. */
const INTERVAL_MS = 1100
const COMPLETED = 40
const UNKNOWN = 38
const JUST_SUBMITTED = 20
/** Two of them outlast the calls: 1,600 pages of 0.4 s on two slots take over ten minutes. */
const RUNNING_PAGES = 1600
const STUB_DELAY_MS = 400

type Batch = { readonly ms: number; readonly calls: TemporalCalls }

/**
 * `POST /api/status/batch` of 100 ids while two documents run: its time, and the calls to Temporal
 * that each batch makes. Of the ids 40 are completed, 2 running, 38 unknown and 20 just submitted.
 */
export async function benchStatusBatch(): Promise<void> {
  await using stack = await startStack({ stubDelayMs: STUB_DELAY_MS, slots: 2 })
  await using api = await startCountedApi(stack.env())
  const page = newDocument(1, 12, 'completed')
  const completed: string[] = []
  for (let place = 0; place < COMPLETED; place++)
    completed.push(await submitDocument(stack.url, page))
  for (const id of completed) await longPoll(stack.url, id)
  const running: string[] = []
  for (const marker of ['first', 'second'])
    running.push(await submitDocument(stack.url, newDocument(RUNNING_PAGES, 12, marker)))
  const submitAnother = await createSubmitter(stack)

  const ids = async (): Promise<string[]> => [
    ...completed,
    ...running,
    ...Array.from({ length: UNKNOWN }, () => randomUUID()),
    ...(await Promise.all(Array.from({ length: JUST_SUBMITTED }, submitAnother))),
  ]
  // The first one fills the cache with what has ended.
  await ask(api, await ids())
  const spaced: Batch[] = []
  for (let call = 0; call < CALLS; call++) {
    const next = sleep(INTERVAL_MS)
    spaced.push(await ask(api, await ids()))
    await next
  }
  const same = await ids()
  const repeated: Batch[] = []
  for (let call = 0; call < CALLS; call++) repeated.push(await ask(api, same))

  console.log(`\n${CALLS} status batches of 100 ids while two documents run`)
  print('  one a second, none of the running, unknown and new ids in the cache', spaced)
  print('  one after the other, the same ids', repeated)
}

/** Sends a batch; fails when the answer is not the mix that is to be measured. */
async function ask(api: CountedApi, taskIds: readonly string[]): Promise<Batch> {
  const before = await api.calls()
  const startedAt = performance.now()
  const response = await fetch(`${api.url}/api/status/batch`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ task_ids: taskIds }),
  })
  const body = (await response.json()) as { results?: { status: string }[] }
  const ms = performance.now() - startedAt
  const after = await api.calls()
  const statuses = Object.groupBy(body.results ?? [], ({ status }) => status)
  const mix = ['completed', 'processing', 'not_found'].map((name) => statuses[name]?.length ?? 0)
  if (mix.join() !== [COMPLETED, 2 + JUST_SUBMITTED, UNKNOWN].join())
    throw new Error(`HTTP ${response.status}; completed, processing, not found: ${mix.join()}`)
  const calls = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)])
  return { ms, calls: Object.fromEntries(calls) as TemporalCalls }
}

/**
 * Submits documents on a queue that nobody works on. Two hundred batches need four thousand of them:
 * their work would be all that is measured, and they stay as new as they are.
 */
async function createSubmitter(stack: Stack): Promise<() => Promise<string>> {
  const config = loadConfig(stack.env())
  const secret = (await loadSigningSecret(config)).reveal()
  const gateway = createDocumentGateway({
    client: stack.client,
    store: createBlobStore(config.storage, secret),
    secret,
    queues: { documents: 'bench-nobody', cpu: 'bench-nobody', webhooks: 'bench-nobody' },
  })
  const sha256 = parseSha256(createHash('sha256').update('never opened').digest('hex'))
  if (sha256 === null) throw new Error('not a hash')
  const submission: Submission = {
    source: { kind: 'stored', sha256, sizeBytes: 1, mediaType: 'pdf', fileName: 'bench.pdf' },
    route: 'bench',
    senderAddress: null,
    idempotencyKey: null,
    dialect: 'py-ocr',
    owner: null,
    engine: 'paddle',
    languages: null,
    dpi: 200,
    pages: null,
    password: null,
    maxPages: 100,
    maxImageSidePx: null,
    textStyle: 'py-ocr',
    deadlineMs: null,
  }
  return async () => (await gateway.submit(submission)).documentId
}

function print(title: string, batches: readonly Batch[]): void {
  const times = batches.map(({ ms }) => ms)
  const [p50, p95, max] = [0.5, 0.95, 1].map((share) => quantile(times, share).toFixed(1))
  console.log(`${title}:`)
  console.log(`    time        p50 ${p50} ms, p95 ${p95} ms, longest ${max} ms`)
  for (const name of new Set(batches.flatMap(({ calls }) => Object.keys(calls)))) {
    const counts = batches.map(({ calls }) => calls[name] ?? 0)
    if (Math.max(...counts) === 0) continue
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    console.log(`    ${name}: ${mean.toFixed(2)} a batch, at most ${Math.max(...counts)}`)
  }
}
