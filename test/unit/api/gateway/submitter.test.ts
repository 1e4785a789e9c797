import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { submitterOf } from '../../../../src/api/gateway/submitter.ts'

const from = (senderAddress: string | null, owner: string | null = null): string =>
  submitterOf('secret', { owner, senderAddress })

describe('submitterOf', () => {
  it('is the owner, wherever he sends from', () => {
    assert.equal(from('192.0.2.1', 'key:0123456789abcdef'), 'key:0123456789abcdef')
    assert.equal(from(null, 'key:0123456789abcdef'), 'key:0123456789abcdef')
  })

  it('hides addresses, and tells them apart', () => {
    assert.match(from('192.0.2.1'), /^address:[0-9a-f]{16}$/)
    assert.notEqual(from('192.0.2.1'), from('192.0.2.2'))
    assert.notEqual(from('192.0.2.1'), from(null))
    const another = submitterOf('another', { owner: null, senderAddress: '192.0.2.1' })
    assert.notEqual(from('192.0.2.1'), another)
  })

  it('takes a block of IPv6 addresses for one, and an IPv4 address in IPv6 for itself', () => {
    assert.equal(from('2001:db8:1:200::1'), from('2001:db8:1:2ff:ffff::9'))
    assert.notEqual(from('2001:db8:1:200::1'), from('2001:db8:1:300::1'))
    assert.equal(from('::ffff:192.0.2.1'), from('192.0.2.1'))
    assert.notEqual(from('::ffff:192.0.2.1'), from('::ffff:192.0.2.2'))
  })

  it('is short and plain enough for Temporal, whatever the owner is called', () => {
    const owners = ["x' OR ExecutionStatus = 'Running", '名'.repeat(64), 'a'.repeat(65)]

    for (const owner of owners) assert.match(from(null, owner), /^owner:[0-9a-f]{16}$/)
    assert.equal(new Set(owners.map((owner) => from(null, owner))).size, owners.length)
  })
})
