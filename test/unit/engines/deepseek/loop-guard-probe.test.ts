import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LoopGuardProof } from '../../../../src/engines/deepseek/loop-guard-probe.ts'
import { failureOf } from '../../../support/failure-of.ts'
import { scriptedTransport, type ScriptedAnswer } from '../../../support/scripted-transport.ts'

const server = { baseUrl: 'http://127.0.0.1:1/v1', apiKey: null, model: 'model' }
const never = new AbortController().signal

function guardOf(...answers: ScriptedAnswer[]) {
  const transport = scriptedTransport(...answers)
  const clock = { nowMs: 0 }
  return {
    guard: new LoopGuardProof(server, { transport, now: () => clock.nowMs }),
    sent: transport.sent,
    clock,
  }
}

describe('LoopGuardProof', () => {
  it('asks once, and again for a server that was started anew without the guard', async () => {
    const { guard, sent } = guardOf(400, 200)
    await guard.require(never)
    await guard.require(never)
    assert.equal(sent.length, 1)

    guard.forget()
    const failure = await failureOf(guard.require(never))

    assert.equal(failure.code, 'ENGINE_MISCONFIGURED')
  })

  it('does not ask a busy server again before the time that it said', async () => {
    const busy = new Response('{}', { status: 429, headers: { 'retry-after': '7' } })
    const { guard, sent, clock } = guardOf(busy, 400)
    const failure = await failureOf(guard.require(never))

    clock.nowMs = 6_999
    const again = await failureOf(guard.require(never))
    assert.deepEqual([failure.code, again.code], ['ENGINE_RATE_LIMITED', 'ENGINE_RATE_LIMITED'])
    assert.equal(sent.length, 1)
    clock.nowMs = failure.retryAfterMs ?? 0
    await guard.require(never)

    assert.equal(sent.length, 2)
  })
})
