import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeCursor, encodeCursor } from '../../../../src/api/gateway/list-cursor.ts'

describe('decodeCursor', () => {
  const token = new Uint8Array([0, 255, 7, 8])

  it('gives back the token of a cursor', () => {
    const decoded = decodeCursor('secret', encodeCursor('secret', token))

    assert.deepEqual(decoded && new Uint8Array(decoded), token)
  })

  it('refuses what is none of ours', () => {
    const cursor = encodeCursor('secret', token)

    for (const other of ['', 'x', "x' OR", 'bm9uZXNlbnNl', `${cursor}AAAA`, `A${cursor.slice(1)}`])
      assert.equal(decodeCursor('secret', other), null)
    assert.equal(decodeCursor('other secret', cursor), null)
  })
})
