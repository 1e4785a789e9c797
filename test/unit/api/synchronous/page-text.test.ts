import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readPageText } from '../../../../src/api/synchronous/page-text.ts'
import type { DocumentStatus } from '../../../../src/contract/document-status.ts'
import { completedStatus, sampleStatus } from '../../../support/document-status.ts'

const nothing = { pageRecord: async () => null }
const failedPages = [{ page: 1, code: 'ENGINE_OUT_OF_MEMORY' }] as const

describe('readPageText', () => {
  it('is empty for a page that has no text', async () => {
    const blank = {
      pageRecord: async () => ({
        page: 1,
        outcome: 'empty' as const,
        engine: 'dots' as const,
        widthPx: 1,
        heightPx: 1,
        dpi: 200,
        text: '',
        markdown: '',
        blocks: [],
        warnings: [],
        usage: null,
      }),
    }

    assert.equal(await readPageText(blank, completedStatus()), '')
  })

  const failures: readonly (readonly [string, DocumentStatus, string])[] = [
    ['a page whose record is gone', completedStatus(), 'BLOB_MISSING'],
    [
      'a failed page of a completed document',
      completedStatus({ failedPages }),
      failedPages[0].code,
    ],
    [
      'a failed page rather than its document',
      sampleStatus({ state: 'failed', failureCode: 'SUSPECT_OUTPUT', failedPages }),
      failedPages[0].code,
    ],
    [
      'a document that has failed before its page',
      sampleStatus({ state: 'failed', failureCode: 'CORRUPT_IMAGE' }),
      'CORRUPT_IMAGE',
    ],
    [
      'a document that was cancelled',
      sampleStatus({ state: 'cancelled', failedPages }),
      'CANCELLED',
    ],
    ['a failure without a code', sampleStatus({ state: 'failed' }), 'INTERNAL_SERVER_ERROR'],
  ]
  for (const [what, status, code] of failures)
    it(`tells the failure of ${what}`, async () => {
      await assert.rejects(readPageText(nothing, status), { code })
    })
})
