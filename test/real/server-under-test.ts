import { readdirSync, readFileSync } from 'node:fs'
import { until } from '../support/until.ts'

/** The real server that `npm run test:real` started for a test file. */
export type ServerUnderTest = {
  readonly url: string
  /** Passed to `describe`: why the tests do not run; `false` when they do. */
  readonly skip: string | false
}

/** Reads where the server is; without one the tests are skipped, and say how to get one. */
export function serverUnderTest(variable: string, name: string): ServerUnderTest {
  const url = process.env[variable] ?? ''
  const skip = url === '' && `${variable} is not set: npm run test:real -- ${name}`
  return { url, skip }
}

/**
 * Kills a process that the server started, found by the beginning of its command line or by a word
 * in it (Linux only). Fails loudly when there is none.
 */
export function killPartOfServer(part: string): void {
  const group = process.env['OCR_REAL_SERVER_PID'] ?? ''
  const victims = readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && groupOf(pid) === group && commandLine(pid).includes(part),
  )
  if (victims.length === 0) throw new Error(`No process of the server is called ${part}`)
  for (const pid of victims) process.kill(Number(pid), 'SIGKILL')
}

/** Waits until a vLLM has no request, neither running nor waiting. */
export async function untilIdle(url: string, deadlineMs: number): Promise<void> {
  await until(async () => (await requestsOf(url)) === 0, 'the server is idle', deadlineMs)
}

/** Waits until a vLLM works on a request. */
export async function untilBusy(url: string): Promise<void> {
  await until(async () => ((await requestsOf(url)) ?? 0) > 0, 'the server is busy')
}

/** `null`: it did not say. It closes a kept connection after 5 s, also while it is being asked. */
async function requestsOf(url: string): Promise<number | null> {
  const metrics = await fetch(`${url}/metrics`).then(
    (response) => response.text(),
    () => null,
  )
  if (metrics === null) return null
  const gauges = [...metrics.matchAll(/^vllm:num_requests_(?:running|waiting)\{.*\} (\S+)$/gm)]
  if (gauges.length < 2) throw new Error('The server does not tell its requests')
  return gauges.reduce((sum, gauge) => sum + Number(gauge[1]), 0)
}

function commandLine(pid: string): string {
  return readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
}

function groupOf(pid: string): string {
  // The name of the program stands in brackets and may hold anything; state, parent, group follow.
  return (
    readOrEmpty(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[2] ?? ''
  )
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process ended while we looked.
    return ''
  }
}
