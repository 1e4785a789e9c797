import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import {
  commandLineOf,
  findServerOfDatabase,
  isAlive,
  type RunningServer,
} from './running-servers.ts'

/*
 * Nothing in Temporal keeps two servers from one database file, so a lock file lies beside it.
 *
 *   absent ──take──▶ launching (pid of the launcher) ──record──▶ serving (pid and address of the server)
 *      ▲                    │ launcher dead                             │ server dead
 *      └────────────────────┴───────────────taken over──────────────────┘
 *
 * Reading and changing it happens under a mutex that the kernel frees when its holder dies (the
 * lock of an empty SQLite file), so two launchers never both take over.
 */

const LOCK_RECORD = z.discriminatedUnion('state', [
  z.object({ state: z.literal('launching'), launcherPid: z.int(), sinceMs: z.number() }),
  z.object({
    state: z.literal('serving'),
    launcherPid: z.int(),
    pid: z.int(),
    address: z.string(),
    uiUrl: z.string().nullable(),
  }),
])

type LockRecord = z.output<typeof LOCK_RECORD>

/** A server that holds the database. `isOrphan`: its launcher is dead, so nobody else ends it. */
export type DatabaseServer = RunningServer & { readonly isOrphan: boolean }

/** The right to run the one server of a database file. */
export type DatabaseLock = {
  /** Says which process serves the file now. */
  record(server: RunningServer): void
  /** Gives the right back; only what is still ours is removed. */
  release(): void
}

/** Ours to start a server, or somebody's server that is used as it is. */
export type LockResult =
  | { readonly kind: 'taken'; readonly lock: DatabaseLock }
  | { readonly kind: 'served'; readonly server: DatabaseServer }

/** A launcher that has no server by then hangs; nobody waits for it any longer. */
const LAUNCH_LIMIT_MS = 30_000
const POLL_MS = 100
const MUTEX_TIMEOUT_MS = 10_000

/** Takes the lock of a database file, waiting for a launcher that is about to start a server. */
export async function takeDatabaseLock(databaseFile: string): Promise<LockResult> {
  mkdirSync(dirname(databaseFile), { recursive: true })
  const path = `${canonicalPath(databaseFile)}.lock`
  for (;;) {
    const result = underMutex(path, () => takeNow(path, canonicalPath(databaseFile)))
    if (result !== 'wait') return result
    await delay(POLL_MS)
  }
}

/** The name under which a database file is known to its lock: its directory without symlinks. */
export function canonicalPath(databaseFile: string): string {
  return join(realpathSync(dirname(databaseFile)), basename(databaseFile))
}

function takeNow(path: string, databaseFile: string): LockResult | 'wait' {
  const holder = readRecord(path)
  if (holder?.state === 'launching' && isLaunching(holder)) return 'wait'
  if (holder?.state === 'serving' && isServing(holder, databaseFile))
    return { kind: 'served', server: { ...holder, isOrphan: !isAlive(holder.launcherPid) } }
  const unrecorded = findServerOfDatabase(databaseFile)
  if (unrecorded) return { kind: 'served', server: { ...unrecorded, isOrphan: true } }
  writeRecord(path, { state: 'launching', launcherPid: process.pid, sinceMs: Date.now() })
  return { kind: 'taken', lock: createLock(path) }
}

function createLock(path: string): DatabaseLock {
  return {
    record({ pid, address, uiUrl }) {
      const launcherPid = process.pid
      writeRecord(path, { state: 'serving', launcherPid, pid, address, uiUrl })
    },
    release() {
      underMutex(path, () => {
        if (readRecord(path)?.launcherPid === process.pid) rmSync(path, { force: true })
      })
    },
  }
}

function isLaunching(holder: LockRecord & { state: 'launching' }): boolean {
  return isAlive(holder.launcherPid) && Date.now() - holder.sinceMs < LAUNCH_LIMIT_MS
}

/** A pid alone is not enough: after a restart of the machine it may be anybody's. */
function isServing(holder: LockRecord & { state: 'serving' }, databaseFile: string): boolean {
  if (!isAlive(holder.pid)) return false
  const args = commandLineOf(holder.pid)
  return args.length === 0 ? process.platform !== 'linux' : args.includes(databaseFile)
}

function readRecord(path: string): LockRecord | null {
  try {
    return LOCK_RECORD.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Absent, or not ours: nobody holds it.
    return null
  }
}

function writeRecord(path: string, record: LockRecord): void {
  writeFileSync(`${path}.tmp`, `${JSON.stringify(record)}\n`)
  renameSync(`${path}.tmp`, path)
}

function underMutex<T>(path: string, work: () => T): T {
  const mutex = new DatabaseSync(`${path}.mutex`, { timeout: MUTEX_TIMEOUT_MS })
  try {
    mutex.exec('BEGIN EXCLUSIVE')
    return work()
  } finally {
    mutex.close()
  }
}
