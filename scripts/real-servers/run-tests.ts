import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../temporal/ports.ts'
import { installOnce } from './install-once.ts'
import { startProcessGroup, type ProcessGroup } from './process-group.ts'
import type { RealServer, ServerPlace, ServerRun } from './real-server.ts'
import { ExpectedFailure, type Steps } from './steps.ts'

const HOST = '127.0.0.1'
const POLL_MS = 200
const TEST_DIRECTORY = join(import.meta.dirname, '..', '..', 'test', 'real')

/**
 * Installs a server unless it is there, and runs its tests against it, one start after the other.
 *
 * @throws {ExpectedFailure} when a step, the start or a test fails
 */
export async function testRealServer(server: RealServer, steps: Steps): Promise<void> {
  const directory = await installOnce(server.recipe, steps)
  const place = { directory, modelsDirectory: join(directory, 'models') }
  await mkdir(place.modelsDirectory, { recursive: true })
  await server.writeModels(place, steps)
  for (const run of server.runs) await testRun(run, place, steps)
}

async function testRun(run: ServerRun, place: ServerPlace, steps: Steps): Promise<void> {
  const port = await freePort(HOST)
  const url = `http://${HOST}:${port}`
  const logFile = join(place.directory, run.testFile.replace('.test.ts', '.log'))
  await rm(logFile, { force: true })
  const startedAtMs = Date.now()
  await using group = await startProcessGroup(run.command(place, port), logFile)
  await waitUntilReady(group, { url: url + run.readyPath, timeoutMs: run.startTimeoutMs, steps })
  for (const command of run.prepare ?? []) await steps.run(command(place, port), logFile)
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1)
  steps.say(`${run.title}: ready at ${url} after ${seconds} s, log in ${logFile}`)
  await steps.run(
    {
      program: process.execPath,
      args: ['--test', '--test-concurrency=1', join(TEST_DIRECTORY, run.testFile)],
      env: { [run.urlVariable]: url, OCR_REAL_SERVER_PID: `${group.pid}` },
    },
    null,
  )
}

async function waitUntilReady(
  group: ProcessGroup,
  options: { readonly url: string; readonly timeoutMs: number; readonly steps: Steps },
): Promise<void> {
  const { url, timeoutMs, steps } = options
  const deadline = Date.now() + timeoutMs
  while (!(await isReady(url))) {
    const problem = group.hasExited
      ? 'it ended'
      : Date.now() > deadline
        ? `it was not ready after ${timeoutMs / 1000} s`
        : null
    if (problem !== null)
      throw new ExpectedFailure(
        `Cannot start the server: ${problem}. The end of its log:\n${await group.logTail()}`,
      )
    await Promise.race([delay(POLL_MS), steps.interrupted])
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}
