import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toPageHtml } from '../../../../src/api/page/page-html.ts'

const BUILT = `<html lang="en"><head><title>durable-ocr</title>
<link rel="icon" href="./favicon.svg" type="image/svg+xml" />
<script type="module" crossorigin src="./static/index-D4i85auQ.js"></script></head></html>`

const SETTINGS = { root: '/qianxia', api: 'qianxia', title: 'OCR', iconUrl: '/i.svg' } as const

describe('toPageHtml', () => {
  it('leads to what stands below the root, and says where and what the page is', () => {
    const html = toPageHtml(BUILT, { ...SETTINGS, language: 'zh-CN', backUrl: 'https://b.org' })

    assert.equal(
      html,
      `<html lang="zh-CN" data-root="/qianxia" data-api="qianxia" data-title="OCR" data-back-url="https://b.org"><head><title>OCR</title>
<link rel="icon" href="/i.svg" />
<script type="module" crossorigin src="/qianxia/static/index-D4i85auQ.js"></script></head></html>`,
    )
  })

  it('says that there is a path password, and not which: it may be "main"', () => {
    const html = toPageHtml(BUILT, { ...SETTINGS, hasPassword: true })

    assert.match(html, /^<html[^>]* data-password="set">/)
  })

  it('keeps the language of the build unless another one is set', () => {
    const html = toPageHtml(BUILT, { ...SETTINGS, root: '', api: 'v1' })

    assert.match(html, /^<html lang="en" data-root="" data-api="v1" data-title="OCR">/)
    assert.match(html, /src="\/static\/index/)
  })

  it('keeps settings inert, whatever they hold', () => {
    const evil = `"><script>alert(1)</script>'&$\`$1$&`

    const html = toPageHtml(BUILT, { ...SETTINGS, title: evil, iconUrl: evil, backUrl: evil })

    assert.equal(html.includes('<script>alert'), false)
    assert.equal(
      html.split('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;$`$1$&amp;').length,
      // Title and its attribute, icon, address.
      5,
    )
  })
})
