import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hrefOf } from '../../../../web/src/state/open-route.ts'
import { parseRoute } from '../../../../web/src/state/route.ts'

describe('the address of a page of a document', () => {
  it('is read as it was written', () => {
    const documentId = '550e8400-e29b-41d4-a716-446655440000'

    assert.deepEqual(parseRoute(hrefOf(documentId, 17)), { documentId, page: 17 })
    assert.deepEqual(parseRoute(hrefOf(documentId)), { documentId, page: 1 })
  })

  it('may leave out the page', () => {
    assert.deepEqual(parseRoute('#/d/abc'), { documentId: 'abc', page: 1 })
  })

  it('opens nothing when it is none', () => {
    for (const hash of [
      '',
      '#',
      '#/',
      '#/d/',
      '#/d/a/p/0',
      '#/d/a/p/x',
      '#/d/a%2Fb/p/1',
      '#/d/../p/1',
    ])
      assert.equal(parseRoute(hash), null, hash)
  })
})
