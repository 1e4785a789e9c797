import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EngineId } from '../../../src/contract/engines.ts'
import type { OcrEngine } from '../../../src/engines/engine.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { createEnginePool } from '../../../src/workers/engine-pool.ts'

function fakeEngine(id: EngineId, onDispose: () => void): OcrEngine {
  return {
    id,
    version: `${id}-1`,
    recognize: () => Promise.reject(new Error('not used')),
    probe: async () => undefined,
    [Symbol.asyncDispose]: async () => onDispose(),
  }
}

describe('createEnginePool', () => {
  it('makes each engine once and disposes of it', async () => {
    const made: EngineId[] = []
    let disposed = 0
    const pool = createEnginePool((id) => {
      made.push(id)
      return fakeEngine(id, () => disposed++)
    })

    assert.equal(pool.engineFor('dots'), pool.engineFor('dots'))
    assert.equal(pool.versionOf('dots'), 'dots-1')
    await pool[Symbol.asyncDispose]()

    assert.deepEqual([made, disposed], [['dots'], 1])
  })

  it('has no version of an engine that is not set up', () => {
    const pool = createEnginePool(() => {
      throw new OcrError('ENGINE_MISCONFIGURED', 'Cannot make engine: it is not set up')
    })

    assert.equal(pool.versionOf('dots'), null)
    assert.throws(() => pool.engineFor('dots'), OcrError)
  })

  it('does not hide a bug behind a missing version', () => {
    const pool = createEnginePool(() => {
      throw new TypeError('bug')
    })

    assert.throws(() => pool.versionOf('dots'), TypeError)
  })
})
