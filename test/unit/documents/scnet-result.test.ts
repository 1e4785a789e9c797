import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PageRecord } from '../../../src/contract/page.ts'
import type { ResultPage } from '../../../src/documents/result-formats.ts'
import { endWithString, scnetJson } from '../../../src/documents/scnet-result.ts'

const HEAD = { documentId: 'T', engine: 'paddle', totalPages: 1, deliveredPages: 1, failed: [] }

const PAGE: PageRecord = {
  page: 1,
  outcome: 'ok',
  engine: 'paddle',
  widthPx: 1654,
  heightPx: 2339,
  dpi: 200,
  text: '文',
  markdown: '# "文"\n',
  blocks: [
    { bbox: [1, 2, 3, 4], category: 'text', text: '文', confidence: 0.5 },
    { bbox: [5, 6, 7, 8], category: 'list-item', text: '- a', confidence: null },
    { bbox: [0, 0, 9, 9], category: 'picture', text: '', confidence: null },
  ],
  warnings: [],
  usage: null,
}

async function* piecesOf(text: string): AsyncGenerator<string> {
  for (const character of text) yield character
}

async function fileOf(pages: readonly ResultPage[], markdown: string): Promise<unknown> {
  let file = scnetJson.start(HEAD)
  for (const [place, page] of pages.entries()) file += scnetJson.page(page, place)
  file += scnetJson.end(HEAD)
  for await (const piece of endWithString(piecesOf(markdown))) file += piece
  return JSON.parse(file)
}

describe('scnetJson', () => {
  it('is as documented for a good page, boxes in pixels and categories as dots names them', async () => {
    const file = await fileOf([PAGE], '# "文"\n')

    assert.deepEqual(file, {
      task_id: 'T',
      pages: [
        {
          page: 1,
          width: 1654,
          height: 2339,
          markdown: '# "文"\n',
          layout: [
            { bbox: [1, 2, 3, 4], category: 'Text', text: '文' },
            { bbox: [5, 6, 7, 8], category: 'List-item', text: '- a' },
            { bbox: [0, 0, 9, 9], category: 'Picture', text: '' },
          ],
        },
      ],
      markdown: '# "文"\n',
    })
  })

  it('says of each page that is not good what it is, and keeps its keys', async () => {
    const file = await fileOf(
      [
        { ...PAGE, outcome: 'degraded', blocks: [] },
        { page: 2, code: 'TOO_COMPLEX' },
        { page: 3, isUnread: true },
        { ...PAGE, page: 4, outcome: 'empty', markdown: '', blocks: [] },
      ],
      '',
    )

    const { pages } = file as { pages: Record<string, unknown>[] }
    const keys = ['page', 'width', 'height', 'markdown', 'layout']
    assert.deepEqual(
      pages.map(({ status }) => status),
      ['degraded', 'failed', 'unread', undefined],
    )
    assert.deepEqual(
      pages.map((page) => Object.keys(page).filter((key) => key !== 'status')),
      [keys, keys, keys, keys],
    )
    assert.deepEqual(
      pages.map(({ page }) => page),
      [1, 2, 3, 4],
    )
  })

  it('escapes the markdown of the document piece by piece', async () => {
    const markdown = 'a "quoted" \\ 𠮷\n\u0000\u2028</script>'

    const file = await fileOf([], markdown)

    assert.deepEqual(file, { task_id: 'T', pages: [], markdown })
  })
})
