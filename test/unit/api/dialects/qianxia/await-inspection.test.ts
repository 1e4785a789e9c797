import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import type { AppDeps } from '../../../../../src/api/app-deps.ts'
import {
  acceptInspected,
  awaitInspection,
} from '../../../../../src/api/dialects/qianxia/await-inspection.ts'
import { PageAllowance } from '../../../../../src/api/dialects/qianxia/quota.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { testApiConfig } from '../../../../support/api-config.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { createFakeGateway } from '../../../../support/fake-gateway.ts'
import { sampleTask } from '../../../../support/qianxia-api.ts'

const waiting = sampleTask({ state: 'queued', progress: INITIAL_PROGRESS, marks: null })

function setUp(pages = 1_000_000) {
  const gateway = createFakeGateway([waiting])
  // Nothing else is looked at.
  const deps = { gateway, config: { api: testApiConfig() } } as unknown as AppDeps
  const allowance = new PageAllowance(pages)
  const documentId = sampleDocumentId()
  const task = { documentId, sizeBytes: 1, isReplayed: false, isKeyed: false, allowance }
  return { gateway, deps, task, controller: new AbortController() }
}

/** Lets the mocked clock run, and what waits for it. */
async function pass(seconds: number): Promise<void> {
  for (let step = 0; step < seconds * 4; step++) {
    await new Promise((resolve) => setImmediate(resolve))
    mock.timers.tick(250)
  }
}

describe('awaitInspection', () => {
  it('gives the pages as soon as they were counted', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    try {
      const { gateway, deps, task, controller } = setUp()

      const inspected = awaitInspection(deps, task, controller.signal)
      await pass(3)
      gateway.documents.set(task.documentId, sampleTask())
      await pass(1)

      assert.equal((await inspected)?.progress.totalPages, 4)
    } finally {
      mock.timers.reset()
    }
  })

  it('gives up after 10 s, and leaves the task', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    try {
      const { gateway, deps, task, controller } = setUp()
      let isSettled = false

      const inspected = awaitInspection(deps, task, controller.signal).finally(
        () => (isSettled = true),
      )
      await pass(9)
      const wasSettled = isSettled
      await pass(2)

      assert.equal(wasSettled, false)
      assert.equal(await inspected, null)
      assert.equal(gateway.documents.has(task.documentId), true)
    } finally {
      mock.timers.reset()
    }
  })

  it('stops looking when the client has left', async () => {
    const { deps, task, controller } = setUp()
    controller.abort()

    assert.equal(await awaitInspection(deps, task, controller.signal), null)
  })

  it('accepts what nobody can say anything about', async () => {
    const { gateway, deps, task, controller } = setUp()
    gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'Cannot reach Temporal')

    const inspected = await awaitInspection(deps, task, controller.signal)

    assert.equal(await acceptInspected(deps, task, inspected), null)
  })
})

describe('acceptInspected', () => {
  it('refuses a PDF that the caller has not the pages for, and removes its task', async () => {
    const { gateway, deps, task } = setUp(3)
    task.allowance.take(1)

    const pages = acceptInspected(deps, task, sampleTask())

    await assert.rejects(pages, { code: 'QUOTA_EXCEEDED' })
    assert.equal(gateway.documents.size, 0)
    task.allowance.require(3)
  })

  it('uses no pages for a PDF that has failed', async () => {
    const { deps, task } = setUp(3)
    task.allowance.take(1)

    await acceptInspected(deps, task, sampleTask({ state: 'failed', failureCode: 'ENGINE_DOWN' }))

    task.allowance.require(3)
  })
})
