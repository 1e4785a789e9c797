import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { detailsTable } from '../../../src/contract/details-table.ts'

describe('detailsTable', () => {
  it('keeps names on one line and away from their values', () => {
    const table = detailsTable([['pages asked for', 'all pages']], ['name', 'value'])

    assert.equal(
      table,
      '| name\u00A0\u00A0 | value |\n| --- | --- |\n| pages\u00A0asked\u00A0for\u00A0\u00A0 | all pages |',
    )
  })
})
