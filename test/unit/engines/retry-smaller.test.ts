import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { retrySmaller } from '../../../src/engines/retry-smaller.ts'
import { OcrError } from '../../../src/platform/errors.ts'

const signal = new AbortController().signal

describe('retrySmaller', () => {
  it('does nothing more after a success', async () => {
    const result = await retrySmaller(signal, (scale) => Promise.resolve(scale))

    assert.deepEqual(result, { value: 1, isSmaller: false })
  })

  it('tries once more at half size after a kill', async () => {
    const result = await retrySmaller(signal, (scale) =>
      scale === 1 ? Promise.reject(new OcrError('TOO_COMPLEX', 'killed')) : Promise.resolve(scale),
    )

    assert.deepEqual(result, { value: 0.5, isSmaller: true })
  })

  it('fails with the code of the second try', async () => {
    const attempt = (scale: number) =>
      Promise.reject(new OcrError(scale === 1 ? 'TOO_COMPLEX' : 'PAGE_TIMEOUT', 'killed'))

    await assert.rejects(retrySmaller(signal, attempt), { code: 'PAGE_TIMEOUT' })
  })

  it('does not try again after other failures or an abort', async () => {
    let tries = 0
    const failing = (error: Error) => () => {
      tries += 1
      return Promise.reject(error)
    }
    const missing = new OcrError('PROGRAM_MISSING', 'not installed')
    const killed = new OcrError('TOO_COMPLEX', 'killed')

    await assert.rejects(retrySmaller(signal, failing(missing)), missing)
    await assert.rejects(retrySmaller(AbortSignal.abort(), failing(killed)), killed)
    assert.equal(tries, 2)
  })
})
