import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isAmong, isPublicAddress } from '../../../../src/platform/safe-fetch/address-rules.ts'

// The last address before a refused network and the first after it.
const PUBLIC = [
  '1.0.0.0',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2000::',
  '2001:200::',
  '2001:db7:ffff::',
  '2001:db9::',
  '2003::',
  '2400:3200::1',
  '2606:2800:21f::1',
  '3ffe:ffff::',
  '3fff:1000::',
]

const NOT_PUBLIC = ['1fff:ffff::', '2001:1ff::', '4000::', '2001:db8:ffff::', '2606::1%1', '1', '']

describe('isPublicAddress', () => {
  for (const address of PUBLIC) {
    it(`accepts ${address}`, () => {
      assert.equal(isPublicAddress(address), true)
    })
  }

  for (const address of NOT_PUBLIC) {
    it(`refuses ${JSON.stringify(address)}`, () => {
      assert.equal(isPublicAddress(address), false)
    })
  }
})

describe('isAmong', () => {
  it('finds an address in another spelling', () => {
    assert.equal(isAmong('2606:2800:21f:0:0:0:0:1', ['93.184.215.14', '2606:2800:21f::1']), true)
  })

  it('finds an IPv4 address that a socket reports as mapped', () => {
    assert.equal(isAmong('::ffff:93.184.215.14', ['93.184.215.14']), true)
  })

  it('finds no other address, and no text', () => {
    assert.equal(isAmong('127.0.0.1', ['93.184.215.14']), false)
    assert.equal(isAmong('', ['93.184.215.14']), false)
    assert.equal(isAmong('fe80::1%lo', ['fe80::1']), false)
  })
})
