import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { drawPages } from '../../src/documents/draw-pages.ts'
import { inspectFile } from '../../src/documents/inspect-file.ts'
import { corpusFile, CORPUS_MISSING } from '../support/corpus.ts'

describe('geotopo-117p.pdf', { skip: CORPUS_MISSING }, () => {
  it('is drawn to its last page', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'durable-ocr-geotopo-'))
    try {
      const file = {
        path: corpusFile('geotopo-117p.pdf'),
        mediaType: 'pdf',
        password: null,
        maxImageSidePx: null,
      } as const
      const signal = AbortSignal.timeout(15 * 60_000)
      const { pageCount } = await inspectFile(file, { maxPages: 5_000, signal })
      const pages = Array.from({ length: pageCount - 3 }, (_, place) => place + 4)

      const drawn: number[] = []
      for await (const page of drawPages(file, { pages, dpi: 200, directory, signal })) {
        assert.ok('image' in page, JSON.stringify(page))
        assert.ok(page.image.widthPx > 1_000 && page.image.heightPx > 1_000)
        drawn.push(page.page)
        await rm(page.image.path)
      }

      assert.equal(pageCount, 117)
      assert.deepEqual(drawn, pages)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})
