import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createApp } from '../../../../src/api/app.ts'
import type { AppDeps } from '../../../../src/api/app-deps.ts'
import { Secret } from '../../../../src/platform/secret.ts'
import { BUILT_SCRIPT } from '../../../support/built-page.ts'
import { startQianxiaApi } from '../../../support/qianxia-api.ts'
import { rawRequest } from '../../../support/raw-request.ts'
import { startTestApi } from '../../../support/test-api.ts'

const BROWSER = { headers: { accept: 'text/html,*/*;q=0.8' } }

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
  "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify"

/** The application where nobody has built the page. */
const withoutPage = (deps: AppDeps) =>
  createApp({
    ...deps,
    pageFiles: () => ({ html: null, assets: deps.pageFiles().assets }),
  })

describe('the page of the main port', () => {
  it('is sent to browsers under the policy that lets nothing leave the origin', async () => {
    await using api = await startTestApi({ api: { title: '<b>Scans & more</b>' } })

    const response = await api.fetch('/', BROWSER)
    const html = await response.text()

    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-security-policy'), POLICY)
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer')
    assert.equal(response.headers.get('cache-control'), 'no-cache')
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.match(response.headers.get('vary') ?? '', /Accept/)
    assert.match(html, /data-root="" data-api="v1" data-title="&lt;b&gt;Scans &amp; more/)
    assert.match(html, /href="\/static\/favicon.svg"/)
  })

  it('loads its files by names that are known, and by no others', async () => {
    await using api = await startTestApi()

    const script = await api.fetch(`/static/${BUILT_SCRIPT}`)
    assert.equal(script.status, 200)
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8')
    assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    const etag = script.headers.get('etag') ?? ''
    const again = { headers: { 'if-none-match': etag, 'accept-encoding': 'gzip' } }
    assert.equal((await rawRequest(`${api.url}/static/${BUILT_SCRIPT}`, again)).status, 304)
    for (const path of [
      '/static/',
      '/static/index.html',
      '/static/sources.sha256',
      '/static/..%2findex.html',
      '/static/../index.html',
      '/static/%2e%2e%2f%2e%2e%2fpackage.json',
      '/static/..%5c..%5cpackage.json',
      '/static//etc/passwd',
      '/static/%00',
      '/static/constructor',
      '/static/__proto__',
    ])
      assert.equal((await rawRequest(api.url + path)).status, 404, path)
  })

  it('sends text gzipped to whoever takes it, and says that there are two of it', async () => {
    await using api = await startTestApi()
    const ask = async (path: string, encoding: string) => {
      const url = api.url + path
      const response = await rawRequest(url, { headers: { 'accept-encoding': encoding } })
      return {
        ...response.headers,
        encoding: response.headers['content-encoding'],
        length: Number(response.headers['content-length']),
      }
    }

    const plain = await ask('/static/account.css', 'identity')
    const gzipped = await ask('/static/account.css', 'gzip, deflate, br')
    const refused = await ask('/static/account.css', 'gzip;q=0')
    const sample = await ask('/static/sample.pdf', 'gzip')

    assert.deepEqual(
      [plain.encoding, refused.encoding, sample.encoding],
      [undefined, undefined, undefined],
    )
    assert.equal(gzipped.encoding, 'gzip')
    assert.equal(gzipped['content-type'], plain['content-type'])
    for (const { vary } of [plain, gzipped]) assert.match(vary ?? '', /Accept-Encoding/)
    assert.ok(gzipped.length < plain.length * 0.7, `${gzipped.length} of ${plain.length} bytes`)
    assert.notEqual(gzipped.etag, plain.etag)
    // Asks for gzip, and takes it apart.
    const unpacked = await (await api.fetch('/static/account.css')).bytes()
    assert.equal(unpacked.length, plain.length)
  })

  it('says so in one sentence where it was not built, and everything else works', async () => {
    await using api = await startTestApi({ createApp: withoutPage })

    const page = await api.fetch('/', BROWSER)
    const ours = await api.fetch('/v1/config')
    const home = await api.fetch('/qianxia/pwd')
    const login = await api.fetch('/login')

    assert.equal(page.status, 503)
    assert.match(await page.text(), /^The web page has not been built: run "npm run build"\./)
    assert.deepEqual([ours.status, home.status, login.status], [200, 503, 200])
    assert.equal((await api.fetch('/')).headers.get('content-type')?.includes('json'), true)
  })
})

describe('the page below the path password', () => {
  it('calls Qianxia in Chinese, with its title and icon', async () => {
    await using api = await startQianxiaApi()

    for (const [path, root] of [
      ['/qianxia/pwd', '/qianxia'],
      ['/qianxia/pwd/', '/qianxia'],
      ['/pwd', ''],
    ] as const) {
      const response = await api.fetch(path)
      const html = await response.text()
      assert.equal(response.headers.get('content-security-policy'), POLICY)
      assert.ok(html.includes(`<html lang="zh-CN" data-root="${root}" data-api="qianxia"`), path)
      assert.ok(html.includes('<title>呱呱的oai图转文</title>'))
      assert.ok(html.includes(`href="${root}/static/favicon.ico"`))
      assert.ok(html.includes(`src="${root}/static/${BUILT_SCRIPT}"`))
      assert.equal((await api.fetch(`${root}/static/${BUILT_SCRIPT}`)).status, 200)
    }
  })

  for (const backUrl of ['https://back.example.com/x', 'https://back.example.com/x/%E5%AF%86%201'])
    it(`may call ${backUrl}, which tells no password`, async () => {
      const password = '密 1'
      await using api = await startQianxiaApi({
        qianxia: {
          password: new Secret(password),
          backUrl,
          faviconUrl: 'https://cdn.example.com/i.png',
        },
      })
      const path = `/qianxia/${encodeURIComponent(password)}`

      const response = await api.fetch(path)
      const html = await response.text()
      const policy = response.headers.get('content-security-policy') ?? ''

      assert.match(html, /data-back-url="https:\/\/back.example.com\/x"/)
      assert.match(
        policy,
        /connect-src 'self' https:\/\/back.example.com wss:\/\/back.example.com;/,
      )
      assert.match(policy, /img-src 'self' data: blob: https:\/\/cdn.example.com;/)
      for (const shape of [password, encodeURIComponent(password)])
        assert.equal(html.includes(shape) || policy.includes(shape), false)
    })

  it('is let call across origins where BACK_URL has it do so, without cookies', async () => {
    const backUrl = 'https://back.example.com'
    const asked = {
      method: 'OPTIONS',
      headers: { origin: 'https://ocr.example.com', 'access-control-request-method': 'DELETE' },
    }
    const originOf = (response: Response) => response.headers.get('access-control-allow-origin')

    await using plain = await startQianxiaApi()
    assert.equal(originOf(await plain.fetch('/qianxia/pwd/api/tasks')), null)
    await using any = await startQianxiaApi({ qianxia: { backUrl } })
    assert.equal(originOf(await any.fetch('/qianxia/pwd/api/tasks')), '*')
    assert.equal(originOf(await any.fetch('/qianxia/wrong/api/tasks')), null)
    const publicUrl = 'https://ocr.example.com'
    await using api = await startQianxiaApi({ qianxia: { backUrl }, api: { publicUrl } })
    const preflight = await api.fetch('/qianxia/pwd/api/tasks/x', asked)
    assert.deepEqual([preflight.status, originOf(preflight)], [204, publicUrl])
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET, POST, DELETE')
    assert.equal(preflight.headers.get('access-control-allow-credentials'), null)
    const refused = await api.fetch('/qianxia/pwd/api/tasks/x')
    assert.deepEqual([refused.status, originOf(refused)], [404, publicUrl])
    await using open = await startQianxiaApi({ qianxia: { backUrl, password: new Secret('') } })
    assert.equal(originOf(await open.fetch('/api/tasks')), null)
  })
})
