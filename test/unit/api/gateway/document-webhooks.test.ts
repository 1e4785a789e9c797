import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { DocumentFacts } from '../../../../src/api/gateway/document-facts.ts'
import {
  findDocumentWebhooks,
  redeliverWebhook,
} from '../../../../src/api/gateway/document-webhooks.ts'
import type { DocumentRequest } from '../../../../src/contract/document.ts'
import type { DocumentStatus } from '../../../../src/contract/document-status.ts'
import type { DeliverWebhooksInput } from '../../../../src/contract/webhooks.ts'
import { createDirectoryBlobStore } from '../../../../src/storage/directory-blob-store.ts'
import { manifestKey, requestKey, tombstoneKey } from '../../../../src/storage/object-keys.ts'
import { writeJson } from '../../../../src/storage/read-blob.ts'
import { noteWebhookTry } from '../../../../src/storage/webhook-log.ts'
import { completedStatus, sampleManifest, sampleStatus } from '../../../support/document-status.ts'
import { failureOf } from '../../../support/failure-of.ts'
import { ID, requestWith } from '../../../support/gateway-fixtures.ts'

const CALLBACK = { url: 'https://example.com/?canary-91', events: ['document.failed'] } as const

const failed = sampleManifest({ outcome: 'failed', failureCode: 'CORRUPT_PDF' })
const FAILED = completedStatus({ state: 'failed', manifest: failed })

async function benchOf(
  change: Partial<DocumentRequest> = {},
  status: DocumentStatus | null = FAILED,
) {
  await using setUp = new AsyncDisposableStack()
  const { path } = setUp.use(await mkdtempDisposable(join(tmpdir(), 'webhooks-')))
  const store = createDirectoryBlobStore({ path, secret: 'x' })
  await writeJson(store, requestKey(ID), { ...requestWith(), callback: CALLBACK, ...change })
  const started: DeliverWebhooksInput[] = []
  const deps = {
    store,
    facts: new DocumentFacts(store),
    statuses: { get: async () => status },
    webhooks: {
      deliverNow: async (input: DeliverWebhooksInput) => void started.push(input),
      cancel: async () => undefined,
    },
    queues: { documents: 'documents', cpu: 'cpu', webhooks: 'webhooks' },
    webhookLifeMs: 60_000,
  }
  const resources = setUp.move()
  return { store, deps, started, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

describe('redeliverWebhook', () => {
  it('has the end of the document told, with new time and in the turn of its owner', async () => {
    await using bench = await benchOf({ owner: 'key:1' })

    await redeliverWebhook(bench.deps, ID)

    const [input] = bench.started
    assert.deepEqual(input, {
      documentId: ID,
      callback: { events: ['document.failed'], giveUpAfterMs: 60_000, queue: 'webhooks' },
      fairnessKey: 'key:1',
      isOnDemand: true,
    })
    assert.ok(!JSON.stringify(input).includes('canary-91'))
  })

  it('refuses before the end', async () => {
    await using bench = await benchOf({}, sampleStatus())

    assert.equal((await failureOf(redeliverWebhook(bench.deps, ID))).code, 'RESULT_NOT_READY')
  })

  it('refuses while a manifest is there and the run may still end otherwise', async () => {
    await using bench = await benchOf({}, sampleStatus())
    await writeJson(bench.store, manifestKey(ID), failed)

    assert.equal((await failureOf(redeliverWebhook(bench.deps, ID))).code, 'RESULT_NOT_READY')
    assert.deepEqual(bench.started, [])
  })

  it('tells of a document that an operator terminated, which left no manifest', async () => {
    await using bench = await benchOf()

    await redeliverWebhook(bench.deps, ID)

    assert.equal(bench.started.length, 1)
  })

  it('refuses what the receiver was never to be told', async () => {
    await using without = await benchOf({ callback: null })
    await using other = await benchOf({}, completedStatus())

    assert.equal((await failureOf(redeliverWebhook(without.deps, ID))).code, 'NOT_FOUND')
    assert.equal((await failureOf(redeliverWebhook(other.deps, ID))).code, 'NOT_FOUND')
  })

  it('knows no deleted document', async () => {
    await using bench = await benchOf()
    await writeJson(bench.store, tombstoneKey(ID), {})

    assert.equal((await failureOf(redeliverWebhook(bench.deps, ID))).code, 'DOCUMENT_NOT_FOUND')
    assert.equal(await findDocumentWebhooks(bench.deps, ID), null)
  })
})

describe('findDocumentWebhooks', () => {
  const tried = (giveUpAt: string) =>
    ({
      webhookId: 'evt',
      event: 'document.failed',
      page: null,
      state: 'pending',
      lastStatus: 500,
      lastCode: null,
      lastTriedAt: '2024-01-01T00:00:00.000Z',
      nextTryAt: '2024-01-01T00:00:05.000Z',
      giveUpAt,
      isStopped: false,
    }) as const

  it('is empty before the first try, and for a document without callback', async () => {
    await using bench = await benchOf()
    await using without = await benchOf({ callback: null })

    assert.deepEqual(await findDocumentWebhooks(bench.deps, ID), {
      events: ['document.failed'],
      deliveries: [],
    })
    assert.deepEqual(await findDocumentWebhooks(without.deps, ID), { events: [], deliveries: [] })
  })

  it('counts the tries of an event', async () => {
    await using bench = await benchOf()
    await noteWebhookTry(bench.store, ID, tried('2999-01-01T00:00:00.000Z'))
    await noteWebhookTry(bench.store, ID, tried('2999-01-01T00:00:00.000Z'))

    const found = await findDocumentWebhooks(bench.deps, ID)

    assert.partialDeepStrictEqual(found?.deliveries, [{ state: 'pending', attempts: 2 }])
  })

  it('knows that an event is given up although no worker was there to say so', async () => {
    await using bench = await benchOf()
    await noteWebhookTry(bench.store, ID, tried('2024-01-02T00:00:00.000Z'))

    const found = await findDocumentWebhooks(bench.deps, ID)

    assert.partialDeepStrictEqual(found?.deliveries, [{ state: 'given_up', nextTryAt: null }])
  })
})
