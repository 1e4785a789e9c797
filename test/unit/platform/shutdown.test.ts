import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it, mock } from 'node:test'
import { listenForShutdown } from '../../../src/platform/shutdown.ts'

class FakeProcess extends EventEmitter {
  readonly exitCodes: number[] = []

  exit(code: number): void {
    this.exitCodes.push(code)
  }
}

describe('listenForShutdown', () => {
  it('aborts its signal at the first SIGTERM without ending the process', async () => {
    const host = new FakeProcess()
    using shutdown = listenForShutdown(1_000, host)

    host.emit('SIGTERM')

    await shutdown.requested
    assert.equal(shutdown.signal.aborted, true)
    assert.deepEqual(host.exitCodes, [])
  })

  it('ends the process at the second signal', () => {
    const host = new FakeProcess()
    using shutdown = listenForShutdown(1_000, host)

    host.emit('SIGTERM')
    host.emit('SIGINT')

    assert.equal(shutdown.signal.aborted, true)
    assert.deepEqual(host.exitCodes, [130])
  })

  it('ends a process that is still there when the time is over', () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    const host = new FakeProcess()
    using shutdown = listenForShutdown(1_000, host)

    host.emit('SIGINT')
    mock.timers.tick(999)
    assert.deepEqual(host.exitCodes, [])
    mock.timers.tick(1)
    mock.timers.reset()

    assert.equal(shutdown.signal.aborted, true)
    assert.deepEqual(host.exitCodes, [1])
  })

  it('leaves nothing behind when it is disposed', () => {
    const host = new FakeProcess()

    listenForShutdown(1_000, host)[Symbol.dispose]()

    assert.equal(host.listenerCount('SIGTERM') + host.listenerCount('SIGINT'), 0)
  })
})
