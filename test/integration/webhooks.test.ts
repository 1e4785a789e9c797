import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { freePort } from '../../scripts/temporal/ports.ts'
import { documentEventSchema } from '../../src/api/v1/webhook-schemas.ts'
import { dumpTemporal } from '../support/dump-temporal.ts'
import { markedDocument } from '../support/marked-document.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { submitDocument } from '../support/stack-client.ts'
import { until } from '../support/until.ts'
import { WEBHOOK_SECRETS } from '../support/webhook-variable-rows.ts'

const TOKEN = 'canary-of-a-callback-3f9'
const PAGES = 8
/** A host may be busy with other tests; what goes wrong is seen sooner by other means. */
const PATIENCE_MS = 180_000
const ENDS = 'document.completed,document.failed,document.cancelled'

type Message = {
  readonly id: string
  readonly type: string
  readonly data: { readonly id?: string; readonly document_id?: string; readonly page?: number }
}

/** A receiver that can be taken away and comes back on the same port. */
type Receiver = AsyncDisposable & {
  /** What was accepted, in order; a message with a wrong signature is none. */
  readonly messages: Message[]
  readonly of: (id: string) => Message[]
  /** Answer to what comes next. */
  status: number
  asked: number
}

function receive(server: Server): Receiver {
  const messages: Message[] = []
  const [secret] = WEBHOOK_SECRETS
  const receiver: Receiver = {
    messages,
    of: (id) => messages.filter(({ data }) => (data.id ?? data.document_id) === id),
    status: 204,
    asked: 0,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    receiver.asked += 1
    const body = await text(request)
    if (receiver.status < 300) {
      const id = String(request.headers['webhook-id'])
      const verified = new Webhook(secret).verify(body, {
        'webhook-id': id,
        'webhook-timestamp': String(request.headers['webhook-timestamp']),
        'webhook-signature': String(request.headers['webhook-signature']),
      })
      messages.push({ ...(verified as Omit<Message, 'id'>), id })
    }
    response.writeHead(receiver.status).end()
  }
  server.on('request', (request, response) => void take(request, response))
  return receiver
}

describe('webhooks of the whole product', () => {
  const resources = new AsyncDisposableStack()
  let stack: Stack
  let receiver: Receiver
  let url = ''
  let marker = 0
  const submit = (pages: number, fields: Record<string, string> = {}): Promise<string> => {
    const bytes = Buffer.concat([markedDocument(pages), Buffer.from(`% ${++marker}\n`)])
    return submitDocument(stack.url, new Uint8Array(bytes), { callback_url: url, ...fields })
  }
  const deliveriesOf = async (id: string): Promise<readonly Record<string, unknown>[]> => {
    const response = await fetch(`${stack.url}/v1/documents/${id}/webhooks`)
    const { deliveries } = (await response.json()) as { deliveries: Record<string, unknown>[] }
    return deliveries
  }
  const untilTold = (id: string, count: number): Promise<void> =>
    until(() => receiver.of(id).length >= count, `${count} messages came`, PATIENCE_MS)
  const untilNoted = (id: string): Promise<void> =>
    until(async () => (await deliveriesOf(id)).length === 1, 'a try is noted', PATIENCE_MS)

  before(async () => {
    const port = await freePort('127.0.0.1')
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    receiver = resources.use(receive(server))
    url = `http://127.0.0.1:${port}/hooks?token=${TOKEN}`
    stack = resources.use(
      await startStack({
        stubDelayMs: 20,
        env: {
          OCR_ALLOWED_WEBHOOK_HOSTS: `127.0.0.1:${port}`,
          OCR_WEBHOOK_SECRET: WEBHOOK_SECRETS.join(','),
          OCR_WEBHOOK_RETRY_S: '0.2',
          OCR_WEBHOOK_TIMEOUT_S: '30',
        },
      }),
    )
  })
  after(() => resources.disposeAsync())

  it('tell every page and then the end, each signed, and show that they did', async () => {
    const id = await submit(PAGES, { callback_events: `${ENDS},page.completed` })

    await untilTold(id, PAGES + 1)

    const told = receiver.of(id)
    const pages = told.slice(0, -1).map(({ data }) => data.page ?? 0)
    assert.deepEqual(
      [...new Set(pages)].toSorted((a, b) => a - b),
      Array.from({ length: PAGES }, (_, place) => place + 1),
    )
    const { id: eventId, ...body } = told.at(-1) ?? { id: '' }
    assert.equal(eventId, `evt_${id}_completed`)
    assert.equal(documentEventSchema.parse(body).data.pages.ok, PAGES)
    await until(
      async () => (await deliveriesOf(id)).at(-1)?.['event'] === 'document.completed',
      'the end is noted',
      PATIENCE_MS,
    )
    assert.partialDeepStrictEqual((await deliveriesOf(id)).at(-1), { state: 'delivered' })
  })

  it('tell failed and cancelled documents', async () => {
    const failed = await submit(2, { pages: '7' })
    const cancelled = await submit(PAGES)

    await fetch(`${stack.url}/v1/documents/${cancelled}/cancel`, { method: 'POST' })
    await untilTold(failed, 1)
    await untilTold(cancelled, 1)

    assert.deepEqual(
      [receiver.of(failed)[0]?.type, receiver.of(cancelled)[0]?.type],
      ['document.failed', 'document.cancelled'],
    )
  })

  it('reach a receiver that was away, although the worker died meanwhile', async () => {
    receiver.status = 500
    const askedBefore = receiver.asked
    const id = await submit(1)
    await until(() => receiver.asked > askedBefore + 1, 'it was asked twice', PATIENCE_MS)
    await untilNoted(id)
    assert.partialDeepStrictEqual((await deliveriesOf(id))[0], {
      state: 'pending',
      last_status: 500,
    })

    await stack.worker.end('SIGKILL')
    receiver.status = 204
    stack.worker.start()
    await untilTold(id, 1)

    assert.equal(receiver.of(id)[0]?.type, 'document.completed')
  })

  it('come again on demand, with the same id', async () => {
    const id = await submit(1)
    await untilTold(id, 1)

    const response = await fetch(`${stack.url}/v1/documents/${id}/webhooks/redeliver`, {
      method: 'POST',
    })
    await untilTold(id, 2)

    assert.equal(response.status, 202)
    const [first, second] = receiver.of(id)
    assert.deepEqual(first, second)
  })

  it('end when their document is deleted', async () => {
    receiver.status = 500
    const id = await submit(1)
    await untilNoted(id)

    const deleted = await fetch(`${stack.url}/v1/documents/${id}`, { method: 'DELETE' })
    receiver.status = 204

    assert.equal(deleted.status, 204)
    const handle = stack.client.workflow.getHandle(`webhook-${id}`)
    await until(
      async () => (await handle.describe()).status.name !== 'RUNNING',
      'its telling has ended',
      PATIENCE_MS,
    )
    assert.deepEqual(receiver.of(id), [])
  })

  it('leave nothing of their URL in histories and logs', async () => {
    const { texts } = await dumpTemporal(stack.client)

    const withToken = [...texts].filter(([, dump]) => dump.includes(TOKEN)).map(([name]) => name)
    assert.deepEqual(withToken, [])
    assert.ok([...texts.keys()].some((name) => name.startsWith('webhook-')))
    assert.ok(!stack.api.log().includes(TOKEN) && !stack.worker.log().includes(TOKEN))
  })
})
