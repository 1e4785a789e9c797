import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toChinaTime } from '../../../src/platform/china-time.ts'

describe('toChinaTime', () => {
  it('writes UTC+8 without a zone, as the document does', () => {
    assert.equal(toChinaTime('2026-05-19T11:47:40.999Z'), '2026-05-19 19:47:40')
  })

  it('is a day ahead in the evening of UTC', () => {
    assert.equal(toChinaTime('2025-12-31T16:00:00Z'), '2026-01-01 00:00:00')
  })
})
