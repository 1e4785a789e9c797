import { Console } from 'node:console'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { isDiskFull } from './disk-full.ts'
import { codeOf, coerceError } from './errors.ts'

// A thread, because the main thread may be in a loop that never yields when the parent dies.
const PARENT_WATCHER = `
  const { workerData } = require('node:worker_threads')
  const check = () => { if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL') }
  check()
  setInterval(check, 200)
`

/**
 * Serves the requests of `startGuardedProcess` in the child: one JSON message a line, answered by
 * what the handler returns (anything that JSON can carry; `undefined` arrives as `null`) or throws
 * (the code of an `OcrError`; `STORAGE_FULL` where the disk is; else `INTERNAL_SERVER_ERROR`).
 *
 * Takes over the console (everything goes to stderr) and stdout, ends the process when stdin ends,
 * and kills it within 0.3 s of the parent's death, whatever the handler is doing. A program that
 * loads chatty libraries imports them after this call.
 */
export function serveGuardedRequests(handler: (message: unknown) => Promise<unknown>): void {
  const send = takeStdout()
  watchParent(Number(process.argv[2]))
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      void answer(line, handler).then(send)
    })
    .on('close', () => process.exit(0))
}

async function answer(
  line: string,
  handler: (message: unknown) => Promise<unknown>,
): Promise<string> {
  try {
    const value = (await handler(JSON.parse(line))) ?? null
    return JSON.stringify({ ok: true, value })
  } catch (thrown) {
    const error = coerceError(thrown)
    const code = isDiskFull(error) ? 'STORAGE_FULL' : codeOf(error)
    const message =
      code === 'INTERNAL_SERVER_ERROR' ? (error.stack ?? error.message) : error.message
    return JSON.stringify({ ok: false, code, message })
  }
}

function takeStdout(): (line: string) => void {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr)
  globalThis.console = new Console(process.stderr, process.stderr)
  return (line) => {
    write(`${line}\n`)
  }
}

function watchParent(parentPid: number): void {
  const watcher = new Worker(PARENT_WATCHER, { eval: true, workerData: parentPid, execArgv: [] })
  watcher.unref()
}
