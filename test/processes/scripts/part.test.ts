import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keepRunning, startNodePart, type RunningPart } from '../../../scripts/start/part.ts'

/** A part that ends by itself with each of these codes in turn, and then runs until it is stopped. */
function fakeParts(...exitCodes: readonly number[]) {
  const codes = [...exitCodes]
  const running = Promise.withResolvers<void>()
  const counts = { started: 0, stopped: 0 }
  const start = async (): Promise<RunningPart> => {
    counts.started++
    const code = codes.shift()
    if (code !== undefined) return { exited: Promise.resolve(code), stop: async () => undefined }
    running.resolve()
    const { promise: exited, resolve } = Promise.withResolvers<null>()
    const stop = async (): Promise<void> => {
      counts.stopped++
      resolve(null)
    }
    return { exited, stop }
  }
  return { start, counts, running: running.promise }
}

describe('keepRunning', () => {
  it('starts a part again that died, and says so', async () => {
    const parts = fakeParts(1, 0)
    const stopping = new AbortController()
    const said: string[] = []
    const kept = keepRunning({
      name: 'worker',
      start: parts.start,
      say: (line) => said.push(line),
      signal: stopping.signal,
      firstPauseMs: 1,
    })

    await parts.running
    stopping.abort()
    await kept

    assert.deepEqual(parts.counts, { started: 3, stopped: 1 })
    assert.equal(said.length, 2)
    assert.match(said[0] ?? '', /worker ended \(exit code 1\)/)
  })

  it('starts again what could not be started', async () => {
    const stopping = new AbortController()
    let tries = 0
    const start = async (): Promise<RunningPart> => {
      if (++tries === 2) stopping.abort()
      throw new Error('not today')
    }
    const said: string[] = []

    await keepRunning({
      name: 'api',
      start,
      say: (line) => said.push(line),
      signal: stopping.signal,
      firstPauseMs: 1,
    })

    assert.equal(tries, 2)
    assert.match(said[0] ?? '', /not today/)
  })

  it('gives up on a part that refuses its configuration', async () => {
    const { start } = fakeParts(78)
    const { signal } = new AbortController()

    await assert.rejects(
      keepRunning({ name: 'api', start, say: () => undefined, signal }),
      /configuration/,
    )
  })
})

describe('startNodePart', () => {
  it('kills a part that ignores SIGTERM', async () => {
    const ready = Promise.withResolvers<void>()
    const program = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log('up')"
    const part = startNodePart({
      args: ['-e', program],
      env: process.env,
      onOutput: (output) => output.once('data', () => ready.resolve()),
      stopTimeoutMs: 50,
    })
    await ready.promise

    await part.stop()

    assert.equal(await part.exited, null)
  })
})
