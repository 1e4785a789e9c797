import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { checkAnswer } from '../support/fuzz/check-answer.ts'
import { describeRequest, sendFuzzed } from '../support/fuzz/fuzz-request.ts'
import { aimedRequests, type AimedRequest } from '../support/fuzz/request-arbitrary.ts'
import { startStation, STATIONS, type Station, type StationName } from '../support/fuzz/stations.ts'
import { until } from '../support/until.ts'

/*
 * 5,000 requests to every route of every listener. FUZZ_SEED repeats a run, and another number of it
 * sends other requests; FUZZ_REQUESTS sends more.
 */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_240_307)
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 5_000)

/** At once, at each application. */
const LANES = 3

/** Where most of the routes are, there go most of the requests. */
const SHARES: Readonly<Record<StationName, number>> = {
  'the main port': 0.4,
  'the main port without a GPU': 0.1,
  'the main port without Temporal': 0.2,
  'port 5000': 0.1,
  'port 8031': 0.05,
  'port 54188, with login': 0.15,
}

type Property = fc.IAsyncProperty<[AimedRequest]>

async function fuzz(property: Property, { seed, runs }: { seed: number; runs: number }) {
  const { failed, counterexamplePath, errorInstance } = await fc.check(property, {
    seed,
    numRuns: runs,
  })
  // Not fast-check's own report, which would show the whole route.
  if (failed)
    throw new Error(`FUZZ_SEED=${SEED}, lane ${seed - SEED}, path ${counterexamplePath}`, {
      cause: errorInstance,
    })
}

async function ask({ api, expectation }: Station, aimed: AimedRequest): Promise<void> {
  const { length: logged } = api.logLines
  const answer = await sendFuzzed(api.url, aimed.request)
  try {
    checkAnswer(aimed, answer, expectation)
  } catch (error) {
    const bug = api.logLines.slice(logged).find(isBug)
    const said = `${answer.status} ${answer.body.slice(0, 500)}`
    throw new Error([describeRequest(aimed.request), said, bug].join('\n'), { cause: error })
  }
}

function isBug(logLine: string): boolean {
  return logLine.includes('INTERNAL_SERVER_ERROR')
}

async function temporaryFiles({ api }: Station): Promise<readonly string[]> {
  return readdir(join(api.directory, 'uploads')).catch(() => [])
}

describe('every route, asked anything', () => {
  // The table says which there are.
  for (const name of Object.keys(STATIONS) as StationName[])
    it(`answers as documented at ${name}`, async () => {
      await using station = await startStation(name)
      const runs = Math.ceil((REQUESTS * SHARES[name]) / LANES)

      const requests = aimedRequests(station.mounts, station.knowledge)
      const property = fc.asyncProperty(requests, (aimed) => ask(station, aimed))

      const lanes = Array.from({ length: LANES }, (_, lane) =>
        fuzz(property, { seed: SEED + lane, runs }),
      )
      await Promise.all(lanes)

      const bugs = station.api.logLines.filter(isBug)
      assert.deepEqual(bugs, [])
      assert.equal('polluted' in {}, false)
      await until(async () => (await temporaryFiles(station)).length === 0, 'no upload is left')
    })

  it('leaves no connection open', async () => {
    const isOpen = (): boolean => process.getActiveResourcesInfo().includes('TCPSocketWrap')

    await until(() => !isOpen(), 'all connections are closed')
  })
})
