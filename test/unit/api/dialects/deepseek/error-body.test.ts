import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  OUT_OF_MEMORY,
  toErrorAnswer,
} from '../../../../../src/api/dialects/deepseek/error-body.ts'
import { errorSchema, outOfMemorySchema } from '../../../../../src/api/dialects/deepseek/schemas.ts'
import { FAILURES, isFailureCode, type FailureCode } from '../../../../../src/contract/failures.ts'

/** Cause by cause: what the document's table has for it. */
const STATUSES: readonly (readonly [number, readonly FailureCode[]])[] = [
  [400, ['REQUEST_MALFORMED', 'EMPTY_FILE', 'UNSUPPORTED_FILE_TYPE', 'FILE_TOO_LARGE']],
  [400, ['CORRUPT_IMAGE', 'IMAGE_DIMENSIONS', 'REQUEST_TIMEOUT']],
  [401, ['UNAUTHORIZED']],
  [403, ['ORIGIN_NOT_ALLOWED']],
  [404, ['NOT_FOUND']],
  [421, ['HOST_NOT_ALLOWED']],
  [503, ['RATE_LIMITED', 'QUEUE_FULL', 'ENGINE_RATE_LIMITED', 'ENGINE_DOWN']],
  [503, ['SERVICE_UNAVAILABLE', 'STORAGE_UNAVAILABLE', 'STORAGE_FULL', 'QUOTA_EXCEEDED']],
  [507, ['ENGINE_OUT_OF_MEMORY', 'TOO_COMPLEX']],
  [500, ['ENGINE_OUTPUT_REPEATS', 'ENGINE_OUTPUT_TRUNCATED', 'ENGINE_OUTPUT_INVALID']],
  [500, ['ENGINE_UNREACHABLE', 'ENGINE_TIMED_OUT', 'ENGINE_REJECTED_REQUEST', 'ENGINE_REFUSED']],
  [500, ['TIME_BUDGET', 'PAGE_POISON', 'CANCELLED', 'BLOB_MISSING', 'INTERNAL_SERVER_ERROR']],
]

describe('toErrorAnswer', () => {
  for (const [httpStatus, codes] of STATUSES)
    it(`answers ${httpStatus} for ${codes.join(', ')}`, () => {
      for (const code of codes)
        assert.equal(toErrorAnswer({ code, detail: null }, '/ocr').httpStatus, httpStatus, code)
    })

  it('has a text for every failure, and an object for out of memory alone', () => {
    for (const code of Object.keys(FAILURES).filter(isFailureCode)) {
      const { httpStatus, body } = toErrorAnswer({ code, detail: null }, '/ocr-base64')

      assert.ok([400, 401, 403, 404, 405, 421, 500, 503, 507].includes(httpStatus), code)
      const schema = httpStatus === 507 ? outOfMemorySchema : errorSchema
      assert.deepEqual(schema.parse(body), body)
      if (httpStatus === 507) assert.deepEqual(body.detail, OUT_OF_MEMORY)
      else assert.equal(typeof body.detail, 'string')
    }
  })

  it('says that the model is not loaded when it has gone', () => {
    const { body } = toErrorAnswer({ code: 'ENGINE_DOWN', detail: null }, '/ocr')

    assert.equal(body.detail, 'Model not loaded / 模型未加载')
  })

  it('shows nothing of a failure behind the service', () => {
    const answer = toErrorAnswer({ code: 'INTERNAL_SERVER_ERROR', detail: 'secret' }, '/ocr')

    assert.equal(JSON.stringify(answer).includes('secret'), false)
  })
})
