import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'

import { freePort } from '../../scripts/temporal/ports.ts'
import { noBrowser } from '../support/browser.ts'
import { serve } from '../support/serve.ts'
import { accessibilityFaults, sidewaysPx } from './support/check-accessibility.ts'
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
import { nameOfVisitor, VISITORS } from './support/visitors.ts'

const KEYS = { ann: 'key-of-ann-0123456789abcdef', bob: 'key-of-bob-0123456789abcdef' }

/** Of Qianxia's page. */
const PASSWORD = 'hidden-path-4d19'

/** All JavaScript of a visitor who is asked for a key: some 3 % above what it is. */
const KEY_FORM_BYTES = 24_000

let product: PageStack
/** Qianxia at a port of its own. */
let qianxiaUrl: string

before(async () => {
  if (noBrowser) return
  const lines = Object.entries(KEYS).map(
    ([name, key]) => `${name}:${createHash('sha256').update(key).digest('hex')}`,
  )
  const port = await freePort('127.0.0.1')
  qianxiaUrl = `http://127.0.0.1:${port}`
  product = await startPageStack({
    env: {
      OCR_API_KEYS: lines.join(','),
      OCR_COMPAT_PORTS: '54188',
      PORT: String(port),
      PASSWORD,
      // Nobody asks it: the scripted engine stands in.
      OCR_LLM_BASE_URL: 'http://127.0.0.1:9',
      OCR_LLM_MODEL: 'scripted',
    },
  })
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

async function giveKey(page: Page, key: string): Promise<void> {
  await page.locator('.key-form input').fill(key)
  await page.locator('.key-form button').click()
}

describe('a service with keys', { skip: noBrowser }, () => {
  it(`asks for one with at most ${KEY_FORM_BYTES} B of scripts`, async (t) => {
    await using opened = await product.open()
    await opened.page.locator('.key-form input').waitFor()
    await opened.page.waitForLoadState('networkidle')

    await assertScriptsWithin(t, opened.requests, KEY_FORM_BYTES)
  })

  for (const visitor of VISITORS)
    it(`asks for one, says when it is a wrong one, and then whose it is: ${nameOfVisitor(visitor)}`, async () => {
      await using opened = await product.open(visitor)
      const { page } = opened
      const isChinese = visitor.language === 'zh'
      const assertUsable = async (what: string): Promise<void> => {
        assert.deepEqual(await accessibilityFaults(page), [], what)
        assert.equal(await sidewaysPx(page), 0, `${what} scrolls sideways`)
      }

      await giveKey(page, 'a wrong key')
      const refused = isChinese ? '尚未登录' : 'Credentials are missing or wrong'
      await waitForText(page.locator('.key-form output'), refused)
      await assertUsable('form')
      await giveKey(page, KEYS.bob)
      await waitForText(page.locator('.account'), 'bob')
      await waitForText(page.locator('.service'), isChinese ? '实时' : 'Live')
      await assertUsable('header with the name of the key')

      opened.assertClean()
    })

  it('says that a right key was not kept, and does not just ask again', async () => {
    await using opened = await product.open({
      // As where the cookie is for https alone and the page was opened by http.
      prepare: (context) =>
        context.route('**/v1/session', (route) => route.fulfill({ status: 204 })),
    })
    const { page } = opened

    await giveKey(page, KEYS.ann)

    await waitForText(page.locator('.key-form output'), 'the browser has not kept it')
    assert.equal(await page.locator('.key-form button').isDisabled(), false)
    opened.assertClean()
  })

  it('sends what did not get through for lack of a key once there is one', async () => {
    await product.script({})
    await using opened = await product.open()
    const { page } = opened
    await giveKey(page, KEYS.ann)
    await waitForText(page.locator('.account'), 'ann')
    await waitForText(page.locator('.service'), 'Live')

    await page.context().clearCookies()
    await chooseFiles(page, [pdfFile('kept-file.pdf', 1)])
    const row = page.locator('.uploads li').filter({ hasText: 'kept-file.pdf' })
    await waitForText(row, 'Credentials are missing or wrong')
    const isGuarded = await page.evaluate(() => {
      const event = new Event('beforeunload', { cancelable: true })
      return !dispatchEvent(event)
    })
    // The list is looked at again, which is refused.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await giveKey(page, KEYS.ann)
    await page.locator('.key-form').waitFor({ state: 'detached' })
    await row.getByRole('button', { name: 'Try again' }).click()

    await waitForText(stateOf(page, 'kept-file.pdf'), 'Completed')
    assert.ok(isGuarded)
    opened.assertClean()
  })

  it('says when the key could not be forgotten, and keeps the page as it is', async () => {
    await using opened = await product.open()
    const { page } = opened
    await giveKey(page, KEYS.bob)
    await waitForText(page.locator('.account'), 'bob')
    await page.route('**/v1/session', (route) => route.abort())

    await page.getByRole('button', { name: 'Forget the key' }).click()

    await waitForText(page.locator('.account').getByRole('alert'), 'The service does not answer.')
    await page.unroute('**/v1/session')
    await page.getByRole('button', { name: 'Forget the key' }).click()
    await page.locator('.key-form input').waitFor()
    opened.assertClean()
  })

  it('opens with the right one: upload, live progress, images, and until it is forgotten', async () => {
    await product.script({ heldFrom: 2 })
    await using opened = await product.open()
    const { page, requests } = opened
    await giveKey(page, KEYS.ann)
    await waitForText(page.locator('.service'), 'Live')
    await chooseFiles(page, [pdfFile('of-ann.pdf', 2)])
    await waitForText(rowOf(page, 'of-ann.pdf'), '1 of 2')

    await product.script({})
    await waitForText(stateOf(page, 'of-ann.pdf'), 'Completed')
    await openDocument(page, 'of-ann.pdf')
    await waitForText(page.locator('.preview'), 'This is what stands on page 1.')
    await page.waitForFunction(() => {
      const image = document.querySelector<HTMLImageElement>('img')
      return image !== null && image.naturalWidth > 0
    })

    assert.ok(requests.some((url) => url.startsWith('ws://')))
    await waitForText(page.locator('.account'), 'ann')
    await page.getByRole('button', { name: 'Forget the key' }).click()
    await page.locator('.key-form input').waitFor()
    assert.equal(await rowOf(page, 'of-ann.pdf').count(), 0)
    opened.assertClean()
  })

  it('shows the holder of another key nothing of it', async () => {
    await using opened = await product.open()
    const { page } = opened

    await giveKey(page, KEYS.bob)
    await waitForText(page.locator('.account'), 'bob')
    await waitForText(page.locator('.service'), 'Live')

    assert.equal(await rowOf(page, 'of-ann.pdf').count(), 0)
    opened.assertClean()
  })
})

describe('the page of Qianxia, where keys are needed', { skip: noBrowser }, () => {
  it('says so to who has given none, and lets nobody register', async () => {
    await using opened = await product.open({ language: 'zh' }, `${qianxiaUrl}/${PASSWORD}`)
    const { page } = opened

    await waitForText(page.locator('.banner'), '未登录')
    await page.goto(`${qianxiaUrl}/register`)
    await register(page, 'stranger')

    await waitForText(page.getByRole('alert'), '未登录')
    opened.assertClean()
  })

  it('opens with a key that was given at / of the main port, for registering as well', async () => {
    await product.script({})
    await using opened = await product.open({ language: 'zh' })
    const { page } = opened
    await giveKey(page, KEYS.ann)
    await waitForText(page.locator('.account'), 'ann')

    await page.goto(`${qianxiaUrl}/${PASSWORD}`)
    await chooseFiles(page, [pdfFile('of-qianxia.pdf', 1)])
    await waitForText(stateOf(page, 'of-qianxia.pdf'), '已完成')
    await page.goto(`${qianxiaUrl}/register`)
    await register(page, 'colleague')

    // The first of all is the admin, who is led to the tasks.
    await waitForText(page.locator('.account'), 'colleague')
  })
})

async function register(page: Page, name: string): Promise<void> {
  await page.getByLabel('用户名').fill(name)
  await page.getByLabel('密码').fill('secret-1')
  await page.getByRole('button', { name: '注册' }).click()
}

describe('a page of somebody else', { skip: noBrowser }, () => {
  it('can neither send nor read anything with the key of a visitor', async () => {
    const { url } = product.stack
    const attack = `
      const tries = {
        upload: () => { const form = new FormData(); form.append('file', new Blob(['%PDF-1.7 x']), 'a.pdf')
          return fetch('${url}/v1/documents', { method: 'POST', body: form, credentials: 'include', mode: 'no-cors' }) },
        cleanup: () => fetch('${url}/deepseek/cleanup', { method: 'DELETE', credentials: 'include' }),
        read: () => fetch('${url}/v1/documents', { credentials: 'include' }).then((answer) => answer.text()),
        socket: () => new Promise((done, fail) => { const socket = new WebSocket('${url.replace('http', 'ws')}/v1/live')
          socket.onopen = done; socket.onerror = () => fail(new Error('refused')) }),
      }
      window.outcomes = Promise.all(Object.entries(tries).map(async ([name, attempt]) => {
        try { await attempt(); return name + ' done' } catch { return name + ' refused' }
      }))`
    await using stranger = await serve((request, response) => {
      const isScript = request.url === '/attack.js'
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
      response.end(
        isScript ? attack : '<!doctype html><title>x</title><script src="/attack.js"></script>',
      )
    })
    await using opened = await product.open()
    await giveKey(opened.page, KEYS.bob)
    await waitForText(opened.page.locator('.service'), 'Live')
    // Another site to the browser: another name.
    await opened.page.goto(`http://localhost:${stranger.port}/`)
    const outcomes = await opened.page.evaluate(
      // The page above has put it there.
      () => (window as unknown as { outcomes: Promise<string[]> }).outcomes,
    )

    assert.deepEqual(outcomes, [
      'upload refused',
      'cleanup refused',
      'read refused',
      'socket refused',
    ])
    // What a page may not look at may have been done all the same.
    const answer = await fetch(`${url}/v1/documents`, { headers: { 'x-api-key': KEYS.bob } })
    assert.deepEqual(((await answer.json()) as { documents: unknown[] }).documents, [])
  })
})
