import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readJson } from '../../support/read-json.ts'
import { startTestApi } from '../../support/test-api.ts'

const VENDOR = join(import.meta.dirname, '../../../vendor/redoc')

describe('createApiReferenceRouter', () => {
  it('serves ReDoc from here, under a policy that lets nothing in', async () => {
    await using api = await startTestApi()

    const page = await api.fetch('/redoc')
    const html = await page.text()
    const script = await api.fetch('/redoc/redoc.standalone.js')

    assert.match(html, /<redoc spec-url="\/openapi\.json">/)
    assert.equal(/https?:|<script>|src="\/\//.test(html), false)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'self';/)
    assert.equal(/script-src|https?:|\*/.test(policy), false)
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8')
    assert.equal((await script.bytes()).length, 1_103_471)
  })
})

describe('a page of the reference, asked with a wrong method', () => {
  for (const path of ['/docs', '/redoc', '/openapi.json', '/docs/swagger-ui.css'])
    it(`is a 405 in the envelope of where it stands: ${path}`, async () => {
      await using api = await startTestApi()

      const own = await api.fetch(path, { method: 'POST' })
      const ofDialect = await api.fetch(`/deepseek${path}`, { method: 'DELETE' })

      assert.equal(own.status, 405)
      assert.equal(own.headers.get('allow'), 'GET, HEAD, OPTIONS')
      assert.equal((await readJson(own)).code, 'METHOD_NOT_ALLOWED')
      assert.equal(ofDialect.status, 405)
      assert.equal(ofDialect.headers.get('allow'), 'GET, HEAD, OPTIONS')
      assert.deepEqual(await readJson(ofDialect), { detail: 'Method Not Allowed' })
    })
})

describe('vendor/redoc', () => {
  it('is the file whose hash its README gives', () => {
    const bytes = readFileSync(join(VENDOR, 'redoc.standalone.js'))
    const readme = readFileSync(join(VENDOR, 'README.md'), 'utf8')

    const hash = createHash('sha256').update(bytes).digest('hex')

    assert.deepEqual(readme.match(/\b[0-9a-f]{64}\b/g), [hash])
  })
})
