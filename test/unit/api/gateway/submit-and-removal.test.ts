import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDocumentGateway } from '../../../../src/api/gateway/document-gateway.ts'
import { parseDocumentId } from '../../../../src/contract/identifiers.ts'
import { deletePrefix } from '../../../../src/storage/delete-prefix.ts'
import {
  blobKey,
  documentPrefix,
  pageImageKey,
  referenceKey,
  requestKey,
} from '../../../../src/storage/object-keys.ts'
import { releaseBlob } from '../../../../src/storage/release-blob.ts'
import { stoppedAt } from '../../../support/blobs.ts'
import { present, uploadOf } from '../../../support/gateway-fixtures.ts'
import { benchOfEachTest } from '../../../support/test-gateway.ts'

describe('submitDocument, while somebody removes what it needs', () => {
  const bench = benchOfEachTest()

  it('makes whole again what the sweep took for abandoned, just before the start', async () => {
    const { store, gateway, temporal } = bench.current
    const keyed = () => bench.current.submission('pdf', { idempotencyKey: 'k' })
    temporal.onStart = () => {
      throw new Error('the api was killed')
    }
    await assert.rejects(gateway.submit(await keyed()))
    const sent = await keyed()
    const { sha256 } = uploadOf(sent)
    const { blobs } = await store.list('documents/')
    const id = present(parseDocumentId(blobs[0]?.key.split('/')[1] ?? ''))
    temporal.onStart = async () => {
      await deletePrefix(store, documentPrefix(id))
      await releaseBlob(store, sha256, id)
    }

    const { documentId } = await bench.current.anotherGateway().submit(sent)

    assert.equal(documentId, id)
    const needed = [blobKey(sha256), referenceKey(sha256, id), requestKey(id)]
    for (const key of needed) assert.notEqual(await store.head(key), null, key)
  })

  it('starts with all that it needs, however far the sweep has come with what was sent a day before', async () => {
    const { store, temporal } = bench.current
    const { client } = temporal
    const keyed = () => bench.current.submission('pdf', { idempotencyKey: 'k' })
    let [step, wasStopped] = [0, true]
    while (wasStopped) {
      step += 1
      wasStopped = false
      temporal.runs.clear()
      temporal.onStart = () => {
        throw new Error('the api was killed')
      }
      await assert.rejects(bench.current.anotherGateway().submit(await keyed()))
      temporal.onStart = () => undefined
      const sent = await keyed()
      const { sha256 } = uploadOf(sent)
      const { blobs } = await store.list('documents/')
      const id = present(parseDocumentId(blobs[0]?.key.split('/')[1] ?? ''))
      const swept = stoppedAt(store, step, async () => {
        // Of a document that is known to run the sweep removes nothing.
        if (temporal.runs.size > 0) return
        wasStopped = true
        await deletePrefix(store, documentPrefix(id))
        await releaseBlob(store, sha256, id)
      })

      await createDocumentGateway({ client, store: swept, secret: 'secret' }).submit(sent)

      const needed = [blobKey(sha256), referenceKey(sha256, id), requestKey(id)]
      for (const key of needed) assert.notEqual(await store.head(key), null, `${step}: ${key}`)
      await deletePrefix(store, documentPrefix(id))
      await releaseBlob(store, sha256, id)
    }
    assert.ok(step > 5, `${step} calls`)
  })

  it('answers BLOB_MISSING where a file that is to be read again is gone, and leaves no reference', async () => {
    const { store, gateway, temporal } = bench.current
    const sent = await bench.current.submission('pdf')
    const { sha256, sizeBytes, fileName } = uploadOf(sent)
    const stored = { kind: 'stored', sha256, sizeBytes, mediaType: 'pdf', fileName } as const

    const submitted = gateway.submit({ ...sent, source: stored })

    await assert.rejects(submitted, { code: 'BLOB_MISSING' })
    assert.deepEqual((await store.list('')).blobs, [])
    assert.equal(temporal.calls.start, 0)
  })

  it('leaves the file and the pages of a deleted document that another one has as well', async () => {
    const { store, gateway, temporal } = bench.current
    const first = await gateway.submit(await bench.current.submission('pdf'))
    const sent = await bench.current.submission('pdf')
    const { sha256 } = uploadOf(sent)
    const second = await gateway.submit(sent)
    const image = { contentType: 'image/png' }
    await store.put(pageImageKey({ sha256, page: 1, dpi: 200 }), Buffer.from('png'), image)
    temporal.runs.set(first.documentId, { state: 'completed' })
    temporal.runs.set(second.documentId, { state: 'completed' })

    await bench.current.anotherGateway().delete(first.documentId)
    const kept =
      (await store.list(`blobs/`)).blobs.length + (await store.list('pages/')).blobs.length
    await bench.current.anotherGateway().delete(second.documentId)

    assert.equal(kept, 2)
    assert.deepEqual((await store.list('blobs/')).blobs, [])
    assert.deepEqual((await store.list('pages/')).blobs, [])
  })
})
