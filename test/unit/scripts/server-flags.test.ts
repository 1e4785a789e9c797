import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRecentEnough } from '../../../scripts/temporal/cli-version.ts'
import { serverArguments } from '../../../scripts/temporal/server-flags.ts'
import { SEARCH_ATTRIBUTE } from '../../../src/contract/names.ts'

const flags = { namespace: 'default', port: 1, uiPort: 2, databaseFile: '/data/t.db' }

describe('serverArguments', () => {
  it('binds to loopback only', () => {
    const args = serverArguments(flags)

    assert.equal(args[args.indexOf('--ip') + 1], '127.0.0.1')
  })

  it('registers every search attribute of the contract', () => {
    const args = serverArguments(flags).join(' ')

    for (const name of Object.values(SEARCH_ATTRIBUTE))
      assert.match(args, new RegExp(`--search-attribute ${name}=(Keyword|Int)\\b`))
  })

  it('writes through to the disk when there is a database', () => {
    assert.ok(serverArguments(flags).includes('synchronous=full'))
    assert.ok(!serverArguments({ ...flags, databaseFile: null }).includes('--sqlite-pragma'))
  })

  it('has no web page without a port for it', () => {
    assert.ok(serverArguments({ ...flags, uiPort: null }).includes('--headless'))
  })
})

describe('isRecentEnough', () => {
  it('compares versions part by part', () => {
    assert.deepEqual(['1.5.1', '1.5.10', '1.10.0', '2.0.0'].map(isRecentEnough), [
      true,
      true,
      true,
      true,
    ])
    assert.deepEqual(['1.5.0', '1.4.9', '0.9.9'].map(isRecentEnough), [false, false, false])
  })
})
