import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DocumentRequest } from '../../../../src/contract/document.ts'
import {
  blobKey,
  manifestKey,
  referenceKey,
  requestKey,
} from '../../../../src/storage/object-keys.ts'
import { readJson, writeJson } from '../../../../src/storage/read-blob.ts'
import { sampleManifest } from '../../../support/document-status.ts'
import { benchOfEachTest, grpcFailure } from '../../../support/test-gateway.ts'
import { present, uploadOf } from '../../../support/gateway-fixtures.ts'

describe('submitDocument', () => {
  const bench = benchOfEachTest()

  it('stores reference, blob and request before it starts the workflow', async () => {
    const sent = await bench.current.submission('%PDF-1', { password: 'geheim', owner: 'o1' })
    bench.current.temporal.onStart = () => {
      started = true
    }
    let started = false

    const { documentId, replayed } = await bench.current.gateway.submit(sent)

    assert.equal(started, true)
    assert.equal(replayed, false)
    assert.ok(await bench.current.store.head(referenceKey(uploadOf(sent).sha256, documentId)))
    const blob = present(await bench.current.store.head(blobKey(uploadOf(sent).sha256)))
    assert.equal(blob.contentType, 'application/pdf')
    const request = present(
      await readJson<DocumentRequest>(bench.current.store, requestKey(documentId)),
    )
    assert.equal(request.fileName, '发票.pdf')
    assert.equal(request.password, 'geheim')
    assert.equal('deadlineMs' in request || 'upload' in request || 'route' in request, false)
    const status = present(await bench.current.gateway.status(documentId))
    assert.equal(status.state, 'queued')
    assert.equal(JSON.stringify(status).includes('geheim'), false)
  })

  it('gives the same document for the same key and body, and refuses another body', async () => {
    const first = await bench.current.gateway.submit(
      await bench.current.submission('a', { idempotencyKey: 'k' }),
    )
    const again = await bench.current
      .anotherGateway()
      .submit(await bench.current.submission('a', { idempotencyKey: 'k' }))

    assert.deepEqual(again, { documentId: first.documentId, replayed: true })
    assert.equal(bench.current.temporal.calls.start, 1)
    const other = await bench.current.submission('b', { idempotencyKey: 'k' })
    await assert.rejects(bench.current.gateway.submit(other), { code: 'IDEMPOTENCY_KEY_REUSED' })
    const otherOptions = await bench.current.submission('a', { idempotencyKey: 'k', dpi: 300 })
    await assert.rejects(bench.current.gateway.submit(otherOptions), {
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
    const otherOwner = await bench.current.submission('b', { idempotencyKey: 'k', owner: 'o2' })
    assert.notEqual((await bench.current.gateway.submit(otherOwner)).documentId, first.documentId)
  })

  it('knows a key after Temporal has forgotten the run', async () => {
    const first = await bench.current.gateway.submit(
      await bench.current.submission('a', { idempotencyKey: 'k' }),
    )
    await writeJson(bench.current.store, manifestKey(first.documentId), sampleManifest())
    bench.current.temporal.runs.clear()

    const again = await bench.current
      .anotherGateway()
      .submit(await bench.current.submission('a', { idempotencyKey: 'k' }))

    assert.deepEqual(again, { ...first, replayed: true })
    assert.equal(bench.current.temporal.calls.start, 1)
  })

  it('lets one of two racing bodies under one key win and keeps nothing of the other', async () => {
    const one = await bench.current.submission('one', { idempotencyKey: 'k' })
    const two = await bench.current.submission('two', { idempotencyKey: 'k' })

    const outcomes = await Promise.allSettled([
      bench.current.gateway.submit(one),
      bench.current.gateway.submit(two),
    ])

    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    assert.equal(winners.length, 1)
    assert.equal((await bench.current.store.list('references/')).blobs.length, 1)
    assert.equal((await bench.current.store.list('blobs/')).blobs.length, 1)
  })

  it('starts what an api that was killed before the start has left', async () => {
    bench.current.temporal.failure = new TypeError('killed here')
    const sent = await bench.current.submission('a', { idempotencyKey: 'k' })
    await assert.rejects(bench.current.gateway.submit(sent), TypeError)
    bench.current.temporal.failure = null

    const { documentId } = await bench.current
      .anotherGateway()
      .submit(await bench.current.submission('a', { idempotencyKey: 'k' }))

    assert.equal(bench.current.temporal.runs.get(documentId)?.state, 'running')
  })

  it('tries a start with unknown outcome again', async () => {
    let tries = 0
    bench.current.temporal.onStart = () => {
      if (++tries < 3) throw grpcFailure(4)
    }

    const { documentId } = await bench.current.gateway.submit(await bench.current.submission('a'))

    assert.equal(tries, 3)
    assert.ok(bench.current.temporal.runs.has(documentId))
  })

  it('gives up after five seconds and says when to come back', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    bench.current.temporal.onStart = () => {
      t.mock.timers.tick(2500)
      throw grpcFailure(14)
    }

    await assert.rejects(bench.current.gateway.submit(await bench.current.submission('a')), {
      code: 'SERVICE_UNAVAILABLE',
      retryAfterMs: 5000,
    })
  })

  it('puts a blob again that a concurrent delete has removed', async () => {
    const sent = await bench.current.submission('a')
    bench.current.temporal.onStart = () =>
      bench.current.store.delete(blobKey(uploadOf(sent).sha256))

    await bench.current.gateway.submit(sent)

    assert.ok(await bench.current.store.head(blobKey(uploadOf(sent).sha256)))
  })
})
