import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { listenForInterrupt } from '../../../src/cli/interrupt.ts'

function createHost() {
  const exits: number[] = []
  const host = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) })
  return { host, exits }
}

describe('listenForInterrupt', () => {
  it('takes one Ctrl-C that arrives twice for one, and a later one for an order to end', () => {
    const { host, exits } = createHost()
    let nowMs = 1_000
    using interrupt = listenForInterrupt(host, () => nowMs)

    host.emit('SIGINT')
    host.emit('SIGINT')
    const exitsAtOnce = exits.length
    nowMs += 2_000
    host.emit('SIGINT')

    assert.equal(interrupt.signal.aborted, true)
    assert.equal(interrupt.exitCode(), 130)
    assert.equal(exitsAtOnce, 0)
    assert.deepEqual(exits, [130])
  })

  it('ends with 143 after SIGTERM, and with nothing while nobody has asked', () => {
    const { host } = createHost()
    using interrupt = listenForInterrupt(host)
    const before = interrupt.exitCode()

    host.emit('SIGTERM')

    assert.deepEqual([before, interrupt.exitCode()], [null, 143])
  })

  it('takes its listeners away', () => {
    const { host } = createHost()

    listenForInterrupt(host)[Symbol.dispose]()

    assert.deepEqual(host.eventNames(), [])
  })
})
