import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAccount, type Account } from '../../../../../src/api/dialects/qianxia/accounts.ts'
import { MAX_SOCKETS } from '../../../../../src/api/dialects/qianxia/sockets.ts'
import { startSession, type CookieDeps } from '../../../../../src/api/dialects/qianxia/session.ts'
import { MAX_CONNECTIONS } from '../../../../../src/api/http/listen.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { Secret } from '../../../../../src/platform/secret.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { sampleTask, startSocketServer } from '../../../../support/qianxia-sockets.ts'
import { until } from '../../../../support/until.ts'

const ID = sampleDocumentId()

const subscribe = (taskId: string) => ({ type: 'subscribe_task', task_id: taskId })
const UNKNOWN_TASK = { type: 'error', message: '任务不存在' }

describe('an upgrade', () => {
  it('is taken at every documented path, and nowhere else', async () => {
    await using server = await startSocketServer()

    for (const path of ['/pwd/ws', '/qianxia/pwd/ws', '/%70wd/ws'])
      await server.connect(`${path}?client_id=a`)
    for (const path of ['/ws', '/pwD/ws', '/pwd/ws/', '/pwd/x', '/pwd/pwd/ws', '/%zz/ws', '/'])
      assert.equal(await server.refused(path), 404, path)
  })

  it('needs no path segment without a password', async () => {
    await using server = await startSocketServer({ qianxia: { password: new Secret('') } })

    await server.connect('/ws')
    await server.connect('/qianxia/ws')
    assert.equal(await server.refused('/pwd/ws'), 404)
  })

  it('of a page of another site is refused', async () => {
    await using server = await startSocketServer({ publicUrl: 'https://ocr.example' })
    const { port } = server
    const from = (origin: string) => ({ headers: { origin } })

    await server.connect('/pwd/ws', from(`http://127.0.0.1:${port}`))
    await server.connect('/pwd/ws', from('https://ocr.example'))
    for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${port + 1}`, 'x'])
      assert.equal(await server.refused('/pwd/ws', from(origin)), 403, origin)
  })

  it('needs a session where login is required', async () => {
    await using server = await startSocketServer({ qianxia: { requiresLogin: true } })

    assert.equal(await server.refused('/pwd/ws'), 401)
    const forged = { headers: { cookie: `ocr_session=WyJhIl0.${'A'.repeat(43)}` } }
    assert.equal(await server.refused('/pwd/ws', forged), 401)
  })

  it('with a session sees the tasks of its user, and no others', async () => {
    await using server = await startSocketServer({ qianxia: { requiresLogin: true } })
    const account = await createAccount(server.deps.store, { username: 'zhang', password: 'x' })
    assert.ok(account)
    const owner = `qianxia:${account.userId}`
    server.gateway.documents.set(ID, sampleTask({ owner }))
    const nobodys = sampleTask({ documentId: sampleDocumentId(1) })
    server.gateway.documents.set(nobodys.documentId, nobodys)

    const cookie = sessionCookie(server.deps, account)
    const client = await server.connect('/pwd/ws', { headers: { cookie } })

    assert.deepEqual(await client.ask(subscribe(ID)), { type: 'task_subscribed', task_id: ID })
    assert.deepEqual(await client.ask(subscribe(nobodys.documentId)), UNKNOWN_TASK)
  })

  it('is unavailable when the session cannot be looked up', async () => {
    await using server = await startSocketServer()
    const account = await createAccount(server.deps.store, { username: 'zhang', password: 'x' })
    assert.ok(account)
    server.deps.store.get = async () => {
      throw new OcrError('STORAGE_UNAVAILABLE', 'Cannot read an object')
    }

    const headers = { cookie: sessionCookie(server.deps, account) }
    assert.equal(await server.refused('/pwd/ws', { headers }), 503)
  })

  it('is not taken in production behind a weak password', async () => {
    await using server = await startSocketServer({ production: true })

    assert.equal(await server.refused('/pwd/ws'), 404)
  })

  it('is refused while as many are open as leave half of the connections to requests', async () => {
    await using server = await startSocketServer({ maxSockets: 2 })
    const first = await server.connect()
    await server.connect()

    assert.equal(await server.refused('/pwd/ws'), 503)
    first.socket.close()
    await until(() => server.sockets.stats().activeConnections === 1, 'one has gone')
    await server.connect()

    assert.equal(MAX_SOCKETS, MAX_CONNECTIONS / 2)
  })

  it('is refused once the server stops', async () => {
    await using server = await startSocketServer()
    await server.sockets[Symbol.asyncDispose]()

    assert.equal(await server.refused('/pwd/ws'), 503)
  })
})

/** The cookie that a login sets. */
function sessionCookie(deps: CookieDeps, account: Account): string {
  let cookie = ''
  const set = (name: string, value: string): void => {
    cookie = `${name}=${value}`
  }
  // All that is used of request and response.
  const exchange = { request: { secure: false }, response: { cookie: set } } as unknown
  startSession(deps, account, exchange as Parameters<typeof startSession>[2])
  return cookie
}
