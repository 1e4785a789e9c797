import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { answerOf, startDotsApi } from '../../../../support/dots-api.ts'

describe('createDotsRouter', () => {
  it('always answers its health with 200', async () => {
    let isReady = true
    await using api = await startDotsApi({
      gpuStatus: async () => ({ isReady, slots: 1, gpu: null }),
    })
    const health = async () => answerOf(await api.fetch('/dots/health'))

    assert.deepEqual(await health(), [200, { status: 'healthy', model_loaded: true }])
    isReady = false
    assert.deepEqual(await health(), [200, { status: 'healthy', model_loaded: false }])
  })

  it('does not promise a model that it cannot ask about', async () => {
    await using api = await startDotsApi({
      gpuStatus: async () => {
        throw new OcrError('STORAGE_UNAVAILABLE', 'Cannot list objects: gone')
      },
    })

    const answer = await answerOf(await api.fetch('/dots/health'))

    assert.deepEqual(answer, [200, { status: 'healthy', model_loaded: false }])
  })

  it('answers unknown paths and wrong methods in its own envelope', async () => {
    await using api = await startDotsApi()

    assert.deepEqual(await answerOf(await api.fetch('/dots/nothing')), [
      404,
      { error: 'Not found' },
    ])
    assert.deepEqual(await answerOf(await api.fetch('/dots/ocr')), [
      405,
      { error: 'Method not allowed' },
    ])
  })
})
