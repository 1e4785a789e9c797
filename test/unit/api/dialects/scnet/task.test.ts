import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toTask } from '../../../../../src/api/dialects/scnet/task.ts'
import type { FailureCode } from '../../../../../src/contract/failures.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { taskStatus } from '../../../../support/scnet-api.ts'

const STARTED_AT = '2024-03-07T10:00:00.000Z'

function contextAfter(elapsedMs: number) {
  const nowMs = Date.parse(STARTED_AT) + elapsedMs
  return { signResultUrl: async () => 'https://files.example.com/r', nowMs }
}

describe('toTask', () => {
  for (const [donePages, elapsedMs, expected] of [
    [0, 60_000, 10],
    [1, 2_000, 6],
    [3, 0, 1],
    [4, 8_000, 1],
    [2, -5_000, 1],
  ] as const)
    it(`estimates ${expected} s when ${donePages} of 4 pages took ${elapsedMs} ms`, async () => {
      const progress = { ...INITIAL_PROGRESS, totalPages: 4, donePages }
      const status = taskStatus({ startedAt: STARTED_AT, progress })

      const task = await toTask(status, contextAfter(elapsedMs))

      assert.ok(task.state === 'running')
      assert.equal(task.estimatedSeconds, expected)
    })

  const column: Readonly<Record<string, readonly FailureCode[]>> = {
    InvalidParameter: [
      'EMPTY_FILE',
      'FILE_TOO_LARGE',
      'CORRUPT_IMAGE',
      'IMAGE_DIMENSIONS',
      'CORRUPT_PDF',
      'ENCRYPTED_PDF',
      'TOO_MANY_PAGES',
      'EMPTY_DOCUMENT',
      'URL_NOT_ALLOWED',
      'FETCH_REFUSED',
      'FETCH_FAILED',
    ],
    modal_type_not_supported: ['UNSUPPORTED_FILE_TYPE'],
    provider_error: ['SUSPECT_OUTPUT', 'ENGINE_TIMED_OUT', 'TOO_COMPLEX', 'ENGINE_OUT_OF_MEMORY'],
    SystemError: ['INTERNAL_SERVER_ERROR', 'PROGRAM_FAILED', 'BLOB_MISSING'],
  }
  for (const [type, codes] of Object.entries(column))
    for (const failureCode of codes)
      it(`fails with ${type} after ${failureCode}`, async () => {
        const status = taskStatus({ state: 'failed', failureCode, endedAt: STARTED_AT })

        const task = await toTask(status, contextAfter(0))

        assert.ok(task.state === 'failed')
        assert.equal(task.errorCode, type)
        assert.equal(task.detailCode, failureCode)
        assert.doesNotMatch(task.errorMessage, /xxx/)
      })

  it('names the engine that gave up', async () => {
    const failed = {
      state: 'failed',
      failureCode: 'ENGINE_TIMED_OUT',
      endedAt: STARTED_AT,
    } as const

    const task = await toTask(taskStatus(failed), contextAfter(0))

    assert.ok(task.state === 'failed')
    assert.equal(task.errorMessage, 'Provider paddle process error')
  })

  it('runs on while it is about to be cancelled', async () => {
    const task = await toTask(taskStatus({ state: 'cancelling' }), contextAfter(0))

    assert.equal(task.state, 'running')
  })
})
