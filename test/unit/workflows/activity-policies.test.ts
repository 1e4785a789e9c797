import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { msToNumber } from '@temporalio/common/lib/time.js'
import * as policies from '../../../src/workflows/activity-policies.ts'

/** Of strangers' receivers: they wait for hours, and the courier of an event says for how long in all. */
const OF_WEBHOOKS = ['documentEnd', 'webhook']
const all = Object.entries(policies).filter(([, policy]) => typeof policy === 'object')
const named = all.filter(([name]) => !OF_WEBHOOKS.includes(name))

describe('activity policies', () => {
  for (const [name, policy] of named)
    it(`${name} has readable durations, names its cancellation type and counts nothing itself`, () => {
      assert.ok(typeof policy === 'object')
      assert.equal(policy.cancellationType, 'TRY_CANCEL')
      assert.equal(policy.retry?.maximumAttempts, undefined)
      const heartbeatMs = msToNumber(policy.heartbeatTimeout ?? 'missing')
      const attemptMs = msToNumber(policy.startToCloseTimeout ?? 'missing')
      const totalMs = msToNumber(policy.scheduleToCloseTimeout ?? 'missing')
      assert.ok(heartbeatMs >= 10_000 && heartbeatMs <= 15_000)
      assert.ok(attemptMs > heartbeatMs && totalMs > attemptMs)
      assert.ok(msToNumber(policy.retry?.initialInterval ?? 'missing') === 1_000)
      assert.ok(msToNumber(policy.retry?.maximumInterval ?? 'missing') === 30_000)
    })

  for (const [name, policy] of all)
    it(`${name} ends a try in time, and counts none itself`, () => {
      assert.ok(typeof policy === 'object')
      // Left out, SDK 1.24.0 would not do what its comment says.
      assert.ok(policy.cancellationType)
      assert.equal(policy.retry?.maximumAttempts, undefined)
      assert.ok(msToNumber(policy.startToCloseTimeout ?? 'missing') > 0)
    })

  it('puts short documents ahead of long ones and both behind the short steps', () => {
    assert.equal(policies.pagePriority(5, {}).priorityKey, 2)
    assert.equal(policies.pagePriority(6, {}).priorityKey, 4)
    assert.equal(policies.assemble.priority?.priorityKey, 1)
  })

  it('lets the sweep wait behind every page', () => {
    assert.equal(policies.sweep.priority?.priorityKey, 5)
  })

  it('lets documents of a submitter take turns with those of others, and keeps their priority', () => {
    const fairness = policies.fairnessOf({ fairnessKey: 'key:1' })

    assert.deepEqual(policies.pagePriority(900, fairness), { priorityKey: 4, fairnessKey: 'key:1' })
    assert.deepEqual(policies.inTurn(policies.inspect, fairness), {
      ...policies.inspect,
      priority: { priorityKey: 1, fairnessKey: 'key:1' },
    })
    assert.deepEqual(policies.inTurn(policies.inspect, {}), policies.inspect)
  })
})
