import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  curlBodiesOf,
  DOTS_EXAMPLES,
  DOTS_SAMPLES,
  examplesOf,
} from '../../../../support/dots-examples.ts'
import { NO_DOCUMENTS, readDocument } from '../../../../support/client-programs/documents.ts'

describe('DOTS_EXAMPLES', () => {
  it('is what the document says, letter by letter', { skip: NO_DOCUMENTS }, () => {
    const document = readDocument('dots')

    assert.deepEqual(examplesOf(document), Object.values(DOTS_EXAMPLES))
    const { curlPath, curlBase64, curlStream } = DOTS_SAMPLES
    const image = '/path/to/image.jpg'
    assert.deepEqual(curlBodiesOf(document), [
      { image, ...curlPath },
      { image: 'iVBORw0KGgoAAAANSUhEUgAAAB...', ...curlBase64 },
      { image, ...curlStream },
    ])
  })
})
