import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DEPLOYED_QUEUES } from '../../../../src/api/gateway/document-queues.ts'
import { staticDetails, staticSummary } from '../../../../src/api/gateway/static-details.ts'
import { requestOf, type Submission } from '../../../../src/api/gateway/submission.ts'
import { inputOf } from '../../../../src/api/gateway/workflow-input.ts'
import { parsePageRanges } from '../../../../src/contract/page-ranges.ts'
import { submissionOf } from '../../../support/gateway-fixtures.ts'

const directory = await mkdtemp(join(tmpdir(), 'static-details-'))
after(() => rm(directory, { recursive: true }))

const longSelection = parsePageRanges(
  Array.from({ length: 200 }, (_, place) => 90_000 + 2 * place).join(','),
)

async function textsOf(change: Partial<Submission>, publicUrl: string | null = null) {
  const submission = await submissionOf(directory, '%PDF-1', change)
  const request = requestOf('secret', submission)
  const settings = {
    queues: DEPLOYED_QUEUES,
    fallbackEngine: 'paddle',
    windowPages: null,
    webhookLifeMs: 1_000,
  } as const
  const input = inputOf(settings, request, { ...submission, submitter: 'address:0123456789abcdef' })
  const documentsQueue = settings.queues.documents
  const details = staticDetails({ input, request, documentsQueue, publicUrl })
  return {
    summary: staticSummary(request),
    details: details.replaceAll(/\u00A0+/g, ' ').replaceAll(/ +\|/g, ' |'),
    request,
  }
}

describe('staticSummary', () => {
  it('says format, engine and pages', async () => {
    const { summary } = await textsOf({ engine: 'dots', pages: parsePageRanges('1-3,7') })

    assert.equal(summary, 'pdf · dots · pages 1-3,7')
  })

  it('says that a file is yet to be fetched', async () => {
    const remote = { url: 'https://example.com/geheim.pdf', maxBytes: 1, mediaTypes: null }

    const { summary } = await textsOf({ engine: 'llm', source: { kind: 'remote', remote } })

    assert.equal(summary, 'file to fetch · llm · all pages')
  })

  it('stays under 200 bytes for the longest selection', async () => {
    const { summary } = await textsOf({ pages: longSelection })

    assert.ok(Buffer.byteLength(summary) <= 200)
    assert.match(summary, /…$/)
  })
})

describe('staticDetails', () => {
  it('says dialect, engines with their queues, limits, and where the objects lie', async () => {
    const { details, request } = await textsOf({ engine: 'dots', dialect: 'py-ocr', maxRetries: 2 })

    assert.match(details, /\| came in by \| py-ocr \|/)
    assert.match(details, /\| engine \| dots, queue `ocr-gpu-dots` \|/)
    assert.match(details, /\| engine that takes over \| paddle, queue `ocr-cpu` \|/)
    assert.match(details, /\| pages under way at once \| at most 64 \|/)
    assert.match(details, /\| retries of a page \| 2 \|/)
    assert.ok(details.includes(`\`blobs/${request.sha256}\``))
    assert.ok(details.includes(`\`documents/${request.documentId}/\``))
    assert.ok(Buffer.byteLength(details) < 20_000)
  })

  it('links to the status where the origin is known and the document is nobody’s', async () => {
    const url = 'https://ocr.example.com/'

    const [open, owned, unknown] = await Promise.all([
      textsOf({ owner: null }, url),
      textsOf({ owner: 'o1' }, url),
      textsOf({ owner: null }),
    ])

    const link = `<https://ocr.example.com/v1/documents/${open.request.documentId}>`
    assert.ok(open.details.includes(link))
    assert.doesNotMatch(owned.details + unknown.details, /https?:/)
  })

  it('tells neither file name, owner, password nor URL', async () => {
    const remote = { url: 'https://example.com/geheim.pdf', maxBytes: 1, mediaTypes: null }
    const secrets = { password: 'geheim', owner: 'geheim' }

    const [uploaded, fetched] = await Promise.all([
      textsOf(secrets),
      textsOf({ ...secrets, source: { kind: 'remote', remote } }),
    ])

    for (const { summary, details, request } of [uploaded, fetched]) {
      assert.doesNotMatch(summary + details, /geheim|example/)
      assert.ok(!details.includes(request.fileName) || request.fileName === 'document')
    }
  })
})
