/*
 * Replays recorded runs against the workflow code of this checkout, or of the bundle in OCR_WORKFLOW_BUNDLE:
 * `npm run replay -- <workflow id>`. Ends with 0 when all replay, also if there are none, with 1 when one does
 * not, with 2 when a history could not be had.
 */
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { connectTemporal } from '../src/api/gateway/temporal-client.ts'
import { exitOnConfigError } from '../src/config/config-error.ts'
import { loadConfig } from '../src/config/config.ts'
import { coerceError } from '../src/platform/errors.ts'
import { withUsableBundle } from '../src/workers/workflow-bundle.ts'
import { workflowSource } from '../src/workers/workflow-source.ts'
import { explainReplayError } from './replay/explain-replay-error.ts'
import { recordedRuns, type RecordedRun } from './replay/recorded-run.ts'
import {
  readReplayArguments,
  REPLAY_USAGE,
  type ReplaySelection,
} from './replay/replay-arguments.ts'

const config = exitOnConfigError(() => loadConfig())
const selection = readReplayArguments(process.argv.slice(2))
if (selection === null) {
  console.error(REPLAY_USAGE)
  process.exitCode = 2
} else {
  try {
    process.exitCode = await replay(selection)
  } catch (error) {
    const { message, cause } = coerceError(error)
    console.error(cause instanceof Error ? `${message}: ${cause.message}` : message)
    process.exitCode = 2
  }
}

async function replay(chosen: ReplaySelection): Promise<number> {
  // What goes wrong is in the result; the SDK would log it as well.
  const logger = new DefaultLogger('ERROR', () => undefined)
  Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter: 'OFF' } } })
  const { workflowBundlePath } = (await withUsableBundle(config)).worker
  await using temporal = connectTemporal(config.temporal)
  const counts = { replayed: 0, broken: 0 }
  // The SDK asks for a run, replays it, and only then tells how that went.
  const asked: RecordedRun[] = []
  async function* begun(): AsyncGenerator<RecordedRun> {
    for await (const run of recordedRuns(chosen, temporal.client)) {
      // A worker has yet to take it: there is nothing in it that could differ.
      const hasBegun = run.history.events?.some(
        (event) => event.workflowTaskCompletedEventAttributes,
      )
      asked[0] = run
      if (hasBegun) yield run
      else console.log(`not begun  ${nameOf(run)}`)
    }
  }
  const results = Worker.runReplayHistories(workflowSource(workflowBundlePath), begun())
  for await (const { error } of results) {
    counts.replayed++
    const [run] = asked
    if (run === undefined) continue
    console.log(`${error ? 'breaks    ' : 'replays   '} ${nameOf(run)}`)
    if (!error) continue
    counts.broken++
    console.log(`           ${explainReplayError(error.message, run.history.events ?? [])}`)
  }
  const code = workflowBundlePath ?? 'src/workflows'
  const { replayed, broken } = counts
  console.log(`${replayed - broken} of ${replayed} runs replay against ${code}`)
  return broken > 0 ? 1 : 0
}

function nameOf({ workflowId, runId, history }: RecordedRun): string {
  const run = runId === null ? '' : `, run ${runId}`
  return `${workflowId}${run}, ${history.events?.length ?? 0} events`
}
