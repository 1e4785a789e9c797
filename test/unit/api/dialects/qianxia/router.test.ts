import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCompatApp } from '../../../../../src/api/compat-apps.ts'
import { Secret } from '../../../../../src/platform/secret.ts'
import { readJson } from '../../../../support/read-json.ts'
import { join, sampleTask, startQianxiaApi } from '../../../../support/qianxia-api.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'

const PASSWORD = '通关 密语/1'

describe('the path password', () => {
  it('is matched decoded and exactly; a wrong one is a plain 404', async () => {
    await using api = await startQianxiaApi({ qianxia: { password: new Secret(PASSWORD) } })
    const encoded = encodeURIComponent(PASSWORD)

    const statusOf = async (path: string): Promise<number> => (await api.fetch(path)).status

    assert.equal(await statusOf(`/qianxia/${encoded}/api/tasks`), 200)
    assert.equal(await statusOf(`/${encoded}/api/tasks`), 200)
    assert.equal(await statusOf(`/qianxia/${encoded.toLowerCase()}/api/tasks`), 200)
    for (const wrong of ['x', `${encoded}x`, '%ff', '%25', '']) {
      const response = await api.fetch(`/qianxia/${wrong}/api/tasks`)
      assert.deepEqual(
        [wrong, response.status, await readJson(response)],
        [wrong, 404, { detail: 'Not Found' }],
      )
    }
  })

  it('is in no log line and on no page', async () => {
    const password = 'correct-horse-battery'
    await using api = await startQianxiaApi({ qianxia: { password: new Secret(password) } })

    const pages = []
    for (const path of ['/', '/login', '/register', `/${password}`, `/${password}/`])
      pages.push(await (await api.fetch(`/qianxia${path}`)).text())
    await api.call('/api/tasks')
    await api.call('/api/nothing')

    assert.equal(pages.join().includes(password), false)
    assert.ok(api.logLines.length > 0)
    assert.equal(api.logLines.join().includes(password), false)
  })

  it('may be empty: the paths stand at the root then, and the page at /main', async () => {
    await using api = await startQianxiaApi({
      documents: [sampleTask()],
      qianxia: { password: new Secret('') },
      createApp: (deps) => {
        const compat = createCompatApp(54_188, deps)
        if (compat === null) throw new Error('not served')
        return compat.app
      },
    })

    const task = await api.fetch(`/api/tasks/${sampleDocumentId()}/progress`)
    const page = await api.fetch('/main')
    const unknown = await api.fetch('/api/nothing')

    assert.equal(task.status, 200)
    assert.match(await page.text(), /data-root="" data-api="qianxia"/)
    assert.deepEqual(await readJson(unknown), { detail: 'Not Found' })
  })

  it('must be strong in production, or nothing is served', async () => {
    const passwords = ['pwd', 'password', '', '11-letters-', '12-letters--']
    const statuses = []
    for (const text of passwords) {
      const qianxia = { password: new Secret(text) }
      await using api = await startQianxiaApi({ production: true, qianxia })
      statuses.push((await api.fetch(`/qianxia/${text}/api/tasks`.replace('//', '/'))).status)
    }

    assert.deepEqual(statuses, [404, 404, 404, 404, 200])
  })
})

describe('the root of the dialect', () => {
  it('is healthy without a password while tasks can be taken', async () => {
    await using api = await startQianxiaApi()

    for (const path of ['/qianxia/health', '/qianxia/healthz', '/healthz']) {
      const response = await api.fetch(path)
      const body = await readJson(response)
      assert.equal(response.status, 200)
      assert.deepEqual(Object.keys(body), ['status', 'timestamp'])
      assert.equal(body.status, 'healthy')
      assert.match(body.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    }
  })

  it('is unhealthy when Temporal, the store, or the server itself goes', async () => {
    await using api = await startQianxiaApi()
    const ready = api.gateway.readinessAnswer
    const bodies = []

    api.gateway.readinessAnswer = { ...ready, temporal: false }
    const response = await api.fetch('/qianxia/health')
    bodies.push(await readJson(response))
    api.gateway.readinessAnswer = { ...ready, store: false }
    bodies.push(await readJson(await api.fetch('/qianxia/health')))
    api.gateway.readinessAnswer = ready
    api.stop()
    bodies.push(await readJson(await api.fetch('/qianxia/health')))

    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '5'])
    assert.deepEqual(bodies, [
      { status: 'unhealthy', reason: '任务系统无法连接' },
      { status: 'unhealthy', reason: '存储服务无法连接' },
      { status: 'unhealthy', reason: '服务正在停止' },
    ])
  })

  it('shows pages whose links stand below its prefix, and whose titles are inert', async () => {
    const qianxia = { title: '<script>alert(1)</script>', faviconUrl: '/static/favicon.ico' }
    await using api = await startQianxiaApi({ qianxia })

    const landing = await api.fetch('/qianxia/')
    const html = await landing.text()
    const login = await (await api.fetch('/login')).text()

    assert.equal(landing.status, 200)
    assert.match(landing.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(landing.headers.get('content-security-policy') ?? '', /script-src 'self'/)
    assert.match(html, /href="\/qianxia\/login"/)
    assert.match(html, /href="\/qianxia\/static\/favicon.ico"/)
    assert.equal(html.includes('<script>alert'), false)
    assert.match(login, /src="\/static\/account.js"/)
    assert.match(login, /href="\/static\/account.css"/)
  })

  it('serves what its pages load, and nothing else', async () => {
    await using api = await startQianxiaApi()

    const types = []
    for (const file of ['account.css', 'account.js', 'favicon.ico', 'sample.pdf'])
      types.push((await api.fetch(`/qianxia/static/${file}`)).headers.get('content-type'))
    const unknown = await api.fetch('/qianxia/static/..%2frouter.ts')

    assert.deepEqual(types, [
      'text/css; charset=utf-8',
      'text/javascript; charset=utf-8',
      'image/svg+xml; charset=utf-8',
      'application/pdf',
    ])
    assert.equal(unknown.status, 404)
  })

  it('tells the password to the admin alone, and not to whoever registers', async () => {
    const qianxia = { password: new Secret('correct-horse-battery') }
    await using api = await startQianxiaApi({ qianxia })
    const admin = await join(api, 'somebody')
    const stranger = await join(api, 'stranger')

    const led = await api.fetch('/qianxia/', { headers: { cookie: admin.cookie } })
    const others = []
    for (const cookie of ['', stranger.cookie])
      others.push(await api.fetch('/qianxia/', { headers: { cookie } }))

    const home = '/qianxia/correct-horse-battery'
    assert.deepEqual([led.status, led.headers.get('location')], [302, home])
    for (const response of others) {
      assert.deepEqual([response.status, response.headers.get('location')], [200, null])
      assert.equal((await response.text()).includes('correct-horse-battery'), false)
    }
  })

  it('leads everybody with a session to the tasks where there is no password to tell', async () => {
    await using api = await startQianxiaApi({ qianxia: { password: new Secret('') } })
    await join(api, 'somebody')
    const { cookie } = await join(api, 'another')

    const response = await api.fetch('/qianxia/', { headers: { cookie } })

    assert.deepEqual([response.status, response.headers.get('location')], [302, '/qianxia/main'])
  })
})

describe('with login required', () => {
  it('nothing of a task is answered without a session', async () => {
    await using api = await startQianxiaApi({ qianxia: { requiresLogin: true } })
    const id = sampleDocumentId()
    const paths: [string, string][] = [
      ['POST', '/process/image'],
      ['POST', '/api/async/batch'],
      ['GET', '/api/tasks'],
      ['GET', `/api/tasks/${id}`],
      ['GET', `/api/tasks/${id}/export`],
      ['DELETE', `/api/tasks/${id}`],
      ['POST', '/api/tasks/batch/status'],
      ['POST', '/api/auth/logout'],
      ['GET', '/api/system/stats'],
      ['GET', '/api/system/health'],
      ['GET', '/api/system/metrics'],
    ]

    for (const [method, path] of paths) {
      const { status, body } = await api.call(path, { method })
      assert.deepEqual([path, status, body], [path, 401, { detail: '未登录' }])
    }
    const page = await api.fetch('/qianxia/pwd')
    assert.deepEqual([page.status, page.headers.get('location')], [302, '/qianxia/login'])
  })

  it('a caller with a session sees his own tasks only', async () => {
    await using api = await startQianxiaApi({ qianxia: { requiresLogin: true } })
    const { cookie } = await join(api, 'somebody')
    const headers = { cookie }
    const user = (await api.call('/api/user/current', { headers })).body.data
    const [mine, others] = [sampleDocumentId(1), sampleDocumentId(2)]
    const own = sampleTask({ documentId: mine, owner: `qianxia:${user.user_id}` })
    api.gateway.documents.set(mine, own)
    api.gateway.documents.set(others, sampleTask({ documentId: others }))

    const found = await api.call(`/api/tasks/${mine}`, { headers })
    const unknown = await api.call(`/api/tasks/${others}`, { headers })
    await api.call('/api/tasks', { headers })

    assert.equal(found.body.data.user_id, user.user_id)
    assert.deepEqual([unknown.status, unknown.body], [404, { detail: '任务不存在' }])
    assert.equal(api.gateway.listQueries[0]?.owner, `qianxia:${user.user_id}`)
  })
})
