import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { EngineId } from '../../src/contract/engines.ts'
import { startFakeEngines, type FakeEngines } from '../support/fakes/fake-engines.ts'
import { markedDocument } from '../support/marked-document.ts'
import { pageTruth, truthMarkdown } from '../support/page-truth.ts'
import { readJson } from '../support/read-json.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { readPages, submitDocument, waitForEnd } from '../support/stack-client.ts'

const PAGES = 12
const NUMBERS = Array.from({ length: PAGES }, (_, place) => place + 1)
/** Boxes go through the model's coordinates and back. */
const BOX_TOLERANCE_PX = 3

describe('a document of 12 pages', () => {
  let fakes: FakeEngines
  let stack: Stack
  const resources = new AsyncDisposableStack()
  before(async () => {
    fakes = resources.use(await startFakeEngines())
    stack = resources.use(await startStack({ stubDelayMs: null, env: fakes.env }))
  })
  after(() => resources.disposeAsync())

  async function read(engine: EngineId): Promise<string> {
    const bytes = new Uint8Array(markedDocument(PAGES, 4))
    const id = await submitDocument(stack.url, bytes, { engine })
    const status = await waitForEnd(stack.url, id, 240_000)
    assert.equal(status.status, 'completed', JSON.stringify(status))
    assert.deepEqual([status.pages.ok, status.failed_pages], [PAGES, []])
    return `${stack.url}/v1/documents/${id}`
  }
  const get = async (url: string) => {
    const response = await fetch(url)
    assert.equal(response.status, 200, url)
    return response
  }

  for (const engine of ['dots', 'deepseek'] as const)
    it(`through ${engine}: blocks, Markdown and JSON are what the model said, pictures are cut out`, async () => {
      const url = await read(engine)

      const markdown = await (await get(`${url}/result?format=markdown`)).text()
      assert.equal(
        markdown,
        NUMBERS.map((page) => `${truthMarkdown(page, true)}\n`).join('\n---\n\n'),
      )
      const json = await readJson(await get(`${url}/result?format=json`))
      assert.equal(json.pages.length, PAGES)
      for (const page of NUMBERS) {
        const stored = json.pages[page - 1]
        assertBlocks(stored, page)
        assert.deepEqual(stored, await readJson(await get(`${url}/pages/${page}`)))
        const picture = stored.blocks.find(
          ({ category }: { category: string }) => category === 'picture',
        )
        // Relative to the document, as a browser resolves it in the Markdown result.
        const crop = Buffer.from(
          await (await get(new URL(picture.image, `${url}/`).href)).arrayBuffer(),
        )
        const [left, top, right, bottom] = picture.bbox
        assert.deepEqual(
          [crop.readUInt32BE(16), crop.readUInt32BE(20)],
          [right - left, bottom - top],
        )
      }
      assert.deepEqual(fakes[engine].problems, [])
      const { usage } = await readJson(await get(url))
      assert.equal(usage.prompt_tokens, PAGES * 100)
    })

  for (const engine of ['llm', 'ollama'] as const)
    it(`through ${engine}: blocks, Markdown and JSON are what the model said`, async () => {
      const url = await read(engine)

      const markdown = await (await get(`${url}/result?format=markdown`)).text()
      assert.equal(
        markdown,
        NUMBERS.map((page) => `${truthMarkdown(page, false)}\n`).join('\n---\n\n'),
      )
      const json = await readJson(await get(`${url}/result?format=json`))
      for (const page of NUMBERS) {
        const stored = json.pages[page - 1]
        assert.deepEqual(
          stored.blocks.map(({ category, text }: TextBlock) => ({ category, text })),
          pageTruth(page)
            .filter(({ category }) => category !== 'picture')
            .map(({ category, text }) => ({ category, text })),
        )
        assert.equal(stored.markup, 'markdown')
      }
      assert.deepEqual(fakes[engine].problems, [])
      assert.ok((await readJson(await get(url))).usage.completion_tokens >= PAGES)
    })

  for (const engine of ['paddle', 'tesseract'] as const)
    it(`through ${engine}: every page has its own words`, async () => {
      const url = await read(engine)

      const pages = await readPages(stack.url, url.split('/').at(-1) ?? '')
      assert.equal(pages.length, PAGES)
      for (const page of NUMBERS) {
        const text = pages[page - 1] ?? ''
        assert.match(text, new RegExp(`Page ${page}\\b`))
        assert.match(text, new RegExp(`Line 4 of page ${page},`))
      }
    })
})

type TextBlock = { readonly category: string; readonly text: string }

function assertBlocks(
  stored: {
    readonly width: number
    readonly height: number
    readonly blocks: readonly (TextBlock & { readonly bbox: readonly number[] })[]
  },
  page: number,
): void {
  const truth = pageTruth(page)
  assert.deepEqual(
    stored.blocks.map(({ category, text }) => ({ category, text })),
    truth.map(({ category, text }) => ({ category, text })),
  )
  for (const [place, { bbox }] of stored.blocks.entries())
    for (const [side, px] of bbox.entries()) {
      const share = truth[place]?.box[side] ?? 0
      const expected = (share / 1000) * (side % 2 === 0 ? stored.width : stored.height)
      assert.ok(
        Math.abs(px - expected) <= BOX_TOLERANCE_PX,
        `page ${page}, block ${place}: ${bbox.join(', ')}`,
      )
    }
}
