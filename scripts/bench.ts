import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PROCESS_DOCUMENT, TASK_QUEUE } from '../src/contract/names.ts'
import { startStack, type Stack } from '../test/support/stack.ts'
import { submitDocument, waitForEnd } from '../test/support/stack-client.ts'
import { benchAttackMix } from './bench/attack-mix.ts'
import { longPoll, newDocument } from './bench/bench-document.ts'
import { cpuSeconds, peakMemoryMb } from './bench/cpu-time.ts'
import { benchEngineClient, benchEngineSlots } from './bench/engine-slots.ts'
import { benchFirstRequest } from './bench/first-request.ts'
import { benchFairness, benchTurns } from './bench/fairness.ts'
import { quantile } from './bench/quantile.ts'
import { benchStatusBatch } from './bench/status-batch.ts'
import { benchStatusPolls } from './bench/status-polls.ts'

/*
 * Ratios within one run, since machines and their moods differ. The absolute figures are for
 * orientation. Nothing here is asserted. `npm run bench -- product`, `-- overhead`, `-- engines`,
 * `-- dialects`, `-- fairness` or `-- attack` runs one part.
 */
const PAGES = 40
const LINES_PER_PAGE = 33
const STUB_PAGES = 500

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const startedAt = performance.now()
  const value = await work()
  return { value, seconds: (performance.now() - startedAt) / 1000 }
}

async function productAgainstLoop(): Promise<void> {
  await using stack = await startStack({ stubDelayMs: null })
  const pdf = newDocument(PAGES, LINES_PER_PAGE, 'product')
  const path = join(stack.dataDirectory, 'bench.pdf')
  await writeFile(path, pdf)
  const loop = join(import.meta.dirname, 'bench', 'direct-loop.ts')
  const args = [loop, path, String(PAGES), stack.dataDirectory, '2']
  const run = promisify(execFile)
  const direct = await timed(async () => Number((await run(process.execPath, args)).stdout))

  const ours = [stack.api.pid(), stack.worker.pid()]
  const temporal = [stack.temporal.pid()]
  const before = { ours: cpuSeconds(ours), temporal: cpuSeconds(temporal) }
  const product = await timed(async () => {
    await longPoll(stack.url, await submitDocument(stack.url, pdf))
  })
  const cpu = {
    ours: cpuSeconds(ours) - before.ours,
    temporal: cpuSeconds(temporal) - before.temporal,
  }
  const perPage = (seconds: number): string => `${(seconds / PAGES).toFixed(3)} s`
  console.log(`\n${PAGES} pages with the built-in engine`)
  console.log(`  direct loop   CPU ${perPage(direct.value)} a page, ${direct.seconds.toFixed(0)} s`)
  console.log(`  product       CPU ${perPage(cpu.ours)} a page, ${product.seconds.toFixed(0)} s`)
  console.log(`  Temporal      CPU ${perPage(cpu.temporal)} a page`)
  console.log(
    `  ratio         ${((cpu.ours + cpu.temporal) / direct.value).toFixed(3)} (goal: at most 1.10)`,
  )
}

async function overheadOfStub(): Promise<void> {
  await using stack = await startStack({ stubDelayMs: 0, slots: 2 })
  const ours = [stack.api.pid(), stack.worker.pid()]
  const before = { ours: cpuSeconds(ours), temporal: cpuSeconds([stack.temporal.pid()]) }
  const { seconds, value } = await timed(() => runStub(stack, 'overhead'))
  const cpu = cpuSeconds(ours) - before.ours
  const temporal = cpuSeconds([stack.temporal.pid()]) - before.temporal
  console.log(`\n${STUB_PAGES} pages with a stub engine (drawing is real)`)
  console.log(
    `  ours          CPU ${((cpu / STUB_PAGES) * 1000).toFixed(0)} ms a page, drawing included`,
  )
  console.log(`  Temporal      CPU ${((temporal / STUB_PAGES) * 1000).toFixed(0)} ms a page`)
  console.log(`  throughput    ${(STUB_PAGES / seconds).toFixed(1)} pages/s`)
  console.log(
    `  status        p50 ${value.p50.toFixed(0)} ms, p95 ${value.p95.toFixed(0)} ms while it runs`,
  )
  for (const name of ['api', 'worker', 'temporal'] as const)
    console.log(`  peak memory   ${name} ${peakMemoryMb(stack[name].pid()) ?? '?'} MB`)
  // A second time the page images are in the store: what is left is everything but drawing.
  const again = { ours: cpuSeconds(ours), started: performance.now() }
  const { id } = await runStub(stack, 'overhead', { languages: 'en' })
  const withoutDrawing = cpuSeconds(ours) - again.ours
  const rate = STUB_PAGES / ((performance.now() - again.started) / 1000)
  console.log(`  page images already in the store:`)
  console.log(`  ours          CPU ${((withoutDrawing / STUB_PAGES) * 1000).toFixed(0)} ms a page`)
  console.log(`  throughput    ${rate.toFixed(1)} pages/s`)
  await windows(stack, id)
}

/** Everything is in the store: what is left is Temporal and us, over the pages under way at once. */
async function windows(stack: Stack, id: string): Promise<void> {
  console.log(`  throughput over the window of a document, pages done before:`)
  const handle = stack.client.workflow.getHandle(`document-${id}`)
  const { events } = await handle.fetchHistory()
  const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data
  const input = JSON.parse(Buffer.from(payload ?? []).toString()) as object
  for (const windowPages of [1, 2, 4, 8, 16, 32]) {
    const { seconds } = await timed(() =>
      stack.client.workflow.execute(PROCESS_DOCUMENT, {
        workflowId: `bench-window-${windowPages}`,
        taskQueue: TASK_QUEUE.documents,
        // As a document that starts anew, whichever run of it the history came from.
        args: [{ ...input, windowPages, resume: null }],
      }),
    )
    console.log(
      `    ${String(windowPages).padStart(2)}: ${(STUB_PAGES / seconds).toFixed(1)} pages/s`,
    )
  }
}

async function runStub(
  stack: Stack,
  marker: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<{ id: string; p50: number; p95: number }> {
  const id = await submitDocument(stack.url, newDocument(STUB_PAGES, 12, marker), fields)
  const latenciesMs: number[] = []
  let isRunning = true
  const poll = async (): Promise<void> => {
    while (isRunning) {
      const startedAt = performance.now()
      await (await fetch(`${stack.url}/v1/documents/${id}`)).arrayBuffer()
      latenciesMs.push(performance.now() - startedAt)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  const polling = poll()
  await waitForEnd(stack.url, id, 30 * 60_000)
  isRunning = false
  await polling
  return { id, p50: quantile(latenciesMs, 0.5), p95: quantile(latenciesMs, 0.95) }
}

async function engines(): Promise<void> {
  await benchEngineClient()
  await benchFirstRequest()
  for (const slots of [8, 32]) await benchEngineSlots(slots)
}

async function dialects(): Promise<void> {
  await benchStatusBatch()
  await benchStatusPolls()
}

async function fairness(): Promise<void> {
  await benchFairness(500)
  await benchFairness(null)
  await benchTurns()
}

const parts = {
  overhead: overheadOfStub,
  product: productAgainstLoop,
  engines,
  dialects,
  fairness,
  attack: benchAttackMix,
}
const wanted = process.argv.slice(2)
for (const [name, run] of Object.entries(parts))
  if (wanted.length === 0 || wanted.includes(name)) await run()
