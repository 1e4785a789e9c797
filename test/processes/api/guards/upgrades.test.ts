import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAccount } from '../../../../src/api/dialects/qianxia/accounts.ts'
import { startSession } from '../../../../src/api/dialects/qianxia/session.ts'
import { KeyRing } from '../../../../src/api/guards/key-ring.ts'
import { KEY_COOKIE, writeKeySession } from '../../../../src/api/guards/key-session.ts'
import { Secret } from '../../../../src/platform/secret.ts'
import { NO_LIMITS } from '../../../support/api-config.ts'
import { ALICE, BOB, KEYED_ACCESS, OPEN_ACCESS } from '../../../support/api-keys.ts'
import { sampleDocumentId, sampleStatus } from '../../../support/document-status.ts'
import { LIVE_SECRET, startLiveServer } from '../../../support/live-sockets.ts'
import { sampleTask, startSocketServer } from '../../../support/qianxia-sockets.ts'

const ID = sampleDocumentId()
const PATH = '/v1/live'
const api = { access: KEYED_ACCESS }

describe('a socket of /v1/live, with keys', () => {
  it('wants a key, or the cookie of the page', async () => {
    await using server = await startLiveServer({ api })
    const holder = new KeyRing([ALICE.setting]).named('alice')
    assert.ok(holder)
    const session = writeKeySession(new Secret(LIVE_SECRET), holder)
    const statusWith = (headers: Record<string, string>) => server.refused(PATH, { headers })

    assert.equal(await statusWith({}), 401)
    assert.equal(await statusWith({ authorization: 'Bearer wrong' }), 401)
    assert.equal(await statusWith({ cookie: `${KEY_COOKIE}=x${session}` }), 401)
    assert.equal(await statusWith(ALICE.headers), 101)
    assert.equal(await statusWith({ 'x-api-key': ALICE.key }), 101)
    assert.equal(await statusWith({ cookie: `${KEY_COOKIE}=${session}` }), 101)
  })

  it('is tried with ten wrong keys a minute', async () => {
    await using server = await startLiveServer({ api })
    const guess = () => server.refused(PATH, { headers: { authorization: 'Bearer wrong' } })

    for (let n = 0; n < 10; n++) assert.equal(await guess(), 401)

    assert.equal(await guess(), 429)
    assert.equal(await server.refused(PATH, { headers: ALICE.headers }), 101)
  })

  it('tells of the documents of its caller alone', async () => {
    const documents = [sampleStatus({ owner: ALICE.owner })]
    await using server = await startLiveServer({ api, documents })
    server.live.publish(ID, sampleStatus({ owner: ALICE.owner }))
    const alice = await server.connect({ headers: ALICE.headers })
    const bob = await server.connect({ headers: BOB.headers })

    alice.send({ follow: ID })
    bob.send({ follow: ID })

    assert.equal((await alice.told(1))[0]?.event, 'document')
    assert.equal((await bob.told(1))[0]?.event, 'unknown')
  })
})

describe('a socket', () => {
  it('is refused under a name that is not ours', async () => {
    await using live = await startLiveServer()
    await using qianxia = await startSocketServer()
    const headers = { host: 'evil.example' }

    assert.equal(await live.refused(PATH, { headers }), 421)
    assert.equal(await qianxia.refused('/pwd/ws', { headers }), 421)
  })

  it('is opened by pages of listed origins', async () => {
    const access = { ...OPEN_ACCESS, corsOrigins: ['https://app.example.com'] }
    await using live = await startLiveServer({ api: { access } })
    await using qianxia = await startSocketServer({ api: { access } })
    const from = (origin: string) => ({ headers: { origin } })

    for (const [origin, status] of [
      ['https://app.example.com', 101],
      ['http://app.example.com', 403],
      ['null', 403],
    ] as const) {
      assert.equal(await live.refused(PATH, from(origin)), status, origin)
      assert.equal(await qianxia.refused('/pwd/ws', from(origin)), status, origin)
    }
  })
})

describe('sockets that are opened too often within a minute', () => {
  const limited = { limits: { ...NO_LIMITS, requestsPerMinute: 2 } }

  it('are refused with 429 and the time to come back, and those of another caller are not', async () => {
    await using live = await startLiveServer({ api: { ...limited, ...api } })
    await using qianxia = await startSocketServer({ api: { ...limited, ...api } })
    for (const [server, path] of [
      [live, PATH],
      [qianxia, '/pwd/ws'],
    ] as const) {
      const { headers } = ALICE
      for (let n = 0; n < 2; n++) assert.equal(await server.refused(path, { headers }), 101)

      assert.equal(await server.refused(path, { headers }), 429)
      assert.equal(await server.refused(path, { headers: BOB.headers }), 101)
    }
  })
})

describe('a socket of Qianxia, with keys', () => {
  it('wants a key or a session', async () => {
    await using server = await startSocketServer({ api })
    const account = await createAccount(server.deps.store, { username: 'zhang', password: 'x' })
    assert.ok(account)
    const cookies: string[] = []
    // All that a session does with an answer.
    const response = { cookie: (name: string, value: string) => cookies.push(`${name}=${value}`) }
    const exchange = { request: { secure: false }, response } as unknown
    startSession(server.deps, account, exchange as Parameters<typeof startSession>[2])

    assert.equal(await server.refused('/pwd/ws'), 401)
    assert.equal(await server.refused('/pwd/ws', { headers: { 'x-api-key': 'wrong' } }), 401)
    assert.equal(await server.refused('/pwd/ws', { headers: ALICE.headers }), 101)
    assert.equal(await server.refused('/pwd/ws', { headers: { cookie: cookies[0] ?? '' } }), 101)
  })

  it('tells of the tasks of its caller alone', async () => {
    const documents = [sampleTask({ owner: ALICE.owner })]
    await using server = await startSocketServer({ api, documents })
    const subscribe = { type: 'subscribe_task', task_id: ID }
    const alice = await server.connect('/pwd/ws', { headers: ALICE.headers })
    const bob = await server.connect('/pwd/ws', { headers: BOB.headers })

    assert.partialDeepStrictEqual(await alice.ask(subscribe), { type: 'task_subscribed' })
    assert.partialDeepStrictEqual(await bob.ask(subscribe), { type: 'error' })
  })
})
