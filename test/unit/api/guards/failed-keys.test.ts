import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FailedKeys } from '../../../../src/api/guards/failed-keys.ts'

function addTen(failed: FailedKeys, address: string, nowMs: number): void {
  for (let n = 0; n < 10; n++) assert.equal(failed.add(address, nowMs), null)
}

describe('wrong keys', () => {
  it('are too many after ten within a minute, until it is over', () => {
    const failed = new FailedKeys()
    addTen(failed, '192.0.2.1', 1_000)

    assert.equal(failed.add('192.0.2.1', 21_000), 40_000)
    assert.equal(failed.add('192.0.2.1', 60_999), 1)
    addTen(failed, '192.0.2.1', 61_000)
    assert.equal(failed.add('192.0.2.1', 61_000), 60_000)
  })

  it('count for the address alone, and for an IPv6 network of /56', () => {
    const failed = new FailedKeys()
    addTen(failed, '2001:db8:0:1100::1', 0)

    assert.equal(failed.add('2001:db8:0:11ff:2::3', 0), 60_000)
    assert.equal(failed.add('2001:db8:0:1200::1', 0), null)
    assert.equal(failed.add('192.0.2.2', 0), null)
  })

  it('can be looked at without being counted', () => {
    const failed = new FailedKeys()
    assert.equal(failed.waitMsOf('192.0.2.1', 1_000), null)
    addTen(failed, '192.0.2.1', 1_000)

    assert.equal(failed.waitMsOf('192.0.2.1', 2_000), 59_000)
    assert.equal(failed.waitMsOf('192.0.2.2', 2_000), null)
    assert.equal(failed.waitMsOf('192.0.2.1', 61_000), null)
  })
})
