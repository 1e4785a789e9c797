import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALICE, BOB, KEYED_ACCESS, OPEN_ACCESS } from '../support/api-keys.ts'
import { testApiConfig } from '../support/api-config.ts'
import { compatApp } from '../support/compat-app.ts'
import { sampleDocumentId } from '../support/document-status.ts'
import {
  askForOwned,
  CANARY,
  documentedRoutes,
  layOwnedDocuments,
  type DocumentedRoute,
} from '../support/owned-documents.ts'
import { join } from '../support/qianxia-api.ts'
import { readJson } from '../support/read-json.ts'
import { Secret } from '../../src/platform/secret.ts'
import { fileForm, startTestApi } from '../support/test-api.ts'

/** What anybody may ask for where keys are needed; everything else wants one. */
const OPEN = [
  /^(?:GET|POST|DELETE) \/v1\/session$/,
  /^GET \/files\/\{key\}$/,
  /^GET (?:\/qianxia)?\/(?:livez|readyz|version|healthz|login|register|static\/\{file\})?$/,
  /^GET (?:\/dots|\/deepseek|\/qianxia)?\/health$/,
  /^GET (?:\/deepseek\/|(?:\/qianxia)?\/\{password\})$/,
  /^POST (?:\/qianxia)?\/api\/auth\/login$/,
]

const MOUNTS = [
  { prefixes: true, roots: false },
  { prefixes: false, roots: true },
] as const

const titleOf = ({ method, path }: DocumentedRoute): string => `${method} ${path}`
const isOpen = (route: DocumentedRoute): boolean =>
  OPEN.some((pattern) => pattern.test(titleOf(route)))

for (const mounts of MOUNTS)
  describe(`every route ${mounts.prefixes ? 'below the prefixes' : 'at the roots'}, with keys`, () => {
    it('wants a key unless it is open', async () => {
      await using api = await startTestApi({ api: { access: KEYED_ACCESS, mounts } })
      const saved = await layOwnedDocuments(api)
      const before = JSON.stringify([...api.gateway.documents])

      const routes = await documentedRoutes(api)

      for (const route of routes) {
        const { status, body } = await askForOwned(api, route, { headers: {}, saved })
        // A wrong name is answered with 401 there.
        if (route.path.endsWith('/auth/login')) continue
        assert.equal(status === 401, !isOpen(route), `${titleOf(route)}: ${status}`)
        assert.ok(!body.includes(CANARY), titleOf(route))
      }
      assert.ok(routes.filter((route) => !isOpen(route)).length > 40)
      assert.equal(JSON.stringify([...api.gateway.documents]), before)
    })

    it('hides what belongs to another key, and leaves it alone', async () => {
      await using api = await startTestApi({ api: { access: KEYED_ACCESS, mounts } })
      const saved = await layOwnedDocuments(api)
      const before = JSON.stringify([...api.gateway.documents])

      for (const route of await documentedRoutes(api)) {
        const { status, body } = await askForOwned(api, route, { headers: BOB.headers, saved })

        assert.ok(!body.includes(CANARY), titleOf(route))
        if (/\{(?:id|task_id|filename)\}/.test(route.path))
          assert.equal(status, 404, `${titleOf(route)}: ${body}`)
        // Quotas are of users, and a key is none.
        assert.equal(status === 401, /\/user\//.test(route.path), titleOf(route))
        assert.notEqual(status, 403, titleOf(route))
      }
      assert.equal(JSON.stringify([...api.gateway.documents]), before)
      assert.deepEqual(api.gateway.redelivered, [])
    })

    it('shows it to who owns it', async () => {
      await using api = await startTestApi({ api: { access: KEYED_ACCESS, mounts } })
      const saved = await layOwnedDocuments(api)

      for (const route of await documentedRoutes(api)) {
        const isNamed = /\{(?:id|task_id|filename)\}|ocrdoc\/result$|\/documents$|\/tasks$/.test(
          route.path,
        )
        // No page of a sample has a picture.
        if (route.method !== 'GET' || !isNamed || route.path.includes('/images/')) continue
        const mine = await askForOwned(api, route, { headers: ALICE.headers, saved })
        const others = await askForOwned(api, route, { headers: BOB.headers, saved })

        assert.notDeepEqual(mine, others, titleOf(route))
      }
    })
  })

describe('a key', () => {
  it('owns what is submitted with it, in every dialect', async () => {
    await using api = await startTestApi({ api: { access: KEYED_ACCESS } })
    const submits = [
      '/v1/documents',
      '/api/upload',
      '/qianxia/pwd/api/tasks/pdf',
      '/pyocr/api/llm/upload',
    ]

    for (const path of submits) {
      const init = { method: 'POST', headers: BOB.headers, body: fileForm() }
      const response = await api.fetch(path, init)
      assert.ok(response.status < 300, `${path}: ${response.status} ${await response.text()}`)
    }

    assert.deepEqual(
      api.gateway.submissions.map(({ owner }) => owner),
      submits.map(() => BOB.owner),
    )
  })

  it('is wanted on the documented ports too', async () => {
    const id = sampleDocumentId(5)
    for (const [port, path] of [
      [5000, `/api/status/${id}`],
      [8031, '/cleanup'],
      [54_188, `/pwd/api/tasks/${sampleDocumentId(6)}`],
    ] as const) {
      await using api = await startTestApi({
        api: { access: KEYED_ACCESS },
        createApp: compatApp(port),
      })
      await layOwnedDocuments(api)
      const ask = async (headers: Record<string, string>) =>
        (await api.fetch(path, { method: path === '/cleanup' ? 'POST' : 'GET', headers })).status

      assert.equal(await ask({}), 401, path)
      if (path !== '/cleanup')
        assert.deepEqual([await ask(BOB.headers), await ask(ALICE.headers)], [404, 200], path)
    }
  })
})

describe('a session of Qianxia', () => {
  it('is as good as a key for its own routes, and for no others', async () => {
    await using api = await startTestApi({ api: { access: KEYED_ACCESS } })
    const { cookie, owner } = await join(api, 'zhang')
    const ask = async (path: string) => (await api.fetch(path, { headers: { cookie } })).status

    assert.equal(await ask('/qianxia/pwd/api/tasks'), 200)
    assert.equal(await ask('/pwd/api/tasks'), 200)
    assert.equal(api.gateway.listQueries.at(-1)?.owner, owner)
    for (const path of ['/v1/documents', `/api/status/${sampleDocumentId()}`, '/v1/config'])
      assert.equal(await ask(path), 401, path)
  })

  it('is no way in for a stranger, who cannot register', async () => {
    await using api = await startTestApi({ api: { access: KEYED_ACCESS } })
    const account = JSON.stringify({ username: 'stranger', password: 'secret-1' })
    const post = async (path: string, headers: Record<string, string> = {}) => {
      const all = { 'content-type': 'application/json', ...headers }
      return (await api.fetch(path, { method: 'POST', headers: all, body: account })).status
    }

    for (const root of ['', '/qianxia']) {
      assert.equal(await post(`${root}/api/auth/register`), 401)
      assert.equal(await post(`${root}/api/auth/register`, { 'x-api-key': 'wrong' }), 401)
      assert.equal(await post(`${root}/api/auth/login`), 401)
    }
    assert.equal((await api.store.list('accounts/')).blobs.length, 0)
    assert.equal(await post('/qianxia/api/auth/register', BOB.headers), 200)
    assert.equal(await post('/qianxia/api/auth/login'), 200)
  })

  it('is wanted where only Qianxia is on its port', async () => {
    const createApp = compatApp(54_188)
    await using api = await startTestApi({ api: { access: KEYED_ACCESS }, createApp })
    const body = JSON.stringify({ username: 'stranger', password: 'secret-1' })
    const headers = { 'content-type': 'application/json' }

    const response = await api.fetch('/api/auth/register', { method: 'POST', headers, body })

    assert.equal(response.status, 401)
  })

  it('names the user beside a key', async () => {
    await using api = await startTestApi({ api: { access: KEYED_ACCESS } })
    const { cookie, owner } = await join(api, 'zhang')
    const init = { method: 'POST', headers: { cookie, ...ALICE.headers }, body: fileForm() }

    await api.fetch('/qianxia/pwd/api/tasks/pdf', init)

    assert.equal(api.gateway.submissions[0]?.owner, owner)
  })
})

describe('a key of SCNet', () => {
  const RESULT = '/api/llm/v1/ocrdoc/result?taskId='
  const scnet = { ...testApiConfig().scnet, apiKeys: [new Secret('scnet-key')] }

  it('opens the dialect alone, with the tasks of all who have one', async () => {
    await using api = await startTestApi({ api: { access: KEYED_ACCESS, scnet } })
    await layOwnedDocuments(api)
    const ask = async (path: string, key: string) =>
      (await api.fetch(path, { headers: { authorization: `Bearer ${key}` } })).status

    const nobodys = RESULT + sampleDocumentId(2)
    assert.equal(await ask(nobodys, 'scnet-key'), 404)
    assert.equal(await ask(nobodys, ALICE.key), 200)
    assert.equal(await ask(nobodys, 'wrong'), 401)
    assert.equal(await ask('/v1/documents', 'scnet-key'), 401)
  })

  it('is not made up where keys are needed', async () => {
    await using api = await startTestApi({ api: { access: KEYED_ACCESS } })
    const headers = { authorization: 'Bearer anything' }

    const response = await api.fetch(RESULT + sampleDocumentId(2), { headers })

    assert.equal(response.status, 401)
    assert.ok((await readJson(response)).error.message)
  })

  it('may be any where none are', async () => {
    await using api = await startTestApi({ api: { access: OPEN_ACCESS } })
    const headers = { authorization: 'Bearer anything' }

    assert.equal((await api.fetch(RESULT + sampleDocumentId(2), { headers })).status, 404)
  })
})
