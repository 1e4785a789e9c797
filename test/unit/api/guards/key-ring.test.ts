import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KeyRing } from '../../../../src/api/guards/key-ring.ts'
import { ALICE, BOB } from '../../../support/api-keys.ts'

describe('the key ring', () => {
  it('knows the holder of a key of any length, and nobody of another text', () => {
    const ring = new KeyRing([ALICE.setting, BOB.setting])

    assert.equal(ring.holderOf(BOB.key)?.name, 'bob')
    for (const text of ['', 'x', `${BOB.key} `, 'y'.repeat(100_000)])
      assert.equal(ring.holderOf(text), null)
  })

  it('names owners so that they tell nothing, and fit into a query of Temporal', () => {
    const ring = new KeyRing([ALICE.setting])

    const owner = ring.named('alice')?.owner ?? ''

    assert.equal(owner, ALICE.owner)
    assert.match(owner, /^key:[0-9a-f]{16}$/)
    assert.equal(ring.isEmpty, false)
    assert.equal(new KeyRing([]).isEmpty, true)
  })
})
