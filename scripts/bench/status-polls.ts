import { Agent, get } from 'node:http'
import { loadavg } from 'node:os'
import { workflowIdFor } from '../../src/contract/names.ts'
import { parseDocumentId } from '../../src/contract/identifiers.ts'
import { startStack, type Stack } from '../../test/support/stack.ts'
import { submitDocument } from '../../test/support/stack-client.ts'
import { longPoll, newDocument } from './bench-document.ts'
import { cpuSeconds } from './cpu-time.ts'
import { median, quantile } from './quantile.ts'

const PAGES = 120
/** Few, for short rounds: polls cost per second, so the ratio is the same as with full pages. */
const LINES_PER_PAGE = 4
const POLLS_A_MINUTE = 1000
/** Without, with, with, without: a machine that slows down slowly does so for both alike. */
const ROUNDS = [false, true, true, false, false, true, true, false]

type Run = {
  readonly isPolled: boolean
  readonly seconds: number
  readonly cpu: number
  readonly pollsMs: readonly number[]
}

/**
 * Recognition by the built-in engine without and with a thousand status polls a minute, half of
 * them `/api/status/<id>`, half `/v1/documents/<id>`: the ratio of the two times.
 */
export async function benchStatusPolls(): Promise<void> {
  await using stack = await startStack({ stubDelayMs: null, slots: 2 })
  // The engine's processes start and load their models.
  await longPoll(
    stack.url,
    await submitDocument(stack.url, newDocument(8, LINES_PER_PAGE, 'warm-up')),
  )
  console.log(`\n${PAGES} pages with the built-in engine, and ${POLLS_A_MINUTE} polls a minute`)
  const runs: Run[] = []
  for (const [place, isPolled] of ROUNDS.entries()) {
    const run = await read(stack, newDocument(PAGES, LINES_PER_PAGE, `polls ${place}`), isPolled)
    runs.push(run)
    console.log(
      `  ${isPolled ? 'with polls   ' : 'without polls'} ${run.seconds.toFixed(2)} s, ` +
        `CPU ${run.cpu.toFixed(1)} s, load average ${loadavg()[0]?.toFixed(1)}`,
    )
  }
  const ratio = (of: (run: Run) => number): string => {
    const [without, withPolls] = [false, true].map((isPolled) =>
      median(runs.filter((run) => run.isPolled === isPolled).map(of)),
    )
    return ((withPolls ?? 0) / (without ?? 0)).toFixed(3)
  }
  const pollsMs = runs.flatMap((run) => run.pollsMs)
  const [p50, p95] = [0.5, 0.95].map((share) => quantile(pollsMs, share).toFixed(1))
  console.log(`  polls         ${pollsMs.length}, p50 ${p50} ms, p95 ${p95} ms`)
  console.log(`  ratio         time ${ratio((run) => run.seconds)} (goal: at most 1.03)`)
  console.log(`  ratio         CPU ${ratio((run) => run.cpu)}, Temporal's included`)
}

async function read(stack: Stack, pdf: Uint8Array<ArrayBuffer>, isPolled: boolean): Promise<Run> {
  const pids = [stack.api.pid(), stack.worker.pid(), stack.temporal.pid()]
  const before = cpuSeconds(pids)
  const id = parseDocumentId(await submitDocument(stack.url, pdf))
  if (id === null) throw new Error('not a document id')
  const polls = isPolled
    ? startPolls([`/api/status/${id}`, `/v1/documents/${id}`], stack.url)
    : null
  try {
    await longPoll(stack.url, id)
  } finally {
    await polls?.end()
  }
  const cpu = cpuSeconds(pids) - before
  // A long poll hears of the end up to a second late: Temporal's own times.
  const { startTime, closeTime } = await stack.client.workflow
    .getHandle(workflowIdFor(id))
    .describe()
  if (closeTime === undefined) throw new Error('The workflow has not ended')
  const seconds = (closeTime.getTime() - startTime.getTime()) / 1000
  return { isPolled, seconds, cpu, pollsMs: polls?.latenciesMs ?? [] }
}

type Polls = { readonly latenciesMs: readonly number[]; end(): Promise<void> }

/** Polls the paths in turn, whether or not earlier answers have come, at as little cost as can be. */
function startPolls(paths: readonly string[], url: string): Polls {
  const agent = new Agent({ keepAlive: true })
  const latenciesMs: number[] = []
  const pending = new Set<Promise<void>>()
  const failures: unknown[] = []
  let count = 0
  const timer = setInterval(() => {
    const startedAt = performance.now()
    const poll = pollOnce(`${url}${paths[count++ % paths.length]}`, agent)
      .then(() => void latenciesMs.push(performance.now() - startedAt))
      .catch((error: unknown) => void failures.push(error))
      .finally(() => pending.delete(poll))
    pending.add(poll)
  }, 60_000 / POLLS_A_MINUTE)
  return {
    latenciesMs,
    async end() {
      clearInterval(timer)
      await Promise.all(pending)
      agent.destroy()
      if (failures.length > 0) throw new AggregateError(failures, 'Polls failed')
    },
  }
}

function pollOnce(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume()
      if (response.statusCode !== 200) reject(new Error(`A poll got HTTP ${response.statusCode}`))
      response.on('end', resolve)
    }).on('error', reject)
  })
}
