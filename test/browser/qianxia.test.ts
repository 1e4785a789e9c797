import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { freePort } from '../../scripts/temporal/ports.ts'
import { noBrowser, type OpenPage } from '../support/browser.ts'
import {
  chooseFiles,
  openDocument,
  pdfFile,
  rowOf,
  stateOf,
  waitForText,
} from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { assertScriptsWithin } from './support/script-sizes.ts'

/** A word that stands nowhere else. */
const PASSWORD = 'hidden-path-7f3a'

/** All JavaScript of a user without tasks: some 3 % above what it is. */
const SHELL_BYTES = 17_000

let product: PageStack
let home: string

before(async () => {
  if (noBrowser) return
  const port = await freePort('127.0.0.1')
  home = `http://127.0.0.1:${port}`
  product = await startPageStack({
    env: {
      OCR_COMPAT_PORTS: '54188',
      PORT: String(port),
      PASSWORD,
      QIANXIA_REQUIRE_LOGIN: 'true',
      TITLE: '图转文',
      // Nobody asks it: the scripted engine stands in.
      OCR_LLM_BASE_URL: 'http://127.0.0.1:9',
      OCR_LLM_MODEL: 'scripted',
    },
  })
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

/** Registers somebody by the pages of the service, who then opens its page. */
async function openAs(name: string): Promise<OpenPage> {
  const opened = await product.open({ language: 'zh' }, `${home}/register`)
  const { page } = opened
  await page.getByLabel('用户名').fill(name)
  await page.getByLabel('密码').fill('secret-1')
  await page.getByRole('button', { name: '注册' }).click()
  await page.waitForURL((url) => url.pathname !== '/register')
  await page.goto(`${home}/${PASSWORD}`)
  await page.locator('label.drop').waitFor()
  return opened
}

describe('the page of Qianxia', { skip: noBrowser }, () => {
  it('leads who is not logged in to the login, and lets him in then', async () => {
    const first = await openAs('member')
    await first[Symbol.asyncDispose]()
    await using opened = await product.open({ language: 'zh' }, `${home}/${PASSWORD}`)
    const { page } = opened

    const ledTo = new URL(page.url()).pathname
    await page.getByLabel('用户名').fill('member')
    await page.getByLabel('密码').fill('secret-1')
    await page.getByRole('button', { name: '登录' }).click()
    await page.waitForURL((url) => url.pathname !== '/login')
    await page.goto(`${home}/${PASSWORD}`)

    assert.equal(ledTo, '/login')
    await waitForText(page.locator('header h1'), '图转文')
    await waitForText(page.locator('.account'), 'member')
    opened.assertClean()
  })

  it('reads a PDF, shows its progress and the pages that it cost, and keeps the result', async () => {
    await using opened = await openAs('reader')
    const { page } = opened
    await waitForText(page.locator('.account'), /已用 0 \/ [\d,]+ 页/)
    await product.script({ heldFrom: 3 })

    await chooseFiles(page, [pdfFile('report.pdf', 4)])
    await waitForText(rowOf(page, 'report.pdf'), '2 / 4')
    await waitForText(stateOf(page, 'report.pdf'), '处理中')
    await product.script({})
    await waitForText(stateOf(page, 'report.pdf'), '已完成')
    await openDocument(page, 'report.pdf')
    await waitForText(page.locator('.preview'), 'This is what stands on page 1.')
    await page.getByRole('button', { name: '复制 Markdown' }).click()
    await waitForText(page.locator('.outcome'), '已复制')
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    await page.reload()
    await waitForText(page.locator('.preview'), 'This is what stands on page 1.')

    for (const number of [1, 2, 3, 4])
      assert.ok(copied.includes(`This is what stands on page ${number}.`), copied)
    await waitForText(page.locator('.account'), /已用 4 \/ [\d,]+ 页/)
    opened.assertClean()
  })

  it(`is small for who has no tasks: at most ${SHELL_BYTES} B of scripts`, async (t) => {
    await using opened = await openAs('newcomer')
    const { page } = opened
    await waitForText(page.locator('.account'), 'newcomer')
    await page.waitForLoadState('networkidle')

    const ofPage = opened.requests.filter((url) => !url.endsWith('/static/account.js'))
    await assertScriptsWithin(t, ofPage, SHELL_BYTES)
    opened.assertClean()
  })

  it('cancels a task', async () => {
    await using opened = await openAs('canceller')
    const { page } = opened
    await product.script({ heldFrom: 2 })
    await chooseFiles(page, [pdfFile('unwanted.pdf', 4)])
    await waitForText(rowOf(page, 'unwanted.pdf'), '1 / 4')

    await page.getByRole('button', { name: '取消: unwanted.pdf' }).click()

    await waitForText(stateOf(page, 'unwanted.pdf'), '已取消')
    await product.script({})
    opened.assertClean()
  })

  it('shows a member nothing of what others have sent', async () => {
    await using opened = await openAs('stranger')
    const { page } = opened

    await page.waitForLoadState('networkidle')

    assert.equal(await rowOf(page, 'report.pdf').count(), 0)
    opened.assertClean()
  })

  it('has the password in its path alone', async () => {
    await using opened = await openAs('careful')
    const { page, requests } = opened
    await page.waitForLoadState('networkidle')

    const answer = await page.request.get(`${home}/${PASSWORD}`)
    const html = await answer.text()
    const scripts = await Promise.all(
      requests
        .filter((url) => url.includes('/static/'))
        .map(async (url) => (await fetch(url)).text()),
    )

    assert.ok(!html.includes(PASSWORD))
    assert.ok(scripts.every((text) => !text.includes(PASSWORD)))
    for (const url of requests) {
      const { pathname, search, hash } = new URL(url)
      assert.ok(!`${search}${hash}`.includes(PASSWORD), url)
      if (pathname.includes(PASSWORD)) assert.ok(pathname.startsWith(`/${PASSWORD}`), url)
    }
    opened.assertClean()
  })

  it('is not to be found at another password', async () => {
    const answer = await fetch(`${home}/another-password`)

    assert.equal(answer.status, 404)
    assert.ok(!(await answer.text()).includes(PASSWORD))
  })
})
