import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PageRecord } from '../../../../src/contract/page.ts'
import { RESULT_FILE, resultKey, type ResultFormat } from '../../../../src/storage/object-keys.ts'
import {
  completedStatus,
  sampleDocumentId,
  sampleManifest,
  sampleStatus,
} from '../../../support/document-status.ts'
import { rawRequest } from '../../../support/raw-request.ts'
import { startTestApi, type TestApi } from '../../../support/test-api.ts'
import { readJson } from '../../../support/read-json.ts'

const ID = sampleDocumentId()
const PATH = `/v1/documents/${ID}`

const RECORD: PageRecord = {
  page: 2,
  outcome: 'degraded',
  engine: 'paddle',
  widthPx: 1700,
  heightPx: 2200,
  dpi: 200,
  text: '第二页',
  markdown: '第二页',
  blocks: [{ bbox: [1, 2, 30, 40], category: 'text', text: '第二页', confidence: 0.97 }],
  warnings: ['IMAGE_NOT_DECODED'],
  usage: null,
}

function putResult(api: TestApi, format: ResultFormat, text: string) {
  return api.store.put(resultKey(ID, format), Buffer.from(text), {
    contentType: RESULT_FILE[format].contentType,
    sha256: 'aa'.repeat(32),
  })
}

describe('GET /v1/documents/{id}/result', () => {
  for (const [format, contentType, name] of [
    ['text', 'text/plain; charset=utf-8', '.txt'],
    ['markdown', 'text/markdown; charset=utf-8', '.md'],
    ['json', 'application/json; charset=utf-8', '.json'],
  ] as const)
    it(`streams ${format} under the name of the document, inert and immutable`, async () => {
      await using api = await startTestApi({ documents: [completedStatus()] })
      await putResult(api, format, '第一页\f第二页')

      const response = await api.fetch(`${PATH}/result?format=${format}`)

      assert.equal(response.status, 200)
      assert.equal(await response.text(), '第一页\f第二页')
      assert.equal(response.headers.get('content-type'), contentType)
      assert.equal(
        response.headers.get('content-disposition'),
        `inline; filename="?? 1${name}"; filename*=UTF-8''%E5%8F%91%E7%A5%A8%201${name}`,
      )
      assert.equal(response.headers.get('cache-control'), 'private, max-age=86400, immutable')
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
      assert.match(response.headers.get('content-security-policy') ?? '', /sandbox/)
    })

  it('gives text when no format is asked for', async () => {
    await using api = await startTestApi({ documents: [completedStatus()] })
    await putResult(api, 'text', 'x')

    assert.match(
      (await api.fetch(`${PATH}/result`)).headers.get('content-type') ?? '',
      /^text\/plain/,
    )
  })

  it('gives what a cancelled document has', async () => {
    await using api = await startTestApi({ documents: [completedStatus({ state: 'cancelled' })] })
    await putResult(api, 'text', 'first page')

    assert.equal(await (await api.fetch(`${PATH}/result`)).text(), 'first page')
  })

  it('answers 409 before the end', async () => {
    await using api = await startTestApi({ documents: [sampleStatus()] })

    const response = await api.fetch(`${PATH}/result`)

    assert.partialDeepStrictEqual(await readJson(response), {
      status: 409,
      code: 'RESULT_NOT_READY',
    })
  })

  it('answers 404 when the document is unknown, ended without a page or lost its file', async () => {
    const failed = sampleStatus({
      documentId: sampleDocumentId(1),
      state: 'failed',
      failureCode: 'CORRUPT_PDF',
      manifest: sampleManifest({ results: null }),
    })
    await using api = await startTestApi({ documents: [failed, completedStatus()] })

    const codes = await Promise.all(
      [sampleDocumentId(2), sampleDocumentId(1), ID].map(async (id) => {
        const response = await api.fetch(`/v1/documents/${id}/result`)
        return [response.status, (await readJson(response)).code]
      }),
    )

    assert.deepEqual(codes, [
      [404, 'DOCUMENT_NOT_FOUND'],
      [404, 'BLOB_MISSING'],
      [404, 'BLOB_MISSING'],
    ])
  })

  it('answers conditional requests and HEAD without a body', async () => {
    await using api = await startTestApi({ documents: [completedStatus()] })
    await putResult(api, 'text', '12345')

    const head = await api.fetch(`${PATH}/result`, { method: 'HEAD' })
    const etag = head.headers.get('etag') ?? ''
    const unchanged = await rawRequest(`${api.url}${PATH}/result`, {
      headers: { 'if-none-match': etag },
    })

    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '5'])
    assert.equal(etag, `"${'aa'.repeat(32)}"`)
    assert.equal(unchanged.status, 304)
  })
})

describe('GET /v1/documents/{id}/pages/{n}', () => {
  it('shows a page as soon as it is done, in the documented form', async () => {
    await using api = await startTestApi({ documents: [sampleStatus()] })
    api.gateway.pages.set(`${ID}/2`, RECORD)

    const response = await api.fetch(`${PATH}/pages/2`)

    assert.equal(response.status, 200)
    assert.deepEqual(await readJson(response), {
      page: 2,
      outcome: 'degraded',
      engine: 'paddle',
      width: 1700,
      height: 2200,
      dpi: 200,
      text: '第二页',
      markdown: '第二页',
      blocks: [
        { bbox: [1, 2, 30, 40], category: 'text', text: '第二页', confidence: 0.97, image: null },
      ],
      markup: 'plain',
      warnings: ['IMAGE_NOT_DECODED'],
      usage: null,
    })
  })

  it('tells why a page cannot be shown', async () => {
    const failedPages = [{ page: 4, code: 'PAGE_TIMEOUT' }] as const
    const ended = completedStatus({ documentId: sampleDocumentId(1) })
    await using api = await startTestApi({ documents: [sampleStatus({ failedPages }), ended] })

    const answers = await Promise.all(
      [
        `${PATH}/pages/3`,
        `${PATH}/pages/4`,
        `${PATH}/pages/0`,
        `${PATH}/pages/x`,
        `/v1/documents/${sampleDocumentId(1)}/pages/9`,
        `/v1/documents/${sampleDocumentId(2)}/pages/1`,
      ].map(async (path) => {
        const body = await readJson(await api.fetch(path))
        return [body.status, body.code, body.detail]
      }),
    )

    assert.deepEqual(answers, [
      [409, 'RESULT_NOT_READY', 'Page 3 is not done yet'],
      [404, 'PAGE_NOT_FOUND', 'Page 4 could not be read: PAGE_TIMEOUT'],
      [404, 'PAGE_NOT_FOUND', undefined],
      [404, 'PAGE_NOT_FOUND', undefined],
      [404, 'PAGE_NOT_FOUND', undefined],
      [404, 'DOCUMENT_NOT_FOUND', undefined],
    ])
  })
})

describe('GET /v1/documents/{id}/pages/{n}/image', () => {
  it('sends the PNG', async () => {
    await using api = await startTestApi({ documents: [sampleStatus()] })
    api.gateway.pages.set(`${ID}/2`, RECORD)

    const response = await api.fetch(`${PATH}/pages/2/image`)

    assert.equal(response.headers.get('content-type'), 'image/png')
    assert.equal(Buffer.from(await response.arrayBuffer()).toString('hex'), '89504e470d0a1a0a')
  })

  it('answers 409 before the page is drawn and 304 when it is known', async () => {
    await using api = await startTestApi({ documents: [sampleStatus()] })
    api.gateway.pages.set(`${ID}/2`, RECORD)

    const early = await api.fetch(`${PATH}/pages/3/image`)
    const known = await rawRequest(`${api.url}${PATH}/pages/2/image`, {
      headers: { 'if-none-match': `"${'ef'.repeat(32)}"` },
    })

    assert.deepEqual([early.status, known.status], [409, 304])
  })
})
