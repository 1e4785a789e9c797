import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { namesOfModels } from '../../../../src/engines/model-server/model-names.ts'

describe('namesOfModels', () => {
  it('names five at most, and counts the others', () => {
    const ids = ['a/b', 'c:7b', 'd', 'e', 'f', 'g']

    assert.equal(namesOfModels(ids), '"a/b", "c:7b", "d", "e", "f", 1 more')
  })

  it('counts what no model can be called', () => {
    assert.equal(namesOfModels(['<b>', 'a\nb', '', 'x'.repeat(200)]), '4 more')
    assert.equal(namesOfModels([]), 'no model')
  })
})
