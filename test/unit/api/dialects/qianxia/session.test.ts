import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, it, mock } from 'node:test'
import {
  isTaskOf,
  readCaller,
  type SessionDeps,
} from '../../../../../src/api/dialects/qianxia/session.ts'
import { Secret } from '../../../../../src/platform/secret.ts'
import { accountKey } from '../../../../../src/storage/object-keys.ts'
import { testApiConfig } from '../../../../support/api-config.ts'
import { sampleTask } from '../../../../support/qianxia-sockets.ts'
import { startAccountsApi, type AccountsApi } from '../../../../support/qianxia-accounts.ts'

const NOT_LOGGED_IN = [401, { detail: '未登录' }]
const CURRENT = '/pwd/api/user/current'

describe('the session', () => {
  // One for all: hashing passwords is slow, and is meant to be.
  let api: AccountsApi
  let adminCookie: string
  let userCookie: string
  before(async () => {
    const { qianxia } = testApiConfig()
    api = await startAccountsApi({ api: { qianxia: { ...qianxia, userPages: 7 } } })
    adminCookie = await api.join('zhang')
    userCookie = await api.join('wangwu')
  })
  after(() => api[Symbol.asyncDispose]())

  it('tells the user and his quota', async () => {
    const adminQuota = { total_pages: 1_000_000, used_pages: 0, remaining_pages: 1_000_000 }

    const [status, body] = await api.get(CURRENT, adminCookie)

    assert.equal(status, 200)
    assert.deepEqual(body, {
      status: 'success',
      data: {
        user_id: body.data.user_id,
        username: 'zhang',
        is_admin: true,
        quota: adminQuota,
      },
    })
    assert.deepEqual(await api.get('/pwd/api/user/quota', userCookie), [
      200,
      { status: 'success', data: { total_pages: 7, used_pages: 0, remaining_pages: 7 } },
    ])
  })

  it('is found among other cookies', async () => {
    assert.equal((await api.get(CURRENT, `a=b; ${userCookie}; ocr_sessionx=1`))[0], 200)
  })

  it('is none with a cookie that is not ours', async () => {
    const [content = '', signature = ''] = tokenOf(userCookie)
    const [other = ''] = tokenOf(adminCookie)
    const forged = [
      '',
      '.',
      `${content}.`,
      `${content}.${'A'.repeat(43)}`,
      `${other}.${signature}`,
      `${content}.${signature}A`,
      `${content.slice(0, -2)}.${signature}`,
      'x'.repeat(5_000),
      '%00',
      `${content}.${createHmac('sha256', 'another').update(content).digest('base64url')}`,
    ]

    assert.deepEqual(await api.get(CURRENT), NOT_LOGGED_IN)
    assert.deepEqual(await api.get('/pwd/api/user/quota'), NOT_LOGGED_IN)
    for (const token of forged)
      assert.deepEqual(await api.get(CURRENT, `ocr_session=${token}`), NOT_LOGGED_IN, token)
  })

  it('ends after 30 days', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 30 * 24 * 3_600_000 + 1_000 })
    try {
      assert.deepEqual(await callerOf(api, userCookie), { owner: null, user: null })
    } finally {
      mock.timers.reset()
    }
    assert.equal((await callerOf(api, userCookie)).user?.username, 'wangwu')
  })

  it('is given back on logout', async () => {
    const response = await api.fetch('/pwd/api/auth/logout', {
      method: 'POST',
      headers: { cookie: userCookie },
    })

    assert.deepEqual(await response.json(), { status: 'success', message: '已登出' })
    assert.match(
      response.headers.getSetCookie()[0] ?? '',
      /^ocr_session=; Path=\/; Expires=Thu, 01 Jan 1970/,
    )
  })

  it('makes its user the owner of his tasks, and of no others', async () => {
    const caller = await callerOf(api, userCookie)
    const nobody = await callerOf(api, '')

    assert.match(caller.owner ?? '', /^qianxia:[0-9a-f-]{36}$/)
    assert.equal(isTaskOf(caller, sampleTask({ owner: caller.owner })), true)
    assert.equal(isTaskOf(caller, sampleTask({ owner: null })), false)
    assert.equal(isTaskOf(nobody, sampleTask({ owner: null })), true)
    assert.equal(isTaskOf(nobody, sampleTask({ owner: caller.owner })), false)
    assert.equal(isTaskOf(nobody, sampleTask({ dialect: 'v1', owner: null })), false)
  })

  it('ends with its account, also when another takes the name', async () => {
    const cookie = await api.join('lisi')

    await api.store.delete(accountKey('lisi'))
    assert.deepEqual(await api.get(CURRENT, cookie), NOT_LOGGED_IN)
    await api.join('lisi')
    assert.deepEqual(await api.get(CURRENT, cookie), NOT_LOGGED_IN)
  })
})

function tokenOf(cookie: string): string[] {
  return cookie.slice('ocr_session='.length).split('.')
}

function callerOf(api: AccountsApi, cookie: string) {
  const deps: SessionDeps = {
    // Only whether login is required is looked at, and not by `readCaller`.
    config: { api: testApiConfig() } as SessionDeps['config'],
    owner: null,
    signingSecret: new Secret('a secret of at least 32 characters'),
    store: api.store,
  }
  return readCaller({ headers: { cookie } }, deps)
}
