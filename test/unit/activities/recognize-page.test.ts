import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import sharp from 'sharp'
import type { ActivityDependencies } from '../../../src/activities/activity-dependencies.ts'
import { recognizePage } from '../../../src/activities/recognize-page.ts'
import type { RecognizeInput } from '../../../src/contract/document.ts'
import type { EngineId } from '../../../src/contract/engines.ts'
import type { OcrEngine, Recognition, RecognizeOptions } from '../../../src/engines/engine.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { pageImageFactsKey, pageImageKey, requestKey } from '../../../src/storage/object-keys.ts'
import { findPageRecord } from '../../../src/storage/page-params.ts'
import { readBytes, writeJson } from '../../../src/storage/read-blob.ts'
import { sampleDocumentId } from '../../support/document-status.ts'
import { requestWith, type UploadedRequest } from '../../support/gateway-fixtures.ts'

const SIZE = { widthPx: 100, heightPx: 80, dpi: 200 }
const TEXT: Recognition = {
  blocks: [{ bbox: [0, 0, 100, 20], category: 'text', text: 'words', confidence: null }],
  markup: 'markdown',
  turned: null,
  warnings: [],
  usage: { promptTokens: 50, completionTokens: 5 },
}

describe('recognizePage by an engine behind a server', () => {
  let directory = ''
  let deps: ActivityDependencies
  let request: UploadedRequest
  let seen: { engine: EngineId; options: RecognizeOptions }[] = []
  let answers: Partial<Record<EngineId, Recognition>> = {}

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'durable-ocr-recognize-'))
    const store = createDirectoryBlobStore({ path: join(directory, 'store'), secret: 'x' })
    const engineFor = (id: EngineId): OcrEngine => ({
      id,
      version: `${id}-1`,
      async recognize(_image, options) {
        seen.push({ engine: id, options })
        options.onTokens?.(17)
        return answers[id] ?? TEXT
      },
      probe: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    })
    deps = {
      store,
      engineFor,
      engineVersionOf: (id) => `${id}-1`,
      urlRules: { allowedHosts: [], allowedPorts: [] },
      temporaryDirectory: directory,
    }
    seen = []
    answers = {}
    request = requestWith({ engine: 'dots' })
    await writeJson(store, requestKey(request.documentId), request)
    const ref = { sha256: request.sha256, page: 1, dpi: request.dpi }
    // Left half black, right half white: a crop tells where it comes from.
    const png = await sharp({
      create: { width: 50, height: 80, channels: 3, background: 'black' },
    })
      .extend({ right: 50, background: 'white' })
      .png()
      .toBuffer()
    await store.put(pageImageKey(ref), png, { contentType: 'image/png' })
    await writeJson(store, pageImageFactsKey(ref), { dpi: 200, warnings: [] })
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const read = async (change: Partial<RecognizeInput> = {}) => {
    const { documentId, sha256 } = request
    const input = {
      documentId,
      documentSha256: sha256,
      page: 1,
      engine: 'dots',
      ...change,
    } as const
    let tokens = 0
    const reportTokens = (count: number): void => {
      tokens = count
    }
    const signal = new AbortController().signal
    const outcome = await recognizePage(deps, input, { signal, reportTokens, attempt: 2 })
    return { outcome, tokens }
  }
  const recordOf = (documentId = request.documentId) => {
    const { sha256, dpi, languages } = request
    const ref = { documentId, sha256, page: 1, engine: 'dots', languages, dpi } as const
    return findPageRecord(deps.store, { ...ref, engineVersion: 'dots-1' })
  }

  it('passes the step on, reports tokens and stores what it cost', async () => {
    const { tokens } = await read({
      ask: { step: 'resample', pixelShare: 0.5, fallback: null },
      spent: { engineDeaths: 1, promptTokens: 100, completionTokens: 40 },
    })

    const { step, pixelShare, requestId } = seen[0]?.options ?? {}
    assert.deepEqual([step, pixelShare], ['resample', 0.5])
    assert.match(requestId ?? '', /^[0-9a-f-]{36}-1-resample-50-2$/)
    assert.equal(tokens, 17)
    const record = await recordOf()
    assert.deepEqual(record?.usage, { promptTokens: 150, completionTokens: 45 })
    assert.deepEqual(record.warnings, ['RETRIED_SMALLER'])
    assert.deepEqual({ ...SIZE, ...record }, { ...record, ...SIZE })
  })

  it('notes when it was read and at which attempt', async () => {
    const before = Date.now()
    await read()
    const after = Date.now()

    const { startedAtMs = 0, endedAtMs = 0, attempt } = (await recordOf())?.reading ?? {}
    assert.equal(attempt, 2)
    assert.ok(before <= startedAtMs && startedAtMs <= endedAtMs && endedAtMs <= after)
  })

  it('cuts pictures out and links them', async () => {
    answers.dots = {
      ...TEXT,
      blocks: [
        { bbox: [10, 10, 40, 60], category: 'picture', text: '', confidence: null },
        ...TEXT.blocks,
        { bbox: [60, 10, 100, 80], category: 'picture', text: '', confidence: null },
      ],
    }

    await read()

    const record = await recordOf()
    assert.equal(record?.markdown, '![](images/1_1.png)\n\nwords\n\n![](images/1_2.png)')
    assert.equal(record.text, 'words')
    const crops = await Promise.all(
      (record.pictures ?? []).map(async (key) => {
        const png = await readBytes(deps.store, key, 100_000)
        assert.ok(png)
        const { width, height } = await sharp(png).metadata()
        const { channels } = await sharp(png).stats()
        return [width, height, channels[0]?.mean]
      }),
    )
    assert.deepEqual(crops, [
      [30, 50, 0],
      [40, 70, 255],
    ])
  })

  it('keeps what the fallback engine read with the document alone', async () => {
    const replaced = { step: 'plain-text', pixelShare: 1, fallback: 'paddle' } as const
    const { outcome } = await read({ ask: replaced })

    assert.equal(outcome.status, 'degraded')
    assert.deepEqual(
      seen.map(({ engine }) => engine),
      ['paddle'],
    )
    const record = await recordOf()
    assert.equal(record?.engine, 'paddle')
    assert.deepEqual(record.warnings, ['ENGINE_REPLACED'])
    // The next document of the same bytes may find the engine well.
    assert.equal(await recordOf(sampleDocumentId(7)), null)
  })

  it('does nothing the second time', async () => {
    await read()
    await read()

    assert.equal(seen.length, 1)
  })
})
