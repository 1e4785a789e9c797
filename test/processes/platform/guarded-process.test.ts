import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'node:test'
import { OcrError, isAbortError } from '../../../src/platform/errors.ts'
import {
  runGuardedProgram,
  startGuardedProcess,
  type GuardedProcess,
} from '../../../src/platform/guarded-process.ts'

const FIXTURES = new URL('../../fixtures/', import.meta.url)
const BOUNDS = { wallClockMs: 60_000, signal: new AbortController().signal }

function start(options: { maxRssBytes?: number; maxOldSpaceMb?: number } = {}): GuardedProcess {
  return startGuardedProcess({
    entry: new URL('guarded-program.ts', FIXTURES),
    name: 'test program',
    maxRssBytes: 500e6,
    env: { COLOUR: 'blue' },
    ...options,
  })
}

const failsWith = (code: string) => (error: unknown) =>
  error instanceof OcrError && error.code === code

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'the condition never came true')
    await sleep(20)
  }
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Hundredths of a second; a child that just starts needs about 15. */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return Number(fields[11])
}

function zombieChildren(): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      return (
        new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(status) && /^State:\s+Z/m.test(status)
      )
    } catch {
      return false
    }
  })
}

describe('startGuardedProcess', () => {
  it('answers one request after the other in one process', async () => {
    await using child = start()

    const first = await child.request({ page: 1, text: '开门\n' }, BOUNDS)
    const second = await child.request(null, BOUNDS)

    assert.deepEqual(first, { page: 1, text: '开门\n' })
    assert.equal(second, null)
    assert.ok((child.rssBytes() ?? 0) > 20e6)
  })

  it('gives the child nothing of our environment', async () => {
    await using child = start()

    const answer = await child.request('environment', BOUNDS)

    assert.deepEqual(answer, { environment: ['COLOUR', 'LANG', 'PATH'], arguments: 3 })
  })

  it('lets those who answer requests go ahead of the child', async () => {
    await using child = start()

    const niceValue = await child.request('priority', BOUNDS)

    assert.equal(niceValue, Math.max(5, getPriority()))
  })

  it('keeps console and stdout noise of the child out of the protocol', async () => {
    await using child = start()

    assert.equal(await child.request('chat', BOUNDS), 'calm')
  })

  it('passes on the code of an expected failure, and the child lives on', async () => {
    await using child = start()

    await assert.rejects(child.request('refuse', BOUNDS), failsWith('CORRUPT_PDF'))
    await assert.rejects(child.request('bug', BOUNDS), failsWith('INTERNAL_SERVER_ERROR'))
    assert.equal(child.alive, true)
    assert.equal(await child.request('still there', BOUNDS), 'still there')
  })

  it('kills a child that takes too much memory as TOO_COMPLEX', async () => {
    await using child = start({ maxRssBytes: 300e6 })

    await assert.rejects(child.request('eat memory', BOUNDS), failsWith('TOO_COMPLEX'))
    assert.equal(child.alive, false)
    await assert.rejects(child.request('again', BOUNDS), failsWith('TOO_COMPLEX'))
  })

  it('reports a heap abort of the child as TOO_COMPLEX', async () => {
    await using child = start({ maxOldSpaceMb: 32 })

    await assert.rejects(child.request('fill heap', BOUNDS), failsWith('TOO_COMPLEX'))
  })

  it('kills a child that takes too long as PAGE_TIMEOUT', async () => {
    await using child = start()

    const answer = child.request('spin', { ...BOUNDS, wallClockMs: 500 })

    await assert.rejects(answer, failsWith('PAGE_TIMEOUT'))
    assert.equal(child.alive, false)
    assert.equal(child.rssBytes(), null)
  })

  it('kills the child and throws the reason when the signal fires', async () => {
    await using child = start()
    await child.request('hello', BOUNDS)
    const pid = child.pid ?? 0
    const controller = new AbortController()
    const answer = child.request('spin', { ...BOUNDS, signal: controller.signal })

    const reason = new Error('the page was cancelled')
    controller.abort(reason)

    await assert.rejects(answer, reason)
    assert.equal(child.alive, false)
    assert.equal(isRunning(pid), false)
    await assert.rejects(
      child.request('late', { ...BOUNDS, signal: AbortSignal.abort('no error') }),
      isAbortError,
    )
  })

  it('reports a crash as PROGRAM_FAILED with the end of stderr', async () => {
    await using child = start()

    await assert.rejects(child.request('exit', BOUNDS), (error) => {
      assert.ok(failsWith('PROGRAM_FAILED')(error))
      return /exit code 3.*out of cheese/.test(String(error))
    })
  })

  it('reports a program that cannot be loaded as PROGRAM_FAILED', async () => {
    await using child = startGuardedProcess({
      entry: new URL('no-such-program.ts', FIXTURES),
      name: 'missing program',
      maxRssBytes: 500e6,
    })

    await assert.rejects(child.request('hello', BOUNDS), failsWith('PROGRAM_FAILED'))
  })

  for (const nonsense of ['garbage', 'two replies']) {
    it(`kills a child that answers ${nonsense}`, async () => {
      await using child = start()

      await assert.rejects(child.request(nonsense, BOUNDS), failsWith('PROGRAM_FAILED'))
      assert.equal(child.alive, false)
    })
  }

  it('kills a child whose reply is too large', async () => {
    await using child = start()

    const answer = child.request('x'.repeat(200_000), { ...BOUNDS, maxReplyBytes: 100_000 })

    await assert.rejects(answer, failsWith('TOO_COMPLEX'))
    assert.equal(child.alive, false)
  })

  it('refuses a second request while one is under way', async () => {
    await using child = start()
    const first = child.request('first', BOUNDS)

    await assert.rejects(child.request('second', BOUNDS), /one request at a time/)
    assert.equal(await first, 'first')
  })

  it('leaves no zombie behind', async () => {
    for (const message of ['exit', 'garbage']) {
      await using child = start()
      await assert.rejects(child.request(message, BOUNDS))
    }

    await until(() => zombieChildren().length === 0)
  })

  it('does not keep an idle parent alive, and ends with it', async () => {
    const parent = spawn(
      process.execPath,
      [fileURLToPath(new URL('guarded-parent.ts', FIXTURES))],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const [line] = await once(parent.stdout.setEncoding('utf8'), 'data')

    await once(parent, 'exit', { signal: AbortSignal.timeout(30_000) })

    assert.equal(parent.exitCode, 0)
    await until(() => !isRunning(Number(line)))
  })

  it('dies with its killed parent even in a busy loop', async () => {
    const parent = spawn(
      process.execPath,
      [fileURLToPath(new URL('guarded-parent.ts', FIXTURES)), 'busy'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [line] = await once(parent.stdout.setEncoding('utf8'), 'data')
    await until(() => cpuTicks(Number(line)) > 50)

    parent.kill('SIGKILL')

    await until(() => !isRunning(Number(line)))
  })
})

describe('runGuardedProgram', () => {
  const bounds = {
    ...BOUNDS,
    args: [],
    env: {},
    maxRssBytes: 300e6,
    maxOutputBytes: 1_000_000,
  }

  it('feeds stdin and gives stdout, the end of stderr and the exit code', async () => {
    const result = await runGuardedProgram('sh', {
      ...bounds,
      args: ['-c', 'cat; echo careful >&2; exit 7'],
      stdin: Buffer.from('a page'),
    })

    assert.equal(result.stdout.toString(), 'a page')
    assert.equal(result.stderrTail, 'careful\n')
    assert.equal(result.exitCode, 7)
  })

  it('reports a program that is not installed as PROGRAM_MISSING', async () => {
    await assert.rejects(
      runGuardedProgram('no-such-program-here', bounds),
      failsWith('PROGRAM_MISSING'),
    )
  })

  it('survives a program that reads nothing of its input', async () => {
    const result = await runGuardedProgram('true', { ...bounds, stdin: Buffer.alloc(4_000_000) })

    assert.equal(result.exitCode, 0)
  })

  it('kills the whole group when time is up', async () => {
    const run = runGuardedProgram('sh', {
      ...bounds,
      args: ['-c', 'sleep 60 & wait'],
      wallClockMs: 300,
    })

    await assert.rejects(run, failsWith('PAGE_TIMEOUT'))
  })

  it('bounds the output', async () => {
    const run = runGuardedProgram('yes', bounds)

    await assert.rejects(run, failsWith('TOO_COMPLEX'))
  })

  it('bounds the memory', async () => {
    const run = runGuardedProgram(process.execPath, {
      ...bounds,
      args: ['-e', 'const a = []; for (;;) a.push(Buffer.alloc(1e7, 1))'],
    })

    await assert.rejects(run, failsWith('TOO_COMPLEX'))
  })

  it('kills the program when the signal fires', async () => {
    const controller = new AbortController()
    const run = runGuardedProgram('sleep', {
      ...bounds,
      args: ['60'],
      signal: controller.signal,
    })

    controller.abort()

    await assert.rejects(run, isAbortError)
  })
})
