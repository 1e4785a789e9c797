import { isDeepStrictEqual } from 'node:util'
import { ScheduleAlreadyRunning, type Client, type ScheduleOptions } from '@temporalio/client'
import { SWEEP_EXPIRED, SWEEP_SCHEDULE_ID, type SweepInput } from '../contract/sweep.ts'
import { coerceError } from '../platform/errors.ts'
import { workerLogger } from '../platform/logger.ts'
import { pause } from '../platform/pause.ts'

const RETRY_MS = 30_000
const CALL_DEADLINE_MS = 10_000

/** What the schedule starts, and where. */
export type SweepSchedule = {
  readonly documentsQueue: string
  readonly input: SweepInput
  /** Another one than usual, for tests. */
  readonly scheduleId?: string
}

/**
 * Sees to it that the sweep is started every hour, as this worker is configured. It never keeps a
 * worker from its work: a failure is logged, and tried again until it succeeds. Nor from its end: a call
 * that is under way then is given up.
 */
export function startSweepSchedule(client: Client, schedule: SweepSchedule): Disposable {
  const ending = new AbortController()
  void untilEnsured(client, schedule, ending.signal)
  return { [Symbol.dispose]: () => ending.abort() }
}

async function untilEnsured(
  client: Client,
  schedule: SweepSchedule,
  signal: AbortSignal,
): Promise<void> {
  do {
    try {
      await client.withAbortSignal(signal, () =>
        client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
          ensureSweepSchedule(client, schedule),
        ),
      )
      return
    } catch (error) {
      if (signal.aborted) return
      const reason = coerceError(error).message
      workerLogger.warn({ reason }, 'the schedule of the sweep cannot be made, trying again')
    }
  } while (await pause(RETRY_MS, signal))
}

/**
 * Makes the schedule, or brings it up to date; one that an operator has paused stays paused.
 *
 * @throws what the client throws
 */
export async function ensureSweepSchedule(client: Client, schedule: SweepSchedule): Promise<void> {
  const { scheduleId = SWEEP_SCHEDULE_ID } = schedule
  const wanted = optionsOf(schedule, scheduleId)
  try {
    await client.schedule.create(wanted)
    return
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
  }
  const handle = client.schedule.getHandle(scheduleId)
  const { action } = await handle.describe()
  const { taskQueue, args } = wanted.action
  if (action.taskQueue === taskQueue && isDeepStrictEqual(action.args, args)) return
  await handle.update(({ state }) => ({ ...wanted, state }))
}

function optionsOf({ documentsQueue, input }: SweepSchedule, scheduleId: string) {
  return {
    scheduleId,
    spec: { intervals: [{ every: '1h' }], jitter: '5m' },
    // After an outage one sweep does the work of all that were missed.
    policies: { overlap: 'SKIP', catchupWindow: '1h' },
    action: {
      type: 'startWorkflow',
      workflowType: SWEEP_EXPIRED,
      workflowId: scheduleId,
      taskQueue: documentsQueue,
      args: [input],
      // One that hangs must not keep all later ones from starting.
      workflowExecutionTimeout: '24h',
      staticSummary: 'remove what is over',
    },
  } as const satisfies ScheduleOptions
}
