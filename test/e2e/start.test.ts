import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../scripts/temporal/ports.ts'
import { ALICE } from '../support/api-keys.ts'
import { commandLine, processesWith } from '../support/processes.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'scripts', 'start.ts')
const READY_MS = 120_000
/** Five seconds, and what a busy machine may take. */
const STOP_MS = 20_000

const directory = await mkdtemp(join(tmpdir(), 'start-'))
const mark = `OCR_DATA_DIR=${directory}`
after(async () => {
  for (const pid of processesWith(mark)) process.kill(pid, 'SIGKILL')
  await rm(directory, { recursive: true })
})

type Run = { readonly child: ChildProcess; readonly output: { stdout: string; stderr: string } }

async function start(
  args: readonly string[] = [],
  port?: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const { TEMPORAL_ADDRESS: _, ...inherited } = process.env
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: {
      ...inherited,
      OCR_DATA_DIR: directory,
      OCR_PORT: String(port ?? (await freePort('127.0.0.1'))),
      OCR_COMPAT_PORTS: '',
      OCR_LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)))
  return { child, output }
}

async function until(condition: () => boolean, timeoutMs: number, what: string): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs
  while (!condition()) {
    if (Date.now() > deadlineMs) assert.fail(`waited ${timeoutMs} ms in vain until ${what}`)
    await delay(20)
  }
}

async function startAndWait(): Promise<Run> {
  const run = await start()
  await until(() => run.output.stdout.includes('Try it'), READY_MS, 'everything was ready')
  return run
}

const findPart = (path: string): number | undefined =>
  processesWith(mark).find((pid) => commandLine(pid).includes(path))

describe('npm start', () => {
  it('sends the sample through and prints nothing but its Markdown on stdout', async () => {
    const { child, output } = await start(['--sample'])

    const [exitCode] = await once(child, 'exit')

    assert.equal(exitCode, 0, output.stderr)
    assert.match(output.stdout, /每一份上传的文档/)
    assert.match(output.stdout, /Every uploaded document is one workflow/)
    assert.doesNotMatch(output.stdout, / \| /)
    assert.match(output.stderr, /page 2 of 2 done/)
    assert.deepEqual(processesWith(mark), [])
  })

  it('starts nothing for a sample that the api would refuse, and names the setting', async () => {
    const { child, output } = await start(['--sample'], undefined, {
      OCR_API_KEYS: `alice:${ALICE.setting.digest.toString('hex')}`,
    })
    const [exitCode] = await once(child, 'exit')

    assert.equal(exitCode, 78)
    assert.match(output.stderr, /^The sample needs a key: set OCR_API_KEY to .*OCR_API_KEYS\n$/)
  })

  it('starts a worker again that died, and ends everything soon after SIGTERM', async () => {
    const { child, output } = await startAndWait()
    const first = findPart('workers/main.ts')
    assert.ok(first)

    process.kill(first, 'SIGKILL')
    await until(
      () => ![undefined, first].includes(findPart('workers/main.ts')),
      READY_MS,
      'there was a new worker',
    )
    const stoppedAtMs = Date.now()
    child.kill('SIGTERM')
    const [exitCode] = await once(child, 'exit')

    assert.match(output.stdout, /The worker ended/)
    assert.equal(exitCode, 0)
    assert.ok(Date.now() - stoppedAtMs < STOP_MS)
    assert.deepEqual(processesWith(mark), [])
  })

  it('leaves no orphan when it is killed', async () => {
    const { child } = await startAndWait()

    child.kill('SIGKILL')

    await until(() => processesWith(mark).length === 0, STOP_MS, 'nothing was left')
  })

  it('ends the rest when the supervisor is killed', async () => {
    const { child } = await startAndWait()

    process.kill(findPart('start/supervisor.ts') ?? 0, 'SIGKILL')
    const [exitCode] = await once(child, 'exit')

    assert.equal(exitCode, 1)
    await until(() => processesWith(mark).length === 0, STOP_MS, 'nothing was left')
  })

  it('says in one sentence that its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)

    const { child, output } = await start([], address.port)
    const [exitCode] = await once(child, 'exit')
    server.close()

    assert.equal(exitCode, 1)
    assert.match(
      output.stderr,
      /^Port \d+ on 127\.0\.0\.1 is taken: set OCR_PORT to another one\n$/,
    )
  })
})
