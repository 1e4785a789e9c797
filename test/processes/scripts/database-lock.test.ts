import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import {
  canonicalPath,
  takeDatabaseLock,
  type DatabaseLock,
} from '../../../scripts/temporal/database-lock.ts'

const root = await mkdtemp(join(tmpdir(), 'database-lock-'))
const children: ChildProcess[] = []
after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(root, { recursive: true })
})

async function databaseFile(): Promise<string> {
  return canonicalPath(join(await mkdtemp(join(root, 'data-')), 'temporal.db'))
}

/** A process whose command line looks like that of a server with this database. */
async function fakeServer(file: string): Promise<number> {
  const flags = ['start-dev', '--port', '7999', '--ui-port', '8999', '--db-filename', file]
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', '--', ...flags])
  children.push(child)
  await once(child, 'spawn')
  return child.pid ?? 0
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'])
  await once(child, 'close')
  return child.pid ?? 0
}

async function take(file: string): Promise<DatabaseLock> {
  const result = await takeDatabaseLock(file)
  assert.equal(result.kind, 'taken')
  return result.lock
}

describe('takeDatabaseLock', () => {
  it('gives a free database to the first who asks', async () => {
    assert.ok(await take(await databaseFile()))
  })

  it('hands a recorded, live server to everybody else', async () => {
    const file = await databaseFile()
    const lock = await take(file)
    const pid = await fakeServer(file)
    lock.record({ pid, address: '127.0.0.1:7999', uiUrl: null })

    const second = await takeDatabaseLock(file)

    assert.ok(second.kind === 'served')
    assert.equal(second.server.pid, pid)
    assert.equal(second.server.address, '127.0.0.1:7999')
    assert.equal(second.server.isOrphan, false)
  })

  it('calls a live server of a dead launcher an orphan', async () => {
    const file = await databaseFile()
    const pid = await fakeServer(file)
    const record = {
      state: 'serving',
      launcherPid: await deadPid(),
      pid,
      address: 'a:1',
      uiUrl: null,
    }
    await writeFile(`${file}.lock`, JSON.stringify(record))

    const result = await takeDatabaseLock(file)

    assert.ok(result.kind === 'served' && result.server.isOrphan)
  })

  it('takes over the lock of a dead server', async () => {
    const file = await databaseFile()
    const pid = await deadPid()
    const record = { state: 'serving', launcherPid: process.pid, pid, address: 'a:1', uiUrl: null }
    await writeFile(`${file}.lock`, JSON.stringify(record))

    assert.ok(await take(file))
  })

  it('takes over when the pid of the dead server belongs to another program now', async () => {
    const file = await databaseFile()
    const { pid } = process
    const record = { state: 'serving', launcherPid: 1, pid, address: 'a:1', uiUrl: null }
    await writeFile(`${file}.lock`, JSON.stringify(record))

    assert.ok(await take(file))
  })

  it('takes over the lock of a launcher that died before its server ran', async () => {
    const file = await databaseFile()
    const record = { state: 'launching', launcherPid: await deadPid(), sinceMs: Date.now() }
    await writeFile(`${file}.lock`, JSON.stringify(record))

    assert.ok(await take(file))
  })

  it('finds a live server although the lock file is gone', async () => {
    const file = await databaseFile()
    const pid = await fakeServer(file)

    const result = await takeDatabaseLock(file)

    assert.ok(result.kind === 'served')
    assert.deepEqual(
      { ...result.server },
      { pid, address: '127.0.0.1:7999', uiUrl: 'http://127.0.0.1:8999', isOrphan: true },
    )
  })

  it('waits for a launcher that is about to start a server', async () => {
    const file = await databaseFile()
    const lock = await take(file)
    const pid = await fakeServer(file)

    const second = takeDatabaseLock(file)
    lock.record({ pid, address: '127.0.0.1:7999', uiUrl: null })

    assert.equal((await second).kind, 'served')
  })

  it('gives the database to one of five processes that ask at once', async () => {
    const file = await databaseFile()
    const program = join(import.meta.dirname, '..', '..', 'fixtures', 'take-database-lock.ts')
    const askers = Array.from({ length: 5 }, () =>
      spawn(process.execPath, [program, file], { stdio: ['pipe', 'pipe', 'inherit'] }),
    )
    children.push(...askers)

    const taken = await Promise.race(
      askers.map(async (asker) => {
        const [chunk] = await once(asker.stdout, 'data')
        return { asker, answer: String(chunk).trim() }
      }),
    )
    const others = askers.filter((asker) => asker !== taken.asker)

    assert.equal(taken.answer, 'taken')
    assert.ok(others.every((asker) => asker.stdout.readableLength === 0))
  })

  it('is free again after its release', async () => {
    const file = await databaseFile()
    const lock = await take(file)

    lock.release()

    assert.ok(await take(file))
  })
})
