import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { BrowserContext, Route } from 'playwright-core'

import { noBrowser } from '../support/browser.ts'
import { accessibilityFaults } from './support/check-accessibility.ts'
import {
  chooseFiles,
  pdfFile,
  rowOf,
  sendFile,
  stateOf,
  waitForText,
} from './support/page-actions.ts'
import { startPageStack, type PageStack } from './support/page-stack.ts'
import { waitForEnd } from '../support/stack-client.ts'

let product: PageStack

before(async () => {
  if (noBrowser) return
  product = await startPageStack()
})

after(async () => {
  await product?.[Symbol.asyncDispose]()
})

const LIST = /\/v1\/documents\?/
const UPLOAD = /\/v1\/documents$/

type Refused = {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly retryAfter?: string
}

const TOO_MUCH: Refused = { status: 429, code: 'RATE_LIMITED', title: 'Too many requests' }

/** What the service answers when it refuses. */
function refuse(route: Route, { status, code, title, retryAfter }: Refused): Promise<void> {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': retryAfter }
  return route.fulfill({
    status,
    headers,
    contentType: 'application/problem+json',
    body: JSON.stringify({ code, title, status, request_id: 'request-7' }),
  })
}

/** Refuses the first request to an address; all others go through. */
async function refuseFirst(context: BrowserContext, url: RegExp, refused: Refused): Promise<void> {
  let isFirst = true
  await context.route(url, (route) => {
    if (!isFirst) return route.continue()
    isFirst = false
    return refuse(route, refused)
  })
}

describe('a service that has too much to do', { skip: noBrowser }, () => {
  it('is asked for the list again when it says, and nobody is troubled', async () => {
    await product.script({})
    const id = await sendFile(product.stack.url, pdfFile('listed.pdf', 1))
    await waitForEnd(product.stack.url, id)
    await using opened = await product.open({
      prepare: (context) => refuseFirst(context, LIST, { ...TOO_MUCH, retryAfter: '1' }),
    })
    const { page, requests } = opened

    await rowOf(page, 'listed.pdf').waitFor()

    assert.ok(requests.filter((url) => LIST.test(url)).length > 1)
    assert.equal(await page.locator('.banner').count(), 0)
    opened.assertClean()
  })

  it('is sent a file again when it says', async () => {
    await using opened = await product.open({
      prepare: (context) => refuseFirst(context, UPLOAD, { ...TOO_MUCH, retryAfter: '1' }),
    })
    const { page } = opened

    await chooseFiles(page, [pdfFile('patient.pdf', 1)])

    await waitForText(stateOf(page, 'patient.pdf'), 'Completed')
    opened.assertClean()
  })

  it('does not delete a document, which is said at once', async () => {
    await sendFile(product.stack.url, pdfFile('kept.pdf', 1))
    await using opened = await product.open()
    const { page } = opened
    await waitForText(stateOf(page, 'kept.pdf'), 'Completed')
    await page.route(/\/v1\/documents\/[\w-]+$/, (route) =>
      route.request().method() === 'DELETE'
        ? refuse(route, { ...TOO_MUCH, retryAfter: '42' })
        : route.continue(),
    )

    await rowOf(page, 'kept.pdf').locator('button.remove').click()
    await rowOf(page, 'kept.pdf').locator('button.danger').click()

    const banner = page.locator('.banner').getByRole('alert')
    await waitForText(banner, 'Too many requests Wait a minute and try again. Request request-7')
    assert.equal(await rowOf(page, 'kept.pdf').count(), 1)
    opened.assertClean()
  })
})

describe('a service without room', { skip: noBrowser }, () => {
  for (const [code, title, remedy] of [
    ['STORAGE_FULL', 'Storage is full', 'send other files again later'],
    ['QUOTA_EXCEEDED', 'Storage quota is used up', 'Delete documents that you no longer need'],
  ] as const)
    it(`takes no file, says what to do, and can be asked again: ${code}`, async () => {
      await using opened = await product.open({
        prepare: (context) => refuseFirst(context, UPLOAD, { status: 507, code, title }),
      })
      const { page } = opened
      const name = `${code}.pdf`

      await chooseFiles(page, [pdfFile(name, 1)])
      const row = page.locator('.uploads li').filter({ hasText: name })
      await waitForText(row.getByRole('alert'), title)
      await waitForText(row.getByRole('alert'), remedy)
      const faults = await accessibilityFaults(page)
      await row.getByRole('button', { name: 'Try again' }).click()

      await waitForText(stateOf(page, name), 'Completed')
      assert.deepEqual(faults, [])
      opened.assertClean()
    })

  for (const [language, words] of [
    ['en', 'The disk of the service is full. Your documents are safe'],
    ['zh', '服务的存储空间已满。文档已安全保存'],
  ] as const)
    it(`says that documents wait for it and are safe, in ${language}`, async () => {
      await product.script({ heldFrom: 1 })
      await sendFile(product.stack.url, pdfFile(`waiting-${language}.pdf`, 1))
      await using opened = await product.open({
        language,
        async prepare(context) {
          // What is followed tells the same as the list.
          await context.routeWebSocket(/./, () => undefined)
          await context.route(LIST, async (route) => {
            const answer = await route.fetch()
            const text = await answer.text()
            const json = text.replaceAll('"queued_reason":null', '"queued_reason":"STORAGE_FULL"')
            await route.fulfill({ response: answer, body: json })
          })
        },
      })
      const { page } = opened

      await waitForText(page.locator('.banner'), words)

      assert.deepEqual(await accessibilityFaults(page), [])
      await product.script({})
      opened.assertClean()
    })
})
