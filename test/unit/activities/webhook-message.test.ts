import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { signedMessage, messageBody } from '../../../src/activities/webhooks/webhook-message.ts'
import { retryDelayMs } from '../../../src/activities/webhooks/webhook-settings.ts'
import { documentEventSchema, pageEventSchema } from '../../../src/api/v1/webhook-schemas.ts'
import type { WebhookEvent } from '../../../src/contract/webhooks.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { sampleManifest } from '../../support/document-status.ts'
import { ID, requestWith } from '../../support/gateway-fixtures.ts'
import { WEBHOOK_SECRETS } from '../../support/webhook-variable-rows.ts'

const [newer, older] = WEBHOOK_SECRETS
const atMs = Date.parse('2024-03-07T10:01:01.000Z')
const ended: WebhookEvent = {
  type: 'document.completed',
  progress: sampleManifest().progress,
  atMs,
  giveUpAtMs: atMs + 1_000,
}
const page: WebhookEvent = {
  type: 'page.completed',
  page: 17,
  outcome: 'failed',
  code: 'TOO_COMPLEX',
  atMs,
  giveUpAtMs: atMs + 1_000,
}
const facts = { request: requestWith({ fileName: '发票.pdf' }), manifest: sampleManifest() }
const settings = { secrets: [newer, older].map((text) => new Secret(text)), publicUrl: null }

describe('signedMessage', () => {
  it('is accepted by a receiver with either secret', () => {
    const { headers, body } = signedMessage({ ...facts, event: ended }, settings)

    for (const secret of WEBHOOK_SECRETS)
      assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body))
    assert.equal(headers['webhook-signature']?.split(' ').length, 2)
  })

  it('is refused with another secret, or when anything of it was changed', () => {
    const { headers, body } = signedMessage({ ...facts, event: ended }, settings)
    const webhook = new Webhook(newer)
    const stranger = new Webhook(`whsec_${Buffer.alloc(32, 1).toString('base64')}`)

    assert.throws(() => stranger.verify(body, headers))
    assert.throws(() => webhook.verify(`${body} `, headers))
    assert.throws(() => webhook.verify(body, { ...headers, 'webhook-id': 'evt_other' }))
  })

  it('has an id of its own for every event, without a full stop', () => {
    const idOf = (event: WebhookEvent): string | undefined =>
      signedMessage({ ...facts, event }, settings).headers['webhook-id']

    assert.equal(idOf(ended), `evt_${ID}_completed`)
    assert.equal(idOf(page), `evt_${ID}_page-17`)
  })
})

describe('messageBody', () => {
  it('tells how a document ended, as documented', () => {
    const body = messageBody({ ...facts, event: ended }, 'https://ocr.example.com')

    documentEventSchema.parse(body)
    assert.deepEqual(body, {
      type: 'document.completed',
      timestamp: '2024-03-07T10:01:01.000Z',
      data: {
        id: ID,
        status: 'completed',
        engine: 'paddle',
        created_at: '2024-03-07T09:59:58.999Z',
        started_at: null,
        completed_at: '2024-03-07T10:01:00.123Z',
        pages: { total: 4, done: 4, ok: 4, empty: 0, degraded: 0, failed: 0 },
        failed_pages: [],
        failure: null,
        url: `https://ocr.example.com/v1/documents/${ID}`,
      },
    })
  })

  it('names the code of a failure, and at most 100 failed pages', () => {
    const failed = Array.from({ length: 150 }, (_, place) => ({
      page: place + 1,
      code: 'TOO_COMPLEX' as const,
    }))
    const progress = { ...ended.progress, failureCode: 'CORRUPT_PDF' as const }
    const event = { ...ended, type: 'document.failed', progress } as const

    const body = messageBody({ ...facts, manifest: sampleManifest({ failed }), event }, null)

    const { data } = documentEventSchema.parse(body)
    assert.equal(data.failed_pages.length, 100)
    assert.deepEqual(data.failure, { code: 'CORRUPT_PDF', title: 'PDF is damaged' })
    assert.equal(data.url, null)
  })

  it('tells of a document whose ending could not be written', () => {
    const body = messageBody({ ...facts, manifest: null, event: ended }, null)

    assert.equal(documentEventSchema.parse(body).data.completed_at, '2024-03-07T10:01:01.000Z')
  })

  it('tells of a page', () => {
    const body = messageBody({ ...facts, event: page }, null)

    assert.deepEqual(pageEventSchema.parse(body).data, {
      document_id: ID,
      page: 17,
      outcome: 'failed',
      code: 'TOO_COMPLEX',
      url: null,
    })
  })

  it('says nothing of names, passwords and addresses', () => {
    const canary = 'canary-5b1'
    const request = requestWith({
      fileName: `${canary}.pdf`,
      password: canary,
      callback: { url: `https://example.com/${canary}`, events: ['document.completed'] },
    })

    const message = signedMessage({ ...facts, request, event: ended }, settings)

    assert.ok(!JSON.stringify(message).includes(canary))
  })
})

describe('retryDelayMs', () => {
  const delay = (attempt: number, retryAfter: string | null = null): number =>
    retryDelayMs({ firstRetryMs: 5_000 }, attempt, retryAfter)

  it('doubles up to an hour', () => {
    assert.deepEqual(
      [1, 2, 3, 10, 11, 99].map((attempt) => delay(attempt)),
      [5_000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000],
    )
  })

  it('is at least what the receiver asks for, up to an hour', () => {
    assert.equal(delay(1, '120'), 120_000)
    assert.equal(delay(1, '1'), 5_000)
    assert.equal(delay(1, '999999'), 3_600_000)
    const soon = delay(1, new Date(Date.now() + 600_000).toUTCString())
    assert.ok(soon > 590_000 && soon <= 600_000, `${soon} ms`)
  })

  it('ignores a header that is no time', () => {
    for (const header of ['', '-5', '1e9', 'soon', '99999999999999', new Date(0).toUTCString()])
      assert.equal(delay(1, header), 5_000, header)
  })
})
