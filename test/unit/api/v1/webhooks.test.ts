import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { WebhooksConfig } from '../../../../src/config/webhooks-config.ts'
import { DEFAULT_WEBHOOK_EVENTS, type WebhookDelivery } from '../../../../src/contract/webhooks.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { Secret } from '../../../../src/platform/secret.ts'
import {
  completedStatus,
  sampleDocumentId,
  sampleStatus,
} from '../../../support/document-status.ts'
import { requestWith } from '../../../support/gateway-fixtures.ts'
import { readJson } from '../../../support/read-json.ts'
import { fileForm, startTestApi, type TestApi } from '../../../support/test-api.ts'
import { WEBHOOK_SECRETS } from '../../../support/webhook-variable-rows.ts'

const ID = sampleDocumentId(1)
const HOOK = 'https://example.com/hooks?token=canary-url-81'
const ON: Partial<WebhooksConfig> = { secrets: [new Secret(WEBHOOK_SECRETS[0])] }

const submitForm = (api: TestApi, fields: Record<string, string>): Promise<Response> =>
  api.fetch('/v1/documents', { method: 'POST', body: fileForm(undefined, { fields }) })

const submitJson = (api: TestApi, fields: object, path = '/v1/documents'): Promise<Response> =>
  api.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })

describe('callback_url', () => {
  it('is told how the document ends unless other events are chosen', async () => {
    await using api = await startTestApi({ webhooks: ON })

    await submitForm(api, { callback_url: HOOK })
    await submitForm(api, {
      callback_url: HOOK,
      callback_events: 'page.completed, document.failed,page.completed',
    })

    assert.deepEqual(
      api.gateway.submissions.map(({ callback }) => callback),
      [
        { url: HOOK, events: DEFAULT_WEBHOOK_EVENTS },
        { url: HOOK, events: ['page.completed', 'document.failed'] },
      ],
    )
  })

  it('can be given as JSON, with the events as a text or a list', async () => {
    await using api = await startTestApi({ webhooks: ON })
    const url = 'https://example.com/a.pdf'

    const list = await submitJson(api, {
      url,
      callback_url: HOOK,
      callback_events: ['page.completed', 'document.completed'],
    })
    await submitJson(api, { url, callback_url: HOOK, callback_events: 'document.failed' })

    assert.equal(list.status, 202)
    assert.deepEqual(
      api.gateway.submissions.map(({ callback }) => callback?.events),
      [['page.completed', 'document.completed'], ['document.failed']],
    )
  })

  it('is nobody where it is left out', async () => {
    await using api = await startTestApi({ webhooks: ON })

    await submitForm(api, { callback_url: '', callback_events: '' })

    assert.equal(api.gateway.submissions[0]?.callback, null)
  })

  it('is refused where webhooks are not set up', async () => {
    await using api = await startTestApi()

    const response = await submitForm(api, { callback_url: HOOK })

    assert.equal(response.status, 400)
    assert.equal((await readJson(response)).code, 'WEBHOOKS_DISABLED')
    assert.deepEqual(api.gateway.submissions, [])
  })

  it('is refused on a private address, and is not repeated', async () => {
    await using api = await startTestApi({ webhooks: ON })

    const response = await submitForm(api, { callback_url: 'http://10.0.0.7/?t=canary-url-81' })
    const text = await response.text()

    assert.equal(response.status, 400)
    assert.ok(text.includes('URL_NOT_ALLOWED') && !text.includes('canary'), text)
  })

  for (const [what, fields] of [
    ['unknown events', { callback_url: HOOK, callback_events: 'document.started' }],
    ['events for nobody', { callback_events: 'document.failed' }],
  ] as const)
    it(`refuses ${what}`, async () => {
      await using api = await startTestApi({ webhooks: ON })

      const response = await submitForm(api, fields)

      assert.equal(response.status, 400)
      assert.equal((await readJson(response)).code, 'REQUEST_MALFORMED')
    })

  it('is not taken over by a rerun, which can have one of its own', async () => {
    await using api = await startTestApi({
      webhooks: ON,
      documents: [completedStatus({ documentId: ID })],
    })
    const { password: _password, remote: _remote, ...request } = requestWith({ documentId: ID })
    const { sha256, sizeBytes, mediaType, fileName } = request
    const source = { kind: 'stored', sha256, sizeBytes, mediaType, fileName } as const
    const callback = { events: DEFAULT_WEBHOOK_EVENTS }
    api.gateway.storedDocuments.set(ID, { request: { ...request, callback }, source })

    await api.fetch(`/v1/documents/${ID}/rerun`, { method: 'POST' })
    await submitJson(api, { callback_url: HOOK }, `/v1/documents/${ID}/rerun`)

    assert.deepEqual(
      api.gateway.submissions.map((submission) => submission.callback?.url ?? null),
      [null, HOOK],
    )
  })

  it('never stands in the log', async () => {
    await using api = await startTestApi({ webhooks: ON })

    await submitForm(api, { callback_url: HOOK })
    await submitForm(api, { callback_url: `ftp://x/${HOOK}` })

    assert.ok(!api.logLines.join('\n').includes('canary-url-81'))
  })
})

describe('GET /v1/documents/{id}/webhooks', () => {
  it('tells how the deliveries stand', async () => {
    await using api = await startTestApi({ documents: [completedStatus({ documentId: ID })] })
    const delivery: WebhookDelivery = {
      webhookId: 'evt_1_completed',
      event: 'document.completed',
      page: null,
      state: 'pending',
      attempts: 3,
      lastStatus: 503,
      lastCode: null,
      lastTriedAt: '2024-03-07T10:01:00.000Z',
      nextTryAt: '2024-03-07T10:02:00.000Z',
      giveUpAt: '2024-03-08T10:01:00.000Z',
    }
    const events = ['document.completed'] as const
    api.gateway.documentWebhooks.set(ID, { events, deliveries: [delivery] })

    const response = await api.fetch(`/v1/documents/${ID}/webhooks`)

    assert.equal(response.status, 200)
    assert.deepEqual(await readJson(response), {
      events,
      deliveries: [
        {
          webhook_id: 'evt_1_completed',
          event: 'document.completed',
          page: null,
          state: 'pending',
          attempts: 3,
          last_status: 503,
          last_code: null,
          last_tried_at: '2024-03-07T10:01:00.000Z',
          next_try_at: '2024-03-07T10:02:00.000Z',
          gives_up_at: '2024-03-08T10:01:00.000Z',
        },
      ],
    })
  })

  it('answers 404 for an unknown document', async () => {
    await using api = await startTestApi()

    for (const id of [ID, 'x']) {
      const response = await api.fetch(`/v1/documents/${id}/webhooks`)
      assert.equal((await readJson(response)).code, 'DOCUMENT_NOT_FOUND')
    }
  })
})

describe('POST /v1/documents/{id}/webhooks/redeliver', () => {
  const redeliver = (api: TestApi, id: string = ID): Promise<Response> =>
    api.fetch(`/v1/documents/${id}/webhooks/redeliver`, { method: 'POST' })

  it('tells the receiver once more', async () => {
    await using api = await startTestApi({ documents: [completedStatus({ documentId: ID })] })

    const response = await redeliver(api)

    assert.equal(response.status, 202)
    assert.equal(response.headers.get('location'), `/v1/documents/${ID}/webhooks`)
    assert.deepEqual(api.gateway.redelivered, [ID])
  })

  it('answers 404 for an unknown document and for one of a user', async () => {
    const owned = sampleStatus({ documentId: ID, owner: 'qianxia:a' })
    await using api = await startTestApi({ documents: [owned] })

    for (const id of [ID, sampleDocumentId(2)])
      assert.equal((await readJson(await redeliver(api, id))).code, 'DOCUMENT_NOT_FOUND')
    assert.deepEqual(api.gateway.redelivered, [])
  })

  it('says that there is nothing to tell', async () => {
    await using api = await startTestApi({ documents: [completedStatus({ documentId: ID })] })
    const refuse = (): never => {
      throw new OcrError('NOT_FOUND', 'Cannot', { publicDetail: 'sent without callback_url' })
    }
    api.gateway.redeliverWebhook = async () => refuse()

    const response = await redeliver(api)

    assert.equal(response.status, 404)
    assert.equal((await readJson(response)).code, 'NOT_FOUND')
  })
})
