import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  curlBodiesOf,
  DOTS_EXAMPLES,
  DOTS_SAMPLES,
  examplesOf,
} from '../../../../support/dots-examples.ts'

const SEED = new URL('../../../../../../shared/seeds/2-dots-ocr.md', import.meta.url)

describe('DOTS_EXAMPLES', () => {
  it(
    'is what the document says, letter by letter',
    { skip: existsSync(SEED) ? false : 'no ../shared/seeds/2-dots-ocr.md beside this checkout' },
    () => {
      const document = readFileSync(SEED, 'utf8')

      assert.deepEqual(examplesOf(document), Object.values(DOTS_EXAMPLES))
      const { curlPath, curlBase64, curlStream } = DOTS_SAMPLES
      const image = '/path/to/image.jpg'
      assert.deepEqual(curlBodiesOf(document), [
        { image, ...curlPath },
        { image: 'iVBORw0KGgoAAAANSUhEUgAAAB...', ...curlBase64 },
        { image, ...curlStream },
      ])
    },
  )
})
