import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DocumentGateway } from '../../../../src/api/gateway/document-gateway.ts'
import { submitterOf } from '../../../../src/api/gateway/submitter.ts'
import { NO_LIMITS } from '../../../support/api-config.ts'
import { benchOfEachTest, grpcFailure, type GatewayBench } from '../../../support/test-gateway.ts'

const QUOTA = 10
const A = '192.0.2.1'

function limitedGateway(bench: GatewayBench, quotaBytes: number | null = QUOTA): DocumentGateway {
  return bench.anotherGateway({
    admission: { limits: { ...NO_LIMITS, quotaBytes }, freeDiskBytes: async () => 1e12 },
  })
}

async function submit(
  bench: GatewayBench,
  gateway: DocumentGateway,
  { content, ...change }: { content: string; idempotencyKey?: string; senderAddress?: string },
) {
  return gateway.submit(await bench.submission(content, { senderAddress: A, ...change }))
}

describe('storage quota', () => {
  const bench = benchOfEachTest()

  it('takes files up to the quota of the sender', async () => {
    const gateway = limitedGateway(bench.current)
    await submit(bench.current, gateway, { content: '123456' })

    await submit(bench.current, gateway, { content: '1234' })

    await assert.rejects(submit(bench.current, gateway, { content: '1' }), {
      code: 'QUOTA_EXCEEDED',
    })
    assert.equal(bench.current.temporal.calls.start, 2)
  })

  it('stores nothing of a file that is refused', async () => {
    const gateway = limitedGateway(bench.current)

    await assert.rejects(submit(bench.current, gateway, { content: '12345678901' }), {
      code: 'QUOTA_EXCEEDED',
    })

    const { blobs } = await bench.current.store.list('')
    assert.deepEqual(blobs, [])
  })

  it('counts what is stored already, of the sender alone', async () => {
    await submit(bench.current, bench.current.gateway, { content: '123456789' })
    const gateway = limitedGateway(bench.current)

    await assert.rejects(submit(bench.current, gateway, { content: '12' }), {
      code: 'QUOTA_EXCEEDED',
    })

    const submitter = submitterOf('secret', { owner: null, senderAddress: A })
    assert.match(
      bench.current.temporal.queries[0] ?? '',
      new RegExp(`OcrSubmitter = '${submitter}'$`),
    )
    assert.match(bench.current.temporal.queries[0] ?? '', /^WorkflowType = 'processDocument' AND /)
  })

  it('does not count a document that was deleted, though Temporal still knows it', async () => {
    const { documentId } = await submit(bench.current, bench.current.gateway, {
      content: '123456789',
    })
    const run = bench.current.temporal.runs.get(documentId)
    assert.ok(run)
    run.state = 'completed'
    await bench.current.gateway.delete(documentId)

    await submit(bench.current, limitedGateway(bench.current), { content: '1234567890' })
  })

  it('does not refuse again what was accepted under its key', async () => {
    const gateway = limitedGateway(bench.current)
    const file = { content: '1234567890', idempotencyKey: 'k' }
    const { documentId } = await submit(bench.current, gateway, file)

    const again = await submit(bench.current, gateway, file)

    assert.deepEqual(again, { documentId, replayed: true })
  })

  it('counts a document once that is submitted many times at once', async () => {
    const gateway = limitedGateway(bench.current, 25)
    const file = { content: '1234567890', idempotencyKey: 'k' }

    await Promise.all([submit(bench.current, gateway, file), submit(bench.current, gateway, file)])

    await submit(bench.current, gateway, { content: '123456789012345' })
  })

  it('takes only as many at once as there is room for', async () => {
    const gateway = limitedGateway(bench.current)

    const sent = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) => submit(bench.current, gateway, { content: `12345${n}` })),
    )

    assert.equal(sent.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  it('counts nothing of a document that could not be started', async () => {
    const gateway = limitedGateway(bench.current)
    bench.current.temporal.onStart = () => {
      throw new Error('a bug')
    }
    await assert.rejects(submit(bench.current, gateway, { content: '1234567890' }))
    bench.current.temporal.onStart = () => undefined

    await submit(bench.current, gateway, { content: '0987654321' })
  })

  it('refuses a body that is not read yet once nothing fits', async () => {
    const gateway = limitedGateway(bench.current)
    await submit(bench.current, gateway, { content: '123456789' })
    const submitter = submitterOf('secret', { owner: null, senderAddress: A })
    await gateway.requireRoom(submitter)
    await submit(bench.current, gateway, { content: '1' })

    await assert.rejects(gateway.requireRoom(submitter), { code: 'QUOTA_EXCEEDED' })
    await gateway.requireRoom(null)
  })

  it('accepts nothing while it cannot be known what is stored', async () => {
    const gateway = limitedGateway(bench.current)
    bench.current.temporal.failure = grpcFailure(14)

    await assert.rejects(submit(bench.current, gateway, { content: '1' }), {
      code: 'SERVICE_UNAVAILABLE',
    })
  })
})

describe('submit', () => {
  const bench = benchOfEachTest()

  it('tells Temporal who sends it, for turns and quotas, and not his address', async () => {
    await submit(bench.current, bench.current.gateway, { content: 'x' })

    const [start] = bench.current.temporal.starts
    const submitter = submitterOf('secret', { owner: null, senderAddress: A })
    assert.equal(start?.args?.[0]?.fairnessKey, submitter)
    assert.deepEqual(start.priority, { fairnessKey: submitter })
    const attribute = start.typedSearchAttributes?.find(({ key }) => key.name === 'OcrSubmitter')
    assert.equal(attribute?.value, submitter)
    assert.ok(!JSON.stringify(start).includes(A))
  })

  it('is refused while too many documents are open, those just accepted among them', async () => {
    const gateway = bench.current.anotherGateway({
      admission: { limits: { ...NO_LIMITS, maxOpenDocuments: 2 }, freeDiskBytes: async () => 1e12 },
    })
    await submit(bench.current, gateway, { content: '1' })
    await submit(bench.current, gateway, { content: '2' })

    const third = submit(bench.current, gateway, { content: '3' })

    await assert.rejects(third, { code: 'QUEUE_FULL' })
    assert.equal(bench.current.temporal.calls.start, 2)
  })

  it('is refused while too much waits in its queue, with the time that it takes', async () => {
    bench.current.temporal.backlog = { depth: 60, dispatchedPerSecond: 2 }
    const gateway = bench.current.anotherGateway({
      admission: { limits: { ...NO_LIMITS, maxQueuedPages: 60 }, freeDiskBytes: async () => 1e12 },
    })

    await assert.rejects(submit(bench.current, gateway, { content: '1' }), {
      code: 'QUEUE_FULL',
      retryAfterMs: 30_000,
    })
  })
})
