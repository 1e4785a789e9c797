import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LruMap } from '../../../../src/api/gateway/lru-map.ts'

describe('LruMap', () => {
  it('forgets what was not used for longest', () => {
    const map = new LruMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    map.get('a')
    map.set('c', 3)

    assert.deepEqual([map.get('a'), map.get('b'), map.get('c')], [1, undefined, 3])
    map.delete('a')
    assert.equal(map.get('a'), undefined)
  })
})
