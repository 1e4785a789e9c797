import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  documentIdForKey,
  fingerprintOf,
  randomDocumentId,
} from '../../../../src/api/gateway/document-identity.ts'
import { requestWith } from '../../../support/gateway-fixtures.ts'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const keyed = { owner: 'o', route: 'v1/documents', idempotencyKey: 'k' }

describe('documentIdForKey', () => {
  it('gives the same UUIDv4 for the same owner, route and key', () => {
    assert.equal(documentIdForKey('secret', keyed), documentIdForKey('secret', { ...keyed }))
    for (let key = 0; key < 200; key++)
      assert.match(documentIdForKey('secret', { ...keyed, idempotencyKey: `${key}` }), UUID_V4)
  })

  it('gives another id for another secret, owner, route or key', () => {
    const ids = [
      documentIdForKey('secret', keyed),
      documentIdForKey('other', keyed),
      documentIdForKey('secret', { ...keyed, owner: null }),
      documentIdForKey('secret', { ...keyed, owner: 'null' }),
      documentIdForKey('secret', { ...keyed, route: 'v1' }),
      documentIdForKey('secret', { ...keyed, idempotencyKey: 'K' }),
      documentIdForKey('secret', { owner: 'ov1', route: '/documents', idempotencyKey: 'k' }),
    ]

    assert.equal(new Set(ids).size, ids.length)
  })
})

describe('randomDocumentId', () => {
  it('gives a new UUIDv4 each time', () => {
    assert.match(randomDocumentId(), UUID_V4)
    assert.notEqual(randomDocumentId(), randomDocumentId())
  })
})

describe('fingerprintOf', () => {
  it('depends on what the caller chose, and on nothing else', () => {
    const request = requestWith()
    const same = fingerprintOf('secret', request)

    assert.equal(
      fingerprintOf('secret', { ...request, maxPages: 7, fileName: 'b.pdf' } as typeof request),
      same,
    )
    const changes = [
      requestWith({ engine: 'tesseract' }),
      requestWith({ languages: ['en'] }),
      requestWith({ dpi: 300 }),
      requestWith({ pages: [[1, 2]] }),
      requestWith({ password: 'p' }),
      requestWith({ textStyle: 'py-ocr' }),
      requestWith({ dialect: 'py-ocr' }),
    ]
    const others = changes.map((changed) => fingerprintOf('secret', changed))
    assert.equal(new Set([same, ...others]).size, changes.length + 1)
  })
})
