import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { releaseBlob } from '../../../src/storage/release-blob.ts'
import type { BlobKey } from '../../../src/contract/identifiers.ts'
import {
  blobKey,
  referenceKey,
  uploadReferenceKey,
  UPLOAD_LIFE_MS,
} from '../../../src/storage/object-keys.ts'
import { writeReference } from '../../../src/storage/store-blob.ts'
import { sampleSha256 } from '../../support/document-status.ts'
import { ID } from '../../support/gateway-fixtures.ts'
import { benchOfEachTest } from '../../support/test-gateway.ts'

const SHA256 = sampleSha256()
const UPLOAD = uploadReferenceKey(SHA256, '550e8400-e29b-41d4-a716-446655440009')

describe('releaseBlob', () => {
  const bench = benchOfEachTest()

  async function uploadedAndSubmitted(): Promise<void> {
    const { store } = bench.current
    await store.put(blobKey(SHA256), Buffer.from('pdf'), { contentType: 'application/pdf' })
    await writeReference(store, UPLOAD)
    await writeReference(store, referenceKey(SHA256, ID))
  }
  const isThere = async (key: BlobKey): Promise<boolean> =>
    (await bench.current.store.head(key)) !== null

  it('keeps a file whose upload is still good for a submit', async () => {
    await uploadedAndSubmitted()

    await releaseBlob(bench.current.store, SHA256, ID)

    assert.deepEqual([await isThere(blobKey(SHA256)), await isThere(UPLOAD)], [true, true])
  })

  it('removes a file whose upload is a day old, and what was left of the upload', async (t) => {
    await uploadedAndSubmitted()
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + UPLOAD_LIFE_MS + 60_000 })

    await releaseBlob(bench.current.store, SHA256, ID)

    assert.deepEqual([await isThere(blobKey(SHA256)), await isThere(UPLOAD)], [false, false])
  })
})
