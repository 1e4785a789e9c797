import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  cutText,
  MAX_SHOWN_LENGTH,
  pageContent,
  pictureUrls,
} from '../../../../web/src/document/page-content.ts'
import { blockView, pageView } from '../../../support/web-pages.ts'

describe('pageContent', () => {
  it('shows the blocks of a page in reading order', () => {
    const blocks = [blockView({ text: 'first' }), blockView({ text: 'second' })]

    assert.deepEqual(pageContent(pageView({ blocks })), { kind: 'blocks', blocks, isCut: false })
  })

  it('shows the Markdown of a page without blocks', () => {
    const page = pageView({ markup: 'markdown', markdown: '# a' })

    assert.deepEqual(pageContent(page), { kind: 'markdown', text: '# a', isCut: false })
  })

  it('shows plain text as it is printed, not as Markdown with its escapes', () => {
    const page = pageView({ markup: 'plain', text: '*a*', markdown: String.raw`\*a\*` })

    assert.deepEqual(pageContent(page), { kind: 'text', text: '*a*', isCut: false })
  })

  it('cuts blocks that hold more than can be shown', () => {
    const half = 'x'.repeat(MAX_SHOWN_LENGTH / 2)
    const blocks = [half, half, 'one too many'].map((text) => blockView({ text }))

    const content = pageContent(pageView({ blocks }))

    assert.ok(content.kind === 'blocks')
    assert.equal(content.blocks.length, 2)
    assert.equal(content.isCut, true)
  })
})

describe('cutText', () => {
  it('never cuts a character in two', () => {
    const { text, isCut } = cutText(`${'x'.repeat(MAX_SHOWN_LENGTH - 1)}😀`)

    assert.equal(isCut, true)
    assert.ok(text.isWellFormed())
  })
})

describe('pictureUrls', () => {
  it('knows the crops by the paths of the Markdown, counting only blocks that have one', () => {
    const blocks = [
      blockView({ category: 'picture', imageUrl: '/a.png' }),
      blockView(),
      blockView({ category: 'picture', imageUrl: '/b.png' }),
      blockView({ category: 'picture' }),
    ]

    assert.deepEqual(
      [...pictureUrls(pageView({ page: 7, blocks }))],
      [
        ['images/7_1.png', '/a.png'],
        ['images/7_2.png', '/b.png'],
      ],
    )
  })
})
