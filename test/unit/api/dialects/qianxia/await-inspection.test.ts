import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import type { AppDeps } from '../../../../../src/api/app-deps.ts'
import { awaitInspection } from '../../../../../src/api/dialects/qianxia/await-inspection.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { testApiConfig } from '../../../../support/api-config.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { createFakeGateway } from '../../../../support/fake-gateway.ts'
import { sampleTask } from '../../../../support/qianxia-api.ts'

const waiting = sampleTask({ state: 'queued', progress: INITIAL_PROGRESS, marks: null })
const nobody = { owner: null, user: null }

function setUp(userPages = 1_000_000) {
  const gateway = createFakeGateway([waiting])
  const { qianxia } = testApiConfig()
  const config = { api: testApiConfig({ qianxia: { ...qianxia, userPages } }) }
  // Nothing else is looked at.
  const deps = { gateway, config } as unknown as AppDeps
  const accepted = { documentId: sampleDocumentId(), sizeBytes: 1, isReplayed: false }
  const controller = new AbortController()
  return {
    gateway,
    deps,
    task: { ...accepted, caller: nobody, signal: controller.signal },
    controller,
  }
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
      const { gateway, deps, task } = setUp()

      const pages = awaitInspection(deps, task)
      await pass(3)
      gateway.documents.set(task.documentId, sampleTask())
      await pass(1)

      assert.equal(await pages, 4)
    } finally {
      mock.timers.reset()
    }
  })

  it('gives up after 10 s, and leaves the task', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    try {
      const { gateway, deps, task } = setUp()
      let isSettled = false

      const pages = awaitInspection(deps, task).finally(() => (isSettled = true))
      await pass(9)
      const wasSettled = isSettled
      await pass(2)

      assert.equal(wasSettled, false)
      assert.equal(await pages, null)
      assert.equal(gateway.documents.has(task.documentId), true)
    } finally {
      mock.timers.reset()
    }
  })

  it('stops looking when the client has left', async () => {
    const { deps, task, controller } = setUp()
    controller.abort()

    assert.equal(await awaitInspection(deps, task), null)
  })

  it('refuses a PDF that the caller has not the pages for, and removes its task', async () => {
    const { gateway, deps, task } = setUp(3)
    gateway.documents.set(task.documentId, sampleTask())
    const user = { userId: 'u', username: 'somebody', isAdmin: false }

    const pages = awaitInspection(deps, { ...task, caller: { owner: 'qianxia:u', user } })

    await assert.rejects(pages, { code: 'QUOTA_EXCEEDED' })
    assert.equal(gateway.documents.size, 0)
  })
})
