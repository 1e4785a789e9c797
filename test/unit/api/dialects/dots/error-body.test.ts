import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toErrorAnswer } from '../../../../../src/api/dialects/dots/error-body.ts'
import { FAILURES, isFailureCode, type FailureCode } from '../../../../../src/contract/failures.ts'

/** The dots column of the table of causes; what is not here is 500. */
const COLUMN: Partial<Record<FailureCode, readonly [number, string]>> = {
  // "wrong type", "too large", "empty file", "image that does not decode, or pixel limit"
  UNSUPPORTED_FILE_TYPE: [400, 'Only PNG, JPEG, WebP, TIFF, GIF and BMP images are supported'],
  FILE_TOO_LARGE: [400, 'Image is too large'],
  EMPTY_FILE: [400, 'Image is empty'],
  CORRUPT_IMAGE: [400, 'Image cannot be decoded'],
  IMAGE_DIMENSIONS: [400, 'Image has too many pixels'],
  IMAGE_TOO_LARGE: [400, 'Image has too many pixels'],
  PAGE_TOO_LARGE: [400, 'Image has too many pixels'],
  EMPTY_DOCUMENT: [400, 'Image has no content'],
  PAGES_OUT_OF_RANGE: [400, 'Image has no content'],
  TOO_MANY_PAGES: [400, 'Image has too many frames'],
  // "refused URL", and what a fetch finds
  URL_NOT_ALLOWED: [400, 'Image URL is not allowed'],
  FETCH_REFUSED: [400, 'Image could not be fetched'],
  FETCH_FAILED: [400, 'Image could not be fetched'],
  PATH_INPUT_DISABLED: [400, 'Local path access is disabled'],
  REQUEST_MALFORMED: [400, 'No JSON data provided'],
  REQUEST_TIMEOUT: [400, 'Request came in too slowly'],
  NOT_FOUND: [404, 'Not found'],
  METHOD_NOT_ALLOWED: [405, 'Method not allowed'],
  // Who asks, and from where
  UNAUTHORIZED: [401, 'Credentials are missing or wrong'],
  ORIGIN_NOT_ALLOWED: [403, 'Origin is not allowed'],
  HOST_NOT_ALLOWED: [421, 'Host name is not served here'],
  // "rate limit, queue full"
  QUEUE_FULL: [429, 'Server is busy processing another request'],
  RATE_LIMITED: [429, 'Server is busy processing another request'],
  ENGINE_RATE_LIMITED: [429, 'Server is busy processing another request'],
  // "engine down or absent"
  ENGINE_DOWN: [500, 'Model not loaded'],
  ENGINE_UNREACHABLE: [500, 'Model not loaded'],
  ENGINE_MISCONFIGURED: [500, 'Model not loaded'],
}

/** Bodies that the document shows, or that say everything already. */
const WITHOUT_CODE: readonly FailureCode[] = [
  'REQUEST_MALFORMED',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'UNAUTHORIZED',
  'ORIGIN_NOT_ALLOWED',
  'HOST_NOT_ALLOWED',
  'RATE_LIMITED',
  'ENGINE_DOWN',
]

describe('toErrorAnswer', () => {
  for (const code of Object.keys(FAILURES).filter(isFailureCode))
    it(`answers ${code} as the table of causes says`, () => {
      const [httpStatus, error] = COLUMN[code] ?? [500, FAILURES[code].title]

      assert.deepEqual(toErrorAnswer(code), {
        httpStatus,
        body: WITHOUT_CODE.includes(code) ? { error } : { error, detail_code: code },
      })
    })
})
