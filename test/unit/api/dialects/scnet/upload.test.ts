import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { blobKey, resultKey } from '../../../../../src/storage/object-keys.ts'
import { signFileUrl } from '../../../../../src/storage/signed-url.ts'
import { sampleDocumentId, sampleSha256 } from '../../../../support/document-status.ts'
import { startScnetApi, type ScnetApi } from '../../../../support/scnet-api.ts'
import { fileForm, PDF_BYTES } from '../../../../support/test-api.ts'

const SHA256 = createHash('sha256').update(PDF_BYTES).digest('hex')
const FOREIGN_SECRET = 'another secret of at least 32 characters'
const SIGNED = { ttlSeconds: 60, fileName: 'a.pdf', origin: 'https://files.example.com' }

async function upload(api: ScnetApi): Promise<string> {
  const { status, body } = await api.call('/upload', { method: 'POST', body: fileForm() })
  assert.equal(status, 200)
  return body.data.file_url
}

describe('POST /upload', () => {
  it('gives a file_url that leads to the file', async () => {
    await using api = await startScnetApi()

    const { headers, body } = await api.call('/upload', { method: 'POST', body: fileForm() })

    const requestId = headers.get('x-request-id')
    const { file_url: fileUrl } = body.data
    assert.deepEqual(body, {
      code: '200',
      msg: '',
      data: { file_url: fileUrl },
      request_id: requestId,
      requestId,
    })
    assert.ok(fileUrl.startsWith(`${api.url}/files/blobs/${SHA256}?`))
    const file = await fetch(fileUrl)
    assert.deepEqual(Buffer.from(await file.arrayBuffer()), PDF_BYTES)
  })

  it('gives a file_url that a submit takes without a look at its host', async () => {
    await using api = await startScnetApi()
    const fileUrl = await upload(api)

    const { status } = await api.call('/submit', { method: 'POST', body: { file_url: fileUrl } })

    assert.equal(status, 200)
    assert.deepEqual(api.gateway.submissions[0]?.source, {
      kind: 'stored',
      sha256: SHA256,
      sizeBytes: PDF_BYTES.length,
      mediaType: 'pdf',
      fileName: '发票 1.pdf',
    })
  })

  it('refuses a type that is not read', async () => {
    await using api = await startScnetApi()

    const form = fileForm(Buffer.from('plain text'))
    const { status, body } = await api.call('/upload', { method: 'POST', body: form })

    assert.equal(status, 400)
    assert.equal(body.error.type, 'modal_type_not_supported')
    assert.equal(body.error.message, 'Unsupported modal type unknown')
  })

  for (const [what, code, form] of [
    ['no file', 'REQUEST_MALFORMED', new FormData()],
    ['an empty file', 'EMPTY_FILE', fileForm(Buffer.alloc(0))],
    ['a file that is too large', 'FILE_TOO_LARGE', fileForm(Buffer.alloc(100_001))],
  ] as const)
    it(`refuses ${what}`, async () => {
      await using api = await startScnetApi({ api: { maxUploadBytes: 100_000 } })

      const { status, body } = await api.call('/upload', { method: 'POST', body: form })

      assert.equal(status, 400)
      assert.equal(body.error.type, 'InvalidParameter')
      assert.equal(body.error.detail_code, code)
    })
})

describe('a file_url that looks like ours', () => {
  it('is any URL when its signature is not ours', async () => {
    await using api = await startScnetApi()
    await upload(api)
    const forged = signFileUrl(FOREIGN_SECRET, blobKey(sampleSha256()), SIGNED)

    const { status } = await api.call('/submit', { method: 'POST', body: { file_url: forged } })

    assert.equal(status, 200)
    assert.deepEqual(api.gateway.submissions[0]?.source, {
      kind: 'remote',
      remote: { url: forged, maxBytes: 100_000, mediaTypes: null },
    })
  })

  it('is any URL, of a private host here, when the file in it was changed', async () => {
    await using api = await startScnetApi()
    const fileUrl = (await upload(api)).replace(SHA256, sampleSha256())

    const { status, body } = await api.call('/submit', {
      method: 'POST',
      body: { file_url: fileUrl },
    })

    assert.equal(status, 400)
    assert.equal(body.error.detail_code, 'URL_NOT_ALLOWED')
  })

  it('is any URL when it leads to a result', async () => {
    await using api = await startScnetApi()
    const key = resultKey(sampleDocumentId(), 'text')
    const signed = await api.store.signedGetUrl(key, SIGNED)

    await api.call('/submit', { method: 'POST', body: { file_url: signed } })

    assert.equal(api.gateway.submissions[0]?.source.kind, 'remote')
  })

  it('is refused when the file is gone', async () => {
    await using api = await startScnetApi()
    const signed = await api.store.signedGetUrl(blobKey(sampleSha256()), SIGNED)

    const { status, body } = await api.call('/submit', {
      method: 'POST',
      body: { file_url: signed },
    })

    assert.equal(status, 400)
    assert.equal(body.msg, 'Parameter illegal')
  })
})
