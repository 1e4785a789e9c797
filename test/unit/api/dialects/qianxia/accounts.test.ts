import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseUsername, readAccount } from '../../../../../src/api/dialects/qianxia/accounts.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { accountKey } from '../../../../../src/storage/object-keys.ts'
import { readJson as readStored } from '../../../../../src/storage/read-blob.ts'
import {
  cookieOf,
  logIn,
  PASSWORD,
  startAccountsApi,
} from '../../../../support/qianxia-accounts.ts'

const REGISTER = '/api/auth/register'

describe('parseUsername', () => {
  it('takes 3 to 20 characters of any script', () => {
    for (const name of ['张三丰', '𠮷'.repeat(20), '../../x', '__proto__'])
      assert.equal(parseUsername(name), name)
    assert.equal(parseUsername(' ＺＨＡＮＧ '), 'ZHANG')
  })
})

describe('POST /api/auth/register', () => {
  it('creates an account, whose password is stored as a hash', async () => {
    await using api = await startAccountsApi()

    const [status, body] = await api.post(REGISTER, {
      username: '  Zhang三 ',
      password: PASSWORD,
      token: 'ignored',
    })

    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body), ['status', 'message', 'user_id'])
    assert.deepEqual([body.status, body.message], ['success', '注册成功'])
    const stored = await readStored<Record<string, unknown>>(api.store, accountKey('zhang三'))
    assert.partialDeepStrictEqual(stored, {
      userId: body.user_id,
      username: 'Zhang三',
      password: { algorithm: 'scrypt', cost: 32_768, blockSize: 8, parallelization: 3 },
    })
    assert.ok(!JSON.stringify(stored).includes(PASSWORD))
  })

  it('refuses with the documented texts', async () => {
    await using api = await startAccountsApi()
    const refused = async (username: unknown, password: unknown) => {
      const [status, body] = await api.post(REGISTER, { username, password })
      return [status, body.detail]
    }

    for (const empty of ['', '   ', null, undefined])
      assert.deepEqual(await refused(empty, PASSWORD), [400, '用户名和密码不能为空'])
    assert.deepEqual(await refused('zhang', ''), [400, '用户名和密码不能为空'])
    for (const name of ['ab', 'x'.repeat(21), '张三', '🙂🙂', '\uFDFA\uFDFA\uFDFA'])
      assert.deepEqual(await refused(name, PASSWORD), [400, '用户名长度应为3-20个字符'], name)
    for (const name of ['zh\u202Eang', 'zh\u0000ang'])
      assert.deepEqual(await refused(name, PASSWORD), [400, '用户名包含不允许的字符'])
    assert.deepEqual(await refused('zhang', '12345'), [400, '密码长度至少为6个字符'])
    assert.equal((await refused('zhang', { $ne: '' }))[0], 400)
  })

  it('gives a name once, whatever its case and width', async () => {
    await using api = await startAccountsApi()

    const answers = await Promise.all(
      ['Zhang', 'ＺＨＡＮＧ'].map((username) =>
        api.post(REGISTER, { username, password: PASSWORD }),
      ),
    )

    const [status, body] = answers.find(([answer]) => answer !== 200) ?? []
    assert.deepEqual([status, body], [400, { detail: '用户名已存在' }])
    assert.equal(answers.filter(([answer]) => answer === 200).length, 1)
  })

  it('makes one admin when several are first', async () => {
    await using api = await startAccountsApi()
    const names = ['zhang', 'wangwu']

    await Promise.all(names.map((username) => api.post(REGISTER, { username, password: PASSWORD })))

    const accounts = await Promise.all(names.map((name) => readAccount(api.store, name)))
    assert.equal(accounts.filter((account) => account?.isAdmin === true).length, 1)
    assert.equal(accounts.filter((account) => account?.isAdmin === false).length, 1)
  })
})

describe('POST /api/auth/login', () => {
  it('sets the cookie, marked as secure where the public address is', async () => {
    await using api = await startAccountsApi({ api: { publicUrl: 'https://ocr.example' } })
    const [, registered] = await api.post(REGISTER, { username: 'Zhang', password: PASSWORD })

    const response = await logIn(api, 'zhang')

    assert.deepEqual(await response.json(), {
      status: 'success',
      message: '登录成功',
      data: { user_id: registered.user_id, username: 'Zhang', is_admin: true },
    })
    const [cookie] = response.headers.getSetCookie()
    assert.match(
      cookie ?? '',
      /^ocr_session=[\w-]+\.[\w-]{43}; Max-Age=2592000; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  it('does not tell a wrong name from a wrong password', async () => {
    await using api = await startAccountsApi()
    await api.post(REGISTER, { username: 'zhang', password: PASSWORD })

    for (const [name, password] of [
      ['zhang', `${PASSWORD} `],
      ['wangwu', PASSWORD],
      ['x', PASSWORD],
    ] as const) {
      const response = await logIn(api, name, password)
      assert.equal(response.status, 401)
      assert.deepEqual(await response.json(), { detail: '用户名或密码错误' })
      assert.equal(cookieOf(response), '')
    }
    assert.deepEqual(await api.post('/api/auth/login', { username: 'zhang' }), [
      400,
      { detail: '用户名和密码不能为空' },
    ])
  })

  it('may fail ten times a minute, and is then refused unseen', async () => {
    await using api = await startAccountsApi()
    await api.post(REGISTER, { username: 'zhang', password: PASSWORD })
    for (let n = 0; n < 10; n++) assert.equal((await logIn(api, 'zhang', `guess-${n}`)).status, 401)

    for (const password of ['guess-10', PASSWORD]) {
      const response = await logIn(api, 'zhang', password)

      assert.equal(response.status, 429)
      assert.deepEqual(await response.json(), { detail: '请求过于频繁' })
      const seconds = Number(response.headers.get('retry-after'))
      assert.ok(seconds >= 1 && seconds <= 60, `${seconds}`)
    }
  })

  it('is unavailable, not wrong, when the store is down', async () => {
    await using api = await startAccountsApi()
    api.store.get = async () => {
      throw new OcrError('STORAGE_UNAVAILABLE', 'Cannot read an object')
    }

    const response = await logIn(api, 'zhang')

    assert.equal(response.status, 503)
    assert.ok(Number(response.headers.get('retry-after')) > 0)
  })
})
