import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FAILURES } from '../../../src/contract/failures.ts'
import { startTestApi } from '../../support/test-api.ts'

describe('createDocsRouter', () => {
  it('serves a page whose parts all come from here', async () => {
    await using api = await startTestApi()

    const page = await api.fetch('/docs')
    const html = await page.text()
    const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? '')
    const answers = await Promise.all(parts.map((part) => api.fetch(part)))

    assert.equal(/https?:|src="\/\//.test(html), false)
    assert.deepEqual(parts, [
      '/docs/swagger-ui.css',
      '/docs/swagger-ui-bundle.js',
      '/docs/initializer.js',
    ])
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [200, 200, 200],
    )
    const initializer = await answers[2]?.text()
    assert.equal(/https?:/.test(initializer ?? ''), false)
    assert.match(initializer ?? '', /validatorUrl: null/)
  })

  it('allows the page nothing from outside and no inline script', async () => {
    await using api = await startTestApi()

    const policy = (await api.fetch('/docs')).headers.get('content-security-policy') ?? ''

    assert.match(policy, /^default-src 'self';/)
    assert.equal(/script-src|https?:|\*/.test(policy), false)
  })

  it('explains every failure code under its own heading', async () => {
    await using api = await startTestApi()

    const html = await (await api.fetch('/errors')).text()

    for (const code of Object.keys(FAILURES)) assert.ok(html.includes(`<h2 id="${code}">`), code)
  })
})
