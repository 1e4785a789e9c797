import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readFailure } from '../../../../src/api/http/problem-response.ts'
import { RequestError } from '../../../../src/api/http/request-error.ts'
import { OcrError } from '../../../../src/platform/errors.ts'

describe('readFailure', () => {
  it('shows the public detail of an expected failure, never its message', () => {
    const failure = readFailure(
      new OcrError('TOO_MANY_PAGES', 'inner words', { publicDetail: '61 pages, at most 50' }),
    )

    assert.deepEqual(failure, {
      code: 'TOO_MANY_PAGES',
      httpStatus: 422,
      detail: '61 pages, at most 50',
      issues: [],
      retryAfterSeconds: null,
    })
  })

  it('tells how long to wait, between 1 and 300 s', () => {
    const seconds = [undefined, 1, 1_001, 900_000].map(
      (retryAfterMs) =>
        readFailure(
          new OcrError('RATE_LIMITED', 'x', retryAfterMs === undefined ? {} : { retryAfterMs }),
        ).retryAfterSeconds,
    )

    assert.deepEqual(seconds, [5, 1, 2, 300])
  })

  it('takes the status of a request error over the one of its code', () => {
    const failure = readFailure(new RequestError('compressed', { httpStatus: 415 }))

    assert.deepEqual([failure.code, failure.httpStatus], ['REQUEST_MALFORMED', 415])
  })

  it('reads errors of body-parser by their status and drops their texts', () => {
    const tooLarge = Object.assign(new Error('request entity too large'), { status: 413 })
    const malformed = Object.assign(new SyntaxError('Unexpected token s in JSON'), { status: 400 })

    const failures = [tooLarge, malformed].map(readFailure)

    assert.deepEqual(
      failures.map(({ code, httpStatus, detail }) => [code, httpStatus, detail]),
      [
        ['FILE_TOO_LARGE', 413, null],
        ['REQUEST_MALFORMED', 400, null],
      ],
    )
  })

  it('reads everything else as an internal error without a detail', () => {
    const failures = [new TypeError('x is not a function'), 'text', null].map(readFailure)

    for (const failure of failures)
      assert.deepEqual(
        [failure.code, failure.httpStatus, failure.detail],
        ['INTERNAL_SERVER_ERROR', 500, null],
      )
  })
})
