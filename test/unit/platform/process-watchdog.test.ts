import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { timeLeftMs } from '../../../src/platform/process-watchdog.ts'

describe('timeLeftMs', () => {
  it('ends a process that has used its time', () => {
    assert.ok(timeLeftMs({ limitMs: 1_000, elapsedMs: 1_000, waitedMs: 0 }) < 1)
  })

  it('gives back the time in which the process had no CPU', () => {
    assert.equal(timeLeftMs({ limitMs: 1_000, elapsedMs: 1_200, waitedMs: 700 }), 500)
  })

  it('ends a process that waited for twice its limit', () => {
    assert.ok(timeLeftMs({ limitMs: 1_000, elapsedMs: 3_000, waitedMs: 2_900 }) < 1)
  })
})
