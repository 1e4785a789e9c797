import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { zipFiles } from '../../../../web/src/document/zip-files.ts'
import { fakeDocumentsApi } from '../../../support/web-documents.ts'
import { blockView, pageView } from '../../../support/web-pages.ts'

async function zipped(markdown: string) {
  const asked: number[] = []
  const fetched: string[] = []
  const source = zipFiles({
    id: 'a',
    fileName: 'a.pdf',
    api: fakeDocumentsApi({
      result: (_id, format) => Promise.resolve(format === 'markdown' ? markdown : format),
      page(_id, page) {
        asked.push(page)
        const picture = blockView({ category: 'picture', imageUrl: `/crop/${page}` })
        return Promise.resolve(page === 9 ? null : pageView({ page, blocks: [picture] }))
      },
    }),
    fetchPicture(url) {
      fetched.push(url)
      return Promise.resolve(new Response(url))
    },
  })
  const names: string[] = []
  for await (const { name } of source) names.push(name)
  return { names, asked, fetched }
}

describe('zipFiles', () => {
  it('has Markdown, text and JSON', async () => {
    const { names, asked } = await zipped('no pictures')

    assert.deepEqual(names, ['a.md', 'a.txt', 'a.json'])
    assert.deepEqual(asked, [])
  })

  it('has the pictures under the paths that the Markdown links to, each once', async () => {
    const { names, fetched } = await zipped(
      '![](images/2_1.png) ![](images/2_1.png)\n\n---\n\n![](images/4_1.png)',
    )

    assert.deepEqual(names.slice(3), ['images/2_1.png', 'images/4_1.png'])
    assert.deepEqual(fetched, ['/crop/2', '/crop/4'])
  })

  it('leaves out a picture that the page does not have, or whose page is gone', async () => {
    const { names } = await zipped('![](images/2_5.png) ![](images/9_1.png)')

    assert.deepEqual(names, ['a.md', 'a.txt', 'a.json'])
  })

  it('fetches nothing that is no picture of the document', async () => {
    const { fetched, asked } = await zipped('![](https://example.org/x.png) ![](../images/1_1.png)')

    assert.deepEqual([fetched, asked], [[], []])
  })
})
