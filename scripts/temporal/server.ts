import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Readable } from 'node:stream'
import { RETENTION_DAYS } from '../../src/contract/names.ts'
import { coerceError } from '../../src/platform/errors.ts'
import { takeDatabaseLock, type DatabaseLock, type DatabaseServer } from './database-lock.ts'
import type { TemporalCli } from './find-cli.ts'
import { connectWhenReady, ensureSearchAttributes, setRetention } from './namespace.ts'
import { isAlive } from './running-servers.ts'
import { serverArguments, type ServerFlags } from './server-flags.ts'

/** A server that was started or found. */
export type TemporalServer = {
  readonly address: string
  readonly uiUrl: string | null
  /** Settles when its process is gone, with the exit code where it is known. */
  readonly exited: Promise<number | null>
  /** Ends it, unless it belongs to somebody who still lives. */
  stop(): Promise<void>
}

/** What to start, and whom to tell. */
export type StartServerOptions = {
  readonly cli: TemporalCli
  readonly flags: ServerFlags & { readonly databaseFile: string }
  readonly say: (line: string) => void
  /** Gets stdout and stderr of the server. */
  readonly onOutput?: (output: Readable) => void
}

const READY_TIMEOUT_MS = 30_000

/** SIGTERM takes 1.2 s, 2.4 s at worst (measured). */
const STOP_TIMEOUT_MS = 2_800
const PID_POLL_MS = 500

/**
 * Starts the one server of a database file and waits until it answers, or uses the server that has
 * the file open already. Sets the retention to that of our results.
 *
 * @throws {Error} when a server does not answer within 30 s
 */
export async function startTemporalServer(options: StartServerOptions): Promise<TemporalServer> {
  const { flags, say } = options
  const taken = await takeDatabaseLock(flags.databaseFile)
  if (taken.kind === 'served') {
    const { pid, address } = taken.server
    say(`Temporal: process ${pid} has ${flags.databaseFile} open already, using it at ${address}`)
    await prepareNamespace(address, flags.namespace)
    return adoptServer(taken.server)
  }
  try {
    return await spawnServer(options, taken.lock)
  } catch (error) {
    taken.lock.release()
    throw error
  }
}

async function spawnServer(
  options: StartServerOptions,
  lock: DatabaseLock,
): Promise<TemporalServer> {
  const { cli, flags } = options
  mkdirSync(dirname(flags.databaseFile), { recursive: true })
  const child = spawn(cli.path, serverArguments(flags), { stdio: ['ignore', 'pipe', 'pipe'] })
  const { promise: exited, resolve } = Promise.withResolvers<number | null>()
  child.once('error', () => resolve(null))
  child.once('exit', (exitCode) => {
    lock.release()
    resolve(exitCode)
  })
  options.onOutput?.(child.stdout)
  options.onOutput?.(child.stderr)
  const address = `127.0.0.1:${flags.port}`
  const uiUrl = flags.uiPort === null ? null : `http://127.0.0.1:${flags.uiPort}`
  if (child.pid !== undefined) lock.record({ pid: child.pid, address, uiUrl })
  const server = {
    address,
    uiUrl,
    exited,
    stop: () => endProcess((signal) => child.kill(signal), exited),
  }
  const outcome = await Promise.race([
    prepareNamespace(address, flags.namespace).catch(coerceError),
    exited.then((code) => new Error(`The Temporal server ended at once (exit code ${code})`)),
  ])
  if (outcome === undefined) return server
  await server.stop()
  throw outcome
}

/**
 * Sets the retention and the search attributes that we need, where they are missing.
 *
 * @throws {Error} when the server does not answer within 30 s or refuses
 */
export async function prepareNamespace(address: string, namespace: string): Promise<void> {
  const connection = await connectWhenReady(address, namespace, READY_TIMEOUT_MS)
  if (connection === null)
    throw new Error(`Cannot reach Temporal at ${address}: no answer within 30 s`)
  try {
    await setRetention(connection, namespace, RETENTION_DAYS)
    await ensureSearchAttributes(connection, namespace)
  } finally {
    await connection.close()
  }
}

function adoptServer({ pid, address, uiUrl, isOrphan }: DatabaseServer): TemporalServer {
  const watch = new AbortController()
  const exited = waitForEnd(pid, watch.signal)
  const kill = (signal: NodeJS.Signals): void => {
    if (isAlive(pid)) process.kill(pid, signal)
  }
  const stop = async (): Promise<void> => {
    if (isOrphan) await endProcess(kill, exited)
    else watch.abort()
  }
  return { address, uiUrl, exited, stop }
}

async function waitForEnd(pid: number, signal: AbortSignal): Promise<null> {
  while (isAlive(pid) && !signal.aborted)
    await delay(PID_POLL_MS, undefined, { signal }).catch(() => null)
  return null
}

async function endProcess(
  kill: (signal: NodeJS.Signals) => void,
  exited: Promise<unknown>,
): Promise<void> {
  kill('SIGTERM')
  const abort = new AbortController()
  const timeUp = delay(STOP_TIMEOUT_MS, 'time is up', { signal: abort.signal }).catch(() => null)
  if ((await Promise.race([exited, timeUp])) === 'time is up') kill('SIGKILL')
  abort.abort()
  await exited
}
