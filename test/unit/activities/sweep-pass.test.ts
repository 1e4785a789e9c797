import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SweepPass } from '../../../src/activities/sweep/sweep-pass.ts'
import { SWEEP_START } from '../../../src/contract/sweep.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'

describe('SweepPass', () => {
  const passOf = (): SweepPass =>
    new SweepPass(
      {
        store: createDirectoryBlobStore({ path: '/nowhere', secret: 'x' }),
        findRun: async () => null,
        retention: { resultsDays: 30, intermediatesHours: 24 },
        temporaryDirectory: '/nowhere',
        nowMs: Date.now,
      },
      { rules: {}, dryRun: false, place: SWEEP_START },
      new AbortController().signal,
    )

  it('is full after a minute, because pages wait for its slot', (t) => {
    let nowMs = 0
    t.mock.method(performance, 'now', () => nowMs)
    const pass = passOf()

    nowMs = 59_000
    const isEarly = pass.mayGoOn(1)
    nowMs = 61_000

    assert.deepEqual([isEarly, pass.mayGoOn(1)], [true, false])
  })

  it('is full after one document of many objects, which it removed', () => {
    const pass = passOf()

    pass.count('blobs', { objects: 10_000, bytes: 0 })

    assert.equal(pass.mayGoOn(1), false)
  })
})
