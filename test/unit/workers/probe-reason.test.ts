import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OcrError } from '../../../src/platform/errors.ts'
import { probeReason } from '../../../src/workers/probe-reason.ts'

const { signal } = new AbortController()
const untilAborted = (given: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    given.addEventListener('abort', () => reject(given.reason as Error))
  })

describe('probeReason', () => {
  it('is null for an engine that can work', async () => {
    assert.equal(await probeReason({ probe: async () => {}, timeoutMs: 1_000, signal }), null)
  })

  it('says what the engine says, and what to change', async () => {
    const error = new OcrError('ENGINE_MISCONFIGURED', 'Cannot use dots: another model', {
      publicDetail: 'OCR_DOTS_MODEL is wrong',
    })

    const reason = await probeReason({
      probe: () => Promise.reject(error),
      timeoutMs: 1_000,
      signal,
    })

    assert.equal(reason, 'Cannot use dots: another model; OCR_DOTS_MODEL is wrong')
  })

  it('says that there was no answer in time', async () => {
    assert.equal(
      await probeReason({ probe: untilAborted, timeoutMs: 10, signal }),
      'no answer within 0.01 s',
    )
  })

  it('ends with the signal of whoever asks', async () => {
    const controller = new AbortController()
    const asked = probeReason({
      probe: untilAborted,
      timeoutMs: 60_000,
      signal: controller.signal,
    })
    const reason = new Error('shutdown')

    controller.abort(reason)

    await assert.rejects(asked, reason)
  })
})
