import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import type { IncomingMessage, RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { Registry } from '@prometheus-io/client'
import { ApplicationFailure, cancellationSignal } from '@temporalio/activity'
import { MockActivityEnvironment } from '@temporalio/testing'
import { Webhook } from 'standardwebhooks'
import type { ActivityDependencies } from '../../../src/activities/activity-dependencies.ts'
import { createActivityMetrics } from '../../../src/activities/activity-metrics.ts'
import { deliverWebhook } from '../../../src/activities/deliver-webhook.ts'
import type { DeliverWebhookInput, DeliverWebhookResult } from '../../../src/contract/webhooks.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { manifestKey, requestKey, tombstoneKey } from '../../../src/storage/object-keys.ts'
import { writeJson } from '../../../src/storage/read-blob.ts'
import { readWebhookLog } from '../../../src/storage/webhook-log.ts'
import { sampleManifest } from '../../support/document-status.ts'
import { ID, requestWith } from '../../support/gateway-fixtures.ts'
import { serve } from '../../support/serve.ts'
import { createStubEngine } from '../../support/stub-engine.ts'
import { WEBHOOK_SECRETS } from '../../support/webhook-variable-rows.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const TOKEN = 'canary-of-the-url-7c2'

type Received = { readonly headers: IncomingMessage['headers']; readonly body: string }

/** A document that has ended, and its receiver. */
async function benchOf(
  answer: RequestListener,
  change: { isAllowed?: boolean; giveUpInMs?: number; timeoutMs?: number; secrets?: Secret[] } = {},
) {
  await using setUp = new AsyncDisposableStack()
  const { path: directory } = setUp.use(await mkdtempDisposable(join(tmpdir(), 'webhook-')))
  const received: Received[] = []
  const registry = new Registry()
  const server = setUp.use(
    await serve((req, res) => {
      void text(req).then((body) => {
        received.push({ headers: req.headers, body })
        answer(req, res)
      })
    }),
  )
  const { isAllowed = true, giveUpInMs = DAY_MS, timeoutMs = 60_000 } = change
  const store = createDirectoryBlobStore({ path: join(directory, 'store'), secret: 'x' })
  const engine = createStubEngine({ delayMs: 0, ledgerPath: '/dev/null' })
  const { host } = new URL(server.url)
  const secrets = change.secrets ?? WEBHOOK_SECRETS.map((secret) => new Secret(secret))
  const deps: ActivityDependencies = {
    store,
    engineFor: () => engine,
    engineVersionOf: () => engine.version,
    // Opened for files: no reason to post there.
    urlRules: { allowedHosts: [host], allowedPorts: [Number(new URL(server.url).port)] },
    temporaryDirectory: join(directory, 'temporary'),
    metrics: createActivityMetrics(registry),
    webhooks: {
      secrets,
      timeoutMs,
      firstRetryMs: 5_000,
      publicUrl: null,
      urlRules: { allowedHosts: isAllowed ? [host] : [], allowedPorts: [] },
    },
  }
  const callback = {
    url: `${server.url}/hooks?token=${TOKEN}`,
    events: ['document.completed'],
  } as const
  await writeJson(store, requestKey(ID), requestWith({ callback }))
  await writeJson(store, manifestKey(ID), sampleManifest())
  const { progress } = sampleManifest()
  const atMs = Date.now()
  const event = {
    type: 'document.completed',
    progress,
    atMs,
    giveUpAtMs: atMs + giveUpInMs,
  } as const
  const deliver = (
    { attempt = 1, ...input }: Partial<DeliverWebhookInput> & { attempt?: number } = {},
    environment = new MockActivityEnvironment(),
  ): Promise<DeliverWebhookResult> => {
    const whole = { documentId: ID, event, isOnDemand: false, ...input }
    return environment.run(() =>
      deliverWebhook(deps, whole, { attempt, signal: cancellationSignal() }),
    )
  }
  const resources = setUp.move()
  return {
    store,
    received,
    deliver,
    async failure(attempt = 1): Promise<ApplicationFailure> {
      const error: unknown = await deliver({ attempt }).catch((thrown: unknown) => thrown)
      assert.ok(error instanceof ApplicationFailure, String(error))
      return error
    },
    log: () => readWebhookLog(store, ID),
    /** Events that are not tried any more, by outcome. */
    ended: async () => (await registry.metrics()).match(/(?<=^ocr_webhooks_total).*/gm) ?? [],
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

describe('deliverWebhook', () => {
  it('posts a signed message, and notes that it was taken', async () => {
    await using bench = await benchOf((_req, res) => res.writeHead(204).end())

    const { outcome } = await bench.deliver()

    assert.equal(outcome, 'delivered')
    const [request] = bench.received
    assert.ok(request)
    for (const secret of WEBHOOK_SECRETS)
      new Webhook(secret).verify(request.body, {
        'webhook-id': String(request.headers['webhook-id']),
        'webhook-timestamp': String(request.headers['webhook-timestamp']),
        'webhook-signature': String(request.headers['webhook-signature']),
      })
    assert.equal(request.headers['content-type'], 'application/json')
    const { isStopped, deliveries } = await bench.log()
    assert.equal(isStopped, false)
    assert.partialDeepStrictEqual(deliveries, [
      { state: 'delivered', attempts: 1, lastStatus: 204, lastCode: null, nextTryAt: null },
    ])
  })

  it('is tried again later each time by a receiver in trouble, with the same id and body', async () => {
    await using bench = await benchOf((_req, res) => res.writeHead(500).end('no'))

    const first = await bench.failure(1)
    const third = await bench.failure(3)

    assert.deepEqual([first.nextRetryDelay, third.nextRetryDelay], [5_000, 20_000])
    assert.deepEqual([first.type, first.nonRetryable], ['FETCH_FAILED', false])
    const [one, two] = bench.received
    assert.equal(one?.body, two?.body)
    assert.equal(one?.headers['webhook-id'], two?.headers['webhook-id'])
    const { deliveries } = await bench.log()
    assert.partialDeepStrictEqual(deliveries, [
      { state: 'pending', attempts: 2, lastStatus: 500, lastCode: null },
    ])
  })

  it('waits as long as the receiver asks for', async () => {
    await using bench = await benchOf((_req, res) =>
      res.writeHead(429, { 'retry-after': '600' }).end(),
    )

    assert.equal((await bench.failure()).nextRetryDelay, 600_000)
  })

  it('gives a receiver up that does not answer in time', async () => {
    await using bench = await benchOf(() => undefined, { timeoutMs: 200 })

    const failure = await bench.failure()

    assert.equal(failure.type, 'FETCH_FAILED')
    assert.partialDeepStrictEqual((await bench.log()).deliveries, [
      { lastStatus: null, lastCode: 'FETCH_FAILED' },
    ])
  })

  it('does not wait for the end of an answer', async () => {
    await using bench = await benchOf((_req, res) => {
      res.writeHead(200)
      res.write('a')
    })

    assert.equal((await bench.deliver()).outcome, 'delivered')
  })

  it('follows no redirect', async () => {
    await using other = await serve((_req, res) => res.end('secret'))
    await using bench = await benchOf((_req, res) =>
      res.writeHead(307, { location: other.url }).end(),
    )

    await bench.failure()

    assert.equal((await bench.log()).deliveries[0]?.lastStatus, 307)
  })

  it('connects to no private address that nobody has opened for webhooks', async () => {
    await using bench = await benchOf((_req, res) => res.end(), { isAllowed: false })

    const failure = await bench.failure()

    assert.deepEqual([failure.type, failure.nonRetryable], ['URL_NOT_ALLOWED', false])
    assert.deepEqual(bench.received, [])
  })

  it('gives an event up whose next try would come too late', async () => {
    await using bench = await benchOf((_req, res) => res.writeHead(503).end(), {
      giveUpInMs: 4_000,
    })

    const failure = await bench.failure()

    assert.equal(failure.nonRetryable, true)
    assert.deepEqual(await bench.ended(), ['{outcome="given_up"} 1'])
    assert.partialDeepStrictEqual((await bench.log()).deliveries, [
      { state: 'given_up', nextTryAt: null },
    ])
  })

  it('counts an event once, when it is taken or given up', async () => {
    let status = 500
    await using bench = await benchOf((_req, res) => res.writeHead(status).end())

    await bench.failure()
    const whileTried = await bench.ended()
    for (status of [204, 410]) await bench.deliver()

    assert.deepEqual(whileTried, [])
    assert.deepEqual(await bench.ended(), ['{outcome="delivered"} 1', '{outcome="given_up"} 1'])
  })

  it('stops at 410, until somebody asks for it', async () => {
    await using bench = await benchOf((_req, res) => res.writeHead(410).end())

    const gone = await bench.deliver()
    const afterwards = await bench.deliver()
    await bench.deliver({ isOnDemand: true })

    assert.deepEqual([gone.outcome, afterwards.outcome], ['stopped', 'stopped'])
    assert.equal(bench.received.length, 2)
  })

  it('remembers a 410 through a redelivery that fails, until one is taken', async () => {
    let status = 410
    await using bench = await benchOf((_req, res) => res.writeHead(status).end())
    await bench.deliver()

    status = 500
    await assert.rejects(bench.deliver({ isOnDemand: true }))
    const afterFailure = await bench.log()
    status = 204
    await bench.deliver({ isOnDemand: true })

    assert.deepEqual([afterFailure.isStopped, (await bench.log()).isStopped], [true, false])
  })

  it('tells nobody of a document that is gone, and leaves nothing behind', async () => {
    await using bench = await benchOf((_req, res) => res.end())
    await writeJson(bench.store, tombstoneKey(ID), {})

    const { outcome } = await bench.deliver()

    assert.equal(outcome, 'stopped')
    assert.deepEqual(bench.received, [])
    assert.deepEqual((await bench.log()).deliveries, [])
  })

  it('is tried again by a worker that has the secret', async () => {
    await using bench = await benchOf((_req, res) => res.end(), { secrets: [] })

    const failure = await bench.failure()

    assert.deepEqual([failure.type, failure.nonRetryable], ['WEBHOOKS_DISABLED', false])
  })

  it('remembers the last hundred', async () => {
    await using bench = await benchOf((_req, res) => res.end())
    const times = { atMs: Date.now(), giveUpAtMs: Date.now() + DAY_MS }

    for (let page = 1; page <= 103; page++)
      await bench.deliver({
        event: { type: 'page.completed', page, outcome: 'ok', code: null, ...times },
      })

    const { deliveries } = await bench.log()
    assert.deepEqual(
      [deliveries.length, deliveries[0]?.page, deliveries.at(-1)?.page],
      [100, 4, 103],
    )
  })

  it('says nothing of the URL when it fails', async () => {
    await using bench = await benchOf((_req, res) => res.writeHead(500).end(TOKEN))

    const { message, stack, cause, details } = await bench.failure()

    assert.ok(!JSON.stringify({ message, stack, cause, details }).includes(TOKEN))
    assert.ok(!JSON.stringify(await bench.log()).includes(TOKEN))
  })

  it('ends at once when it is cancelled, and notes nothing', async () => {
    const environment = new MockActivityEnvironment()
    await using bench = await benchOf(() => environment.cancel())

    await assert.rejects(bench.deliver({}, environment), { name: 'CancelledFailure' })

    assert.deepEqual((await bench.log()).deliveries, [])
  })
})
