import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'

import { noBrowser } from '../support/browser.ts'
import { serve } from '../support/serve.ts'
import { accessibilityFaults } from './support/check-accessibility.ts'
import {
  chooseFiles,
  openDocument,
  pdfFile,
  rowOf,
  stateOf,
  waitForText,
} from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'

const KEYS = { ann: 'key-of-ann-0123456789abcdef', bob: 'key-of-bob-0123456789abcdef' }

let product: PageStack

before(async () => {
  if (noBrowser) return
  const lines = Object.entries(KEYS).map(
    ([name, key]) => `${name}:${createHash('sha256').update(key).digest('hex')}`,
  )
  product = await startPageStack({ env: { OCR_API_KEYS: lines.join(',') } })
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

async function giveKey(page: Page, key: string): Promise<void> {
  await page.locator('.key-form input').fill(key)
  await page.getByRole('button', { name: 'Open', exact: true }).click()
}

describe('a service with keys', { skip: noBrowser }, () => {
  it('asks for one, and says when it is a wrong one', async () => {
    await using opened = await product.open()
    const { page } = opened

    await giveKey(page, 'a wrong key')
    await waitForText(page.locator('.key-form output'), 'Credentials are missing or wrong')

    assert.deepEqual(await accessibilityFaults(page), [])
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
