import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const HISTORY = join(ROOT, 'test', 'replay', 'thirty-six-pages.history.json')

const directory = await mkdtemp(join(tmpdir(), 'replay-'))
after(() => rm(directory, { recursive: true }))

type Ending = { readonly exitCode: unknown; readonly stdout: string; readonly stderr: string }

function replay(...args: readonly string[]): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>()
  // Nobody listens on port 1.
  const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1', OCR_LOG_LEVEL: 'error' }
  execFile(
    process.execPath,
    ['scripts/replay.ts', ...args],
    { cwd: ROOT, env, timeout: 240_000 },
    (error, stdout, stderr) => resolve({ exitCode: error?.code ?? 0, stdout, stderr }),
  )
  return promise
}

describe('npm run replay', () => {
  it('says that a history replays', async () => {
    const { exitCode, stdout } = await replay('--file', HISTORY)

    assert.match(stdout, /^replays +thirty-six-pages\.history\.json, \d+ events$/m)
    assert.match(stdout, /^1 of 1 runs replay against src\/workflows$/m)
    assert.equal(exitCode, 0)
  })

  it('names the first event that differs, goes on with the next history, and ends with 1', async () => {
    const changed = join(directory, 'changed.json')
    const json = await readFile(HISTORY, 'utf8')
    await writeFile(changed, json.replace('"activityId":"page-3"', '"activityId":"page-33"'))

    const { exitCode, stdout } = await replay('--file', changed, '--file', HISTORY)

    assert.match(stdout, /^breaks +changed\.json/m)
    assert.match(
      stdout,
      /First differing event: \d+, ActivityTaskScheduled of recognizePage "page-33"/,
    )
    assert.match(stdout, /^replays +thirty-six-pages/m)
    assert.match(stdout, /^1 of 2 runs replay/m)
    assert.equal(exitCode, 1)
  })

  it('passes over a run that no worker has begun', async () => {
    const unbegun = join(directory, 'unbegun.json')
    const { events } = JSON.parse(await readFile(HISTORY, 'utf8')) as { events: unknown[] }
    await writeFile(unbegun, JSON.stringify({ events: events.slice(0, 2) }))

    const { exitCode, stdout } = await replay('--file', unbegun)

    assert.match(stdout, /^not begun +unbegun\.json/m)
    assert.equal(exitCode, 0)
  })

  it('ends with 2 when it is not told what, the file is none, or Temporal is away', async () => {
    const [untold, noHistory, away] = await Promise.all([
      replay(),
      replay('--file', join(ROOT, 'package.json')),
      replay('--all-open'),
    ])

    assert.deepEqual([untold.exitCode, noHistory.exitCode, away.exitCode], [2, 2, 2])
    assert.match(untold.stderr, /^Usage:/)
    assert.match(noHistory.stderr, /package\.json: it is no history in JSON/)
    assert.match(away.stderr, /^Failed to list workflows: .*UNAVAILABLE/)
  })
})
