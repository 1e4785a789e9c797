import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { limitsText } from '../../../../web/src/upload/limits-text.ts'

describe('limitsText', () => {
  it('says what may be uploaded', () => {
    const limits = { accept: '.pdf,.png', maxUploadBytes: 50 * 1024 ** 2, maxPages: 1000 }

    assert.equal(limitsText(limits), 'PDF PNG · up to 50 MB · up to 1,000 pages')
  })

  it('leaves out what the service does not tell', () => {
    const limits = { accept: '.pdf', maxUploadBytes: Infinity, maxPages: Infinity }

    assert.equal(limitsText(limits), 'PDF')
  })
})
