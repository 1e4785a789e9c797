import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readTask } from '../../../../../web/src/api/qianxia/read-task.ts'

describe('a task of Qianxia', () => {
  it('that nobody can work on says so', () => {
    const waiting = readTask({ id: 'a', status: 'pending', queued_reason: 'NO_WORKER' })
    const running = readTask({ id: 'a', status: 'processing' })

    assert.equal(waiting?.queuedReason, 'NO_WORKER')
    assert.equal(running?.queuedReason, null)
  })
})
