import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { Registry } from '@prometheus-io/client'
import { createActivityMetrics } from '../../../src/activities/activity-metrics.ts'
import { assembleDocument } from '../../../src/activities/assemble-document.ts'
import type { ActivityDependencies } from '../../../src/activities/activity-dependencies.ts'
import type { AssembleInput, DocumentRequest, Manifest } from '../../../src/contract/document.ts'
import type { PageRecord } from '../../../src/contract/page.ts'
import { INITIAL_PROGRESS } from '../../../src/contract/progress.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { manifestKey, requestKey, resultKey } from '../../../src/storage/object-keys.ts'
import { pageRecordKeyFor } from '../../../src/storage/page-params.ts'
import { readBytes, readJson, writeJson } from '../../../src/storage/read-blob.ts'
import { ID, present, requestWith, type UploadedRequest } from '../../support/gateway-fixtures.ts'
import { createStubEngine } from '../../support/stub-engine.ts'

const signal = new AbortController().signal
const engine = createStubEngine({ delayMs: 0, ledgerPath: '/dev/null' })

describe('assembleDocument', () => {
  let directory = ''
  let deps: ActivityDependencies

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'durable-ocr-assemble-'))
    const store = createDirectoryBlobStore({ path: join(directory, 'store'), secret: 'x' })
    deps = {
      store,
      engineFor: () => engine,
      engineVersionOf: () => engine.version,
      urlRules: { allowedHosts: [], allowedPorts: [] },
      temporaryDirectory: directory,
    }
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  async function prepare(pages: readonly number[], change: Partial<UploadedRequest> = {}) {
    const request = requestWith({ engine: 'paddle', ...change })
    await writeJson(deps.store, requestKey(ID), request)
    for (const page of pages) {
      const record: PageRecord = {
        page,
        outcome: 'ok',
        engine: 'paddle',
        widthPx: 10,
        heightPx: 10,
        dpi: 200,
        text: `文 ${page}`,
        markdown: `**${page}**`,
        blocks: [],
        warnings: [],
        usage: null,
      }
      await writeJson(deps.store, pageRecordKeyFor({ ...request, page }, engine.version), record)
    }
    return request
  }

  function inputFor(marks: string, change: Partial<AssembleInput> = {}): AssembleInput {
    const failed = [...marks.matchAll(/f/g)].map(
      ({ index }) => ({ page: index + 1, code: 'TOO_COMPLEX' }) as const,
    )
    const okPages = marks.replaceAll(/[^o]/g, '').length
    return {
      documentId: ID,
      documentSha256: requestWith().sha256,
      engine: 'paddle',
      outcome: 'completed',
      progress: {
        ...INITIAL_PROGRESS,
        phase: 'completed',
        totalPages: marks.length,
        donePages: okPages + failed.length,
        okPages,
        failedPages: failed.length,
      },
      pages: null,
      pageCount: marks.length,
      marks,
      failed,
      ...change,
    }
  }

  const textOf = async (format: 'text' | 'markdown' | 'json'): Promise<string> =>
    present(await readBytes(deps.store, resultKey(ID, format), 1e6)).toString()
  const manifest = async (): Promise<Manifest> =>
    present(await readJson<Manifest>(deps.store, manifestKey(ID)))

  it('counts a failed page once, also when an ending is written twice', async () => {
    await prepare([1])
    const counted: string[] = []
    const metrics = createActivityMetrics(new Registry())
    const counting = { ...metrics, pageFailed: (_: string, code: string) => counted.push(code) }

    for (const outcome of ['failed', 'cancelled'] as const)
      await assembleDocument({ ...deps, metrics: counting }, inputFor('of', { outcome }), signal)

    assert.deepEqual(counted, ['TOO_COMPLEX'])
  })

  it('writes delivered and failed pages in order, and the same again on a second run', async () => {
    await prepare([1, 3])

    const first = await assembleDocument(deps, inputFor('ofo'), signal)
    const second = await assembleDocument(deps, inputFor('ofo'), signal)

    assert.deepEqual(second, first)
    assert.equal(await textOf('text'), '文 1\n\f\f文 3\n')
    assert.equal(
      await textOf('markdown'),
      '**1**\n\n---\n\n<!-- page 2 failed: TOO_COMPLEX -->\n\n---\n\n**3**\n',
    )
    const json = JSON.parse(await textOf('json')) as { pages: { outcome: string }[] }
    assert.deepEqual(
      json.pages.map(({ outcome }) => outcome),
      ['ok', 'failed', 'ok'],
    )
    const { results } = await manifest()
    assert.equal(results?.textSizeBytes, Buffer.byteLength('文 1\n\f\f文 3\n'))
    assert.equal(results.textLength, 10)
    assert.deepEqual(await readdir(directory), ['store'])
  })

  it('keeps the place of pages that a cancelled document never came to', async () => {
    await prepare([1, 3])

    await assembleDocument(deps, inputFor('o.o', { outcome: 'cancelled' }), signal)

    assert.equal(await textOf('text'), '文 1\n\f\f文 3\n')
    assert.equal((await manifest()).outcome, 'cancelled')
  })

  it('fails a page that is gone from the store, not the document', async () => {
    await prepare([1])

    await assembleDocument(deps, inputFor('oo'), signal)

    const { failed, marks, progress } = await manifest()
    assert.deepEqual(failed, [{ page: 2, code: 'BLOB_MISSING' }])
    assert.equal(marks, 'of')
    assert.equal(progress.okPages, 1)
    assert.equal(progress.failedPages, 1)
  })

  it('fails when every page is gone', async () => {
    await prepare([])

    const work = assembleDocument(deps, inputFor('oo'), signal)

    await assert.rejects(
      work,
      (error) => error instanceof OcrError && error.code === 'BLOB_MISSING',
    )
  })

  it('writes the text of Py OCR with its summary', async () => {
    await prepare([1], { textStyle: 'py-ocr' })

    await assembleDocument(deps, inputFor('of'), signal)

    const text = await textOf('text')
    assert.equal(
      text,
      '--- 第1页 ---\n文 1\n\n--- 第2页（处理失败）---\n\n--- 处理摘要 ---\n总页数: 2\n成功页数: 1\n失败页数: 1\n失败页码: 2\n',
    )
  })

  it('writes the result file of SCNet besides, with the markdown of the whole document', async () => {
    await prepare([1, 3], { dialect: 'scnet' })

    await assembleDocument(deps, inputFor('ofo'), signal)

    const key = present((await manifest()).results?.scnet)
    assert.equal(key, `documents/${ID}/results/2024/03/07/${ID}/001_result_${ID}.json`)
    const file = JSON.parse(present(await readBytes(deps.store, key, 1e6)).toString()) as {
      task_id: string
      pages: { page: number; status?: string }[]
      markdown: string
    }
    assert.equal(file.task_id, ID)
    assert.deepEqual(
      file.pages.map(({ page, status }) => [page, status]),
      [
        [1, undefined],
        [2, 'failed'],
        [3, undefined],
      ],
    )
    assert.equal(file.markdown, await textOf('markdown'))
  })

  it('writes no result file of SCNet for other dialects', async () => {
    await prepare([1])

    await assembleDocument(deps, inputFor('o'), signal)

    assert.equal((await manifest()).results?.scnet, undefined)
  })

  for (const file of ['result.txt', 'result.json'])
    it(`leaves the ending of a cancel alone that came while ${file} was written`, async () => {
      await prepare([1, 2])
      const cancel = inputFor('oo', { outcome: 'cancelled' })
      const put = deps.store.put.bind(deps.store)
      let isCancelled = false
      deps.store.put = async (key, body, options) => {
        if (key.endsWith(file) && !isCancelled) {
          isCancelled = true
          await assembleDocument(deps, cancel, signal)
        }
        return put(key, body, options)
      }

      const late = assembleDocument(deps, inputFor('oo'), signal)

      await assert.rejects(late, { code: 'CANCELLED' })

      assert.equal((await manifest()).outcome, 'cancelled')
    })

  it('leaves the ending of a cancel alone whatever the clock of its host says', async () => {
    await prepare([1, 2])
    const put = deps.store.put.bind(deps.store)
    let isCancelled = false
    deps.store.put = async (key, body, options) => {
      if (key === manifestKey(ID) && !isCancelled) {
        isCancelled = true
        await assembleDocument(deps, inputFor('oo', { outcome: 'cancelled' }), signal)
        const slow = { ...(await manifest()), endedAt: '2001-01-01T00:00:00.000Z' }
        await writeJson(deps.store, manifestKey(ID), slow)
      }
      return put(key, body, options)
    }

    const late = assembleDocument(deps, inputFor('oo'), signal)

    await assert.rejects(late, { code: 'CANCELLED' })
    assert.equal((await manifest()).outcome, 'cancelled')
  })

  it('overwrites the ending of a run that was reset, whatever the clock of its host said', async () => {
    await prepare([1, 2])
    await assembleDocument(deps, inputFor('oo', { outcome: 'cancelled' }), signal)

    await assembleDocument(deps, inputFor('oo'), signal)

    assert.equal((await manifest()).outcome, 'completed')
  })

  it('erases the password and writes no result when nothing was delivered', async () => {
    await prepare([], { password: 'open' })

    await assembleDocument(deps, inputFor('ff', { outcome: 'failed' }), signal)

    const request = await readJson<DocumentRequest>(deps.store, requestKey(ID))
    assert.equal(request?.password, null)
    assert.equal((await manifest()).results, null)
  })
})
