import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { logIn, startAccountsApi } from '../../../../support/qianxia-accounts.ts'

describe('many logins at once', () => {
  it('are refused beyond what can be hashed in a while, and hold up nobody else', async () => {
    await using api = await startAccountsApi()
    const cookie = await api.join('zhang')

    let pending = 30
    const logins = Array.from({ length: pending }, async () => {
      const { status, headers } = await logIn(api, 'nobody')
      pending -= 1
      return { status, retryAfterSeconds: Number(headers.get('retry-after')) }
    })
    // Reads the store, on the threads that hash.
    const [status] = await api.get('/pwd/api/user/current', cookie)
    const pendingThen = pending
    const answers = await Promise.all(logins)

    assert.equal(status, 200)
    assert.ok(pendingThen > 0, 'a request waited for all logins')
    const refused = answers.filter((answer) => answer.status === 429)
    assert.ok(refused.length > 0)
    assert.ok(refused.every(({ retryAfterSeconds }) => retryAfterSeconds > 0))
    const wrong = answers.filter((answer) => answer.status === 401)
    assert.ok(wrong.length >= 18)
    assert.equal(wrong.length + refused.length, 30)
  })
})
