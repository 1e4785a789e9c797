import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEPLOYED_QUEUES } from '../../../../src/api/gateway/document-queues.ts'
import { inputOf } from '../../../../src/api/gateway/workflow-input.ts'
import { TASK_QUEUE } from '../../../../src/contract/names.ts'
import { requestWith } from '../../../support/gateway-fixtures.ts'

const settings = {
  queues: DEPLOYED_QUEUES,
  fallbackEngine: null,
  windowPages: null,
  webhookLifeMs: 60_000,
}
const submitted = { submitter: 'key:1', deadlineMs: null } as const
const callback = { url: 'https://example.com/?canary-57', events: ['document.failed'] } as const

describe('inputOf', () => {
  it('has webhooks told on a queue of their own, where slow receivers hold up no pages', () => {
    const input = inputOf(settings, requestWith({ callback }), submitted)

    assert.deepEqual(input.callback, {
      events: ['document.failed'],
      giveUpAfterMs: 60_000,
      queue: TASK_QUEUE.webhooks,
    })
    assert.ok(![input.cpuQueue, input.engineQueue].includes(TASK_QUEUE.webhooks))
    assert.ok(!JSON.stringify(input).includes('canary-57'))
  })

  it('tells of no callback where there is none', () => {
    assert.ok(!('callback' in inputOf(settings, requestWith(), submitted)))
  })
})
