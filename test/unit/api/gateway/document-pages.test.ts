import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dialect } from '../../../../src/contract/document.ts'
import { toPageJson } from '../../../../src/contract/page-json.ts'
import type { PageRecord } from '../../../../src/contract/page.ts'
import { INITIAL_PROGRESS } from '../../../../src/contract/progress.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import {
  documentPageKey,
  manifestKey,
  pageImageKey,
  requestKey,
  resultKey,
  tombstoneKey,
} from '../../../../src/storage/object-keys.ts'
import { pageRecordKeyFor } from '../../../../src/storage/page-params.ts'
import { writeJson } from '../../../../src/storage/read-blob.ts'
import { sampleManifest } from '../../../support/document-status.ts'
import { benchOfEachTest } from '../../../support/test-gateway.ts'
import { ID, present, requestWith } from '../../../support/gateway-fixtures.ts'

const { sha256, engine, languages, dpi } = requestWith()
const keyOf = (page: number, change: { dpi?: number } = {}) =>
  pageRecordKeyFor({ sha256, page, engine, languages, dpi, ...change }, 'version 1')

describe('createDocumentPages', () => {
  const bench = benchOfEachTest()

  /** The document's own inspection has passed. */
  const open = () =>
    bench.current.temporal.runs.set(ID, {
      state: 'running',
      progress: { ...INITIAL_PROGRESS, phase: 'recognizing', totalPages: 3 },
    })

  it('gives a page as soon as it is stored, with the resolution that was asked for', async () => {
    const { store, gateway } = bench.current
    open()
    await writeJson(store, requestKey(ID), requestWith())
    await writeJson(store, keyOf(1, { dpi: 300 }), { text: 'of another document' })

    assert.equal(await gateway.pageRecord(ID, 1), null)
    await writeJson(store, keyOf(1), { text: 'page 1' })

    assert.deepEqual(await gateway.pageRecord(ID, 1), { text: 'page 1' })
  })

  it('gives the image of a page', async () => {
    const { store, gateway } = bench.current
    open()
    await writeJson(store, requestKey(ID), requestWith())
    const options = { contentType: 'image/png' }
    await store.put(pageImageKey({ sha256, page: 2, dpi }), Buffer.from('png'), options)

    assert.equal(await gateway.pageImage(ID, 1), null)
    const image = present(await gateway.pageImage(ID, 2))

    assert.equal(Buffer.concat(await image.body.toArray()).toString(), 'png')
    assert.equal(image.info.contentType, 'image/png')
  })

  describe('once the records of an ended document are swept', () => {
    const json = resultKey(ID, 'json')
    const results = { ...present(sampleManifest().results), json }
    const record: PageRecord = {
      page: 2,
      outcome: 'degraded',
      engine: 'paddle',
      widthPx: 100,
      heightPx: 200,
      dpi: 200,
      text: 'page 2',
      markdown: '# page 2',
      markup: 'markdown',
      blocks: [{ bbox: [1, 2, 3, 4], category: 'title', text: 'page 2', confidence: 0.5 }],
      warnings: ['DPI_LOWERED'],
      usage: { promptTokens: 1, completionTokens: 2 },
    }
    const pages = [{ page: 1, outcome: 'failed', code: 'PAGE_TIMEOUT' }, toPageJson(record)]

    /** Answers how often its layout was read. */
    const prepare = async (
      layout: unknown = { document_id: ID, pages },
      dialect: Dialect = 'py-ocr',
    ) => {
      const { store, temporal } = bench.current
      const failed = [{ page: 1, code: 'PAGE_TIMEOUT' }] as const
      temporal.runs.set(ID, { state: 'completed' })
      await writeJson(store, requestKey(ID), requestWith({ dialect }))
      await writeJson(store, manifestKey(ID), sampleManifest({ results, failed, dialect }))
      await writeJson(store, json, layout)
      let reads = 0
      const get = store.get.bind(store)
      store.get = (key, range) => {
        if (key === json) reads += 1
        return get(key, range)
      }
      return () => reads
    }

    it('gives a page from its layout', async () => {
      const { gateway } = bench.current
      await prepare()

      assert.deepEqual(await gateway.pageRecord(ID, 2), record)
      assert.equal(await gateway.pageRecord(ID, 3), null)
      assert.equal(await gateway.pageImage(ID, 2), null)
    })

    it('reads no layout for a page that it cannot hold', async () => {
      const { gateway } = bench.current
      const countReads = await prepare()

      for (const page of [1, 5, 99_999]) assert.equal(await gateway.pageRecord(ID, page), null)

      assert.equal(countReads(), 0)
    })

    it('reads no layout in a dialect whose records outlive it', async () => {
      const countReads = await prepare({ document_id: ID, pages }, 'v1')

      assert.equal(await bench.current.gateway.pageRecord(ID, 2), null)

      assert.equal(countReads(), 0)
    })

    it('reads the layout once for all who ask for its pages', async () => {
      const { gateway } = bench.current
      const countReads = await prepare()
      const asked = Array.from({ length: 40 }, (_, n) => gateway.pageRecord(ID, 2 + (n % 3)))

      await Promise.all(asked)

      assert.equal(countReads(), 1)
    })

    for (const [name, layout] of [
      ['no layout', { document_id: ID }],
      ['cut short', null],
    ] as const)
      it(`answers BLOB_MISSING, and no bug, where what lies there is ${name}`, async () => {
        const { store, gateway } = bench.current
        const countReads = await prepare(layout)
        const type = { contentType: 'application/json' }
        if (layout === null) await store.put(json, Buffer.from('{"pages": [{"pa'), type)

        await assert.rejects(gateway.pageRecord(ID, 2), { code: 'BLOB_MISSING' })
        await assert.rejects(gateway.pageRecord(ID, 2), { code: 'BLOB_MISSING' })

        assert.equal(countReads(), 1)
      })

    it('reads the layout again after the store was away', async () => {
      const { store, gateway } = bench.current
      await prepare()
      const head = store.head.bind(store)
      store.head = (key) =>
        key === json
          ? Promise.reject(new OcrError('STORAGE_UNAVAILABLE', 'Cannot read: away'))
          : head(key)
      await assert.rejects(gateway.pageRecord(ID, 2), { code: 'STORAGE_UNAVAILABLE' })
      store.head = head

      assert.deepEqual(await gateway.pageRecord(ID, 2), record)
    })
  })

  it('gives no page that was not asked for, nor one of a deleted or unknown document', async () => {
    const { store, gateway } = bench.current
    open()
    await writeJson(store, keyOf(1), { text: 'page 1' })

    assert.equal(await gateway.pageRecord(ID, 1), null)
    await writeJson(store, requestKey(ID), requestWith({ pages: [[2, 3]] }))
    assert.equal(await gateway.pageRecord(ID, 1), null)
    await writeJson(store, keyOf(2), { text: 'page 2' })
    assert.deepEqual(await gateway.pageRecord(ID, 2), { text: 'page 2' })
    await writeJson(store, tombstoneKey(ID), {})
    assert.equal(await gateway.pageRecord(ID, 2), null)
  })

  it('keeps showing what was read then after another model has read the same file', async () => {
    const { store, gateway, temporal } = bench.current
    const progress = { ...INITIAL_PROGRESS, phase: 'completed', totalPages: 3 } as const
    await writeJson(store, requestKey(ID), requestWith())
    await writeJson(store, keyOf(1), { text: 'read then' })
    const endedAt = new Date(Date.now() + 20).toISOString()
    await writeJson(store, manifestKey(ID), sampleManifest({ progress, endedAt }))
    temporal.runs.set(ID, { state: 'completed', progress })
    await sleep(40)
    const ref = { sha256, page: 1, engine, languages, dpi }
    await writeJson(store, pageRecordKeyFor(ref, 'version 2'), { text: 'read later' })

    assert.deepEqual(await gateway.pageRecord(ID, 1), { text: 'read then' })
  })

  it('shows a document that asks a question of its own no page of another one', async () => {
    const { store, gateway } = bench.current
    open()
    const question = { model: 'deepseek', prompt: 'Free OCR.' } as const
    await writeJson(store, requestKey(ID), requestWith({ question }))
    await writeJson(store, keyOf(1), { text: 'of another document' })

    assert.equal(await gateway.pageRecord(ID, 1), null)
    await writeJson(store, documentPageKey(ID, 1), { text: 'the answer' })
    assert.deepEqual(await gateway.pageRecord(ID, 1), { text: 'the answer' })
  })

  it('shows no page of an encrypted file whose password only another upload had', async () => {
    const { store, gateway, temporal } = bench.current
    await writeJson(store, requestKey(ID), requestWith())
    await writeJson(store, keyOf(1), { text: 'secret' })
    const progress = { ...INITIAL_PROGRESS, phase: 'failed', failureCode: 'ENCRYPTED_PDF' } as const

    temporal.runs.set(ID, { state: 'failed', progress })

    assert.equal(await gateway.pageRecord(ID, 1), null)
  })
})
