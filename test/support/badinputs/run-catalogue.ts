import { coerceError } from '../../../src/platform/errors.ts'
import { startTestApi } from '../test-api.ts'
import type { BadFile, Outcome } from './bad-file.ts'
import type { BadRequest } from './bad-request.ts'
import { startHttpTarget } from './http-target.ts'
import { isAsLabelled, isSilentLoss, runFile, sendFile } from './run-file.ts'
import { watchChildren, type ChildPeak } from './watch-children.ts'

/** How one input ended. */
export type Result = {
  readonly name: string
  readonly family: string
  /** `null`: a request. */
  readonly sizeBytes: number | null
  readonly want: readonly Outcome[]
  readonly got: Outcome
  readonly elapsedMs: number
  /** The highest resident memory of its child; 0 where it needed none. */
  readonly peakMb: number
  readonly verdict: 'ok' | 'WRONG' | 'LOST' | 'DEATH'
}

/** At once; there are as many cores on the smallest machine that we test on. */
const LANES = 2
/** The largest file of the catalogue is below. */
const MAX_UPLOAD_BYTES = 50_000_000

/** Runs files one after the other in two lanes, each with an api of its own, and tells of each. */
export async function runFiles(
  files: readonly BadFile[],
  onResult: (result: Result) => void,
): Promise<readonly Result[]> {
  using children = watchChildren()
  const queue = [...files]
  const results: Result[] = []
  const lane = async (): Promise<void> => {
    await using api = await startTestApi({ api: { maxUploadBytes: MAX_UPLOAD_BYTES } })
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const bad = file
      const peak: ChildPeak = { peakMb: 0 }
      const bytes = await bad.make()
      const startedAt = performance.now()
      const got = await outcomeOr(() =>
        children.measure(peak, () => runFile((sent) => sendFile(api, sent), bytes, bad)),
      )
      const result: Result = {
        ...bad,
        sizeBytes: bytes.length,
        got,
        elapsedMs: Math.round(performance.now() - startedAt),
        peakMb: peak.peakMb,
        verdict: verdictOf(bad, got),
      }
      results.push(result)
      onResult(result)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return results
}

/** Sends requests one after the other to one api, and tells of each. */
export async function runRequests(
  requests: readonly BadRequest[],
  onResult: (result: Result) => void,
): Promise<readonly Result[]> {
  await using target = await startHttpTarget()
  const results: Result[] = []
  for (const request of requests) {
    const startedAt = performance.now()
    const got = await outcomeOr(() => request.send(target))
    const elapsedMs = Math.round(performance.now() - startedAt)
    const verdict = verdictOf(request, got)
    const result: Result = { ...request, sizeBytes: null, got, elapsedMs, peakMb: 0, verdict }
    results.push(result)
    onResult(result)
  }
  return results
}

const DEATH = 'died: '

// What is thrown here would have ended a worker's activity, or the api, as a bug.
async function outcomeOr(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run()
  } catch (error) {
    return DEATH + coerceError(error).message
  }
}

function verdictOf(input: BadFile | BadRequest, got: Outcome): Result['verdict'] {
  if (got.startsWith(DEATH)) return 'DEATH'
  if ('make' in input && isSilentLoss(input, got)) return 'LOST'
  const isRight = 'make' in input ? isAsLabelled(input, got) : input.want.includes(got)
  return isRight ? 'ok' : 'WRONG'
}
