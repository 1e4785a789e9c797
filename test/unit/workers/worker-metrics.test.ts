import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Registry } from '@prometheus-io/client'
import type { CircuitState, OcrEngine } from '../../../src/engines/engine.ts'
import { runGuardedProgram } from '../../../src/platform/guarded-process.ts'
import { setLogLevel } from '../../../src/platform/logger.ts'
import { countChildren, gaugeCircuits } from '../../../src/workers/worker-metrics.ts'
import { readScrape } from '../../support/scrape.ts'

before(() => setLogLevel('silent'))

function engineWith(id: 'llm' | 'paddle', circuit?: () => CircuitState): OcrEngine {
  return {
    id,
    version: '1',
    recognize: () => Promise.reject(new Error('not asked')),
    probe: async () => undefined,
    ...(circuit && { circuit }),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

describe('gaugeCircuits', () => {
  it('tells the state at the moment it is asked, of engines that have one', async () => {
    const registry = new Registry()
    let state: CircuitState = 'closed'
    gaugeCircuits(registry, () => [engineWith('llm', () => state), engineWith('paddle')])
    const read = async () => readScrape(await registry.metrics()).values

    const closed = await read()
    state = 'open'
    const open = await read()

    assert.deepEqual([...closed], [['ocr_engine_circuit_state{engine="llm"}', 0]])
    assert.deepEqual([...open], [['ocr_engine_circuit_state{engine="llm"}', 2]])
  })
})

describe('countChildren', () => {
  const run = (command: string, args: readonly string[], wallClockMs = 60_000) =>
    runGuardedProgram(command, {
      args,
      env: {},
      maxOutputBytes: 1_000,
      maxRssBytes: 1e9,
      wallClockMs,
      signal: new AbortController().signal,
    })

  it('counts children by how they ended', async () => {
    const registry = new Registry()
    using _counting = countChildren(registry)

    await run('true', [])
    await run('false', [])
    await run('sleep', ['10'], 50).catch(() => undefined)
    await run('no-such-program', []).catch(() => undefined)

    const { values } = readScrape(await registry.metrics())
    const ended = (program: string, reason: string) =>
      values.get(`ocr_children_ended_total{program="${program}",reason="${reason}"}`)
    assert.equal(ended('true', 'done'), 1)
    assert.equal(ended('false', 'failed'), 1)
    assert.equal(ended('sleep', 'time'), 1)
    assert.equal(ended('no-such-program', 'failed'), 1)
    for (const program of ['true', 'false', 'sleep', 'no-such-program'])
      assert.equal(values.get(`ocr_children_running{program="${program}"}`), 0)
  })

  it('counts no more once it is disposed', async () => {
    const registry = new Registry()
    countChildren(registry)[Symbol.dispose]()

    await run('true', [])

    assert.equal(readScrape(await registry.metrics()).values.size, 0)
  })
})
