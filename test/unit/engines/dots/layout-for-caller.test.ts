import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { layoutForCaller } from '../../../../src/engines/dots/layout-for-caller.ts'

const PAGE = {
  image: { widthPx: 1000, heightPx: 2000 },
  sent: { widthPx: 500, heightPx: 500 },
}
const CELLS = [
  { bbox: [10, 20, 30, 41], category: 'Title', text: '# α "β"' },
  { bbox: [0, 50, 499, 500], category: 'Picture' },
]

const layoutOf = (answer: string, hasText = true): string | null =>
  layoutForCaller(answer, { page: PAGE, hasText })

describe('layoutForCaller', () => {
  it('maps the boxes and leaves the rest as the model wrote it', () => {
    assert.equal(
      layoutOf(JSON.stringify(CELLS)),
      '[{"bbox":[20,80,60,164],"category":"Title","text":"# α \\"β\\""},' +
        '{"bbox":[0,200,998,2000],"category":"Picture"}]',
    )
  })

  it('gives no text where places only were asked for', () => {
    assert.equal(
      layoutOf(JSON.stringify(CELLS), false),
      '[{"bbox":[20,80,60,164],"category":"Title"},{"bbox":[0,200,998,2000],"category":"Picture"}]',
    )
  })

  it('mends what is meant for certain', () => {
    const answer = '[{"bbox": [10, 20, 30, 41], "category": "Text", "text": "a \\alpha b"} '

    assert.equal(
      layoutOf(`${answer}{"bbox": [1, 2, 3, 4], "category": "Text", "text": "c"}]`),
      '[{"bbox":[20,80,60,164],"category":"Text","text":"a \\\\alpha b"},' +
        '{"bbox":[2,8,6,16],"category":"Text","text":"c"}]',
    )
  })

  it('leaves out a box that is none', () => {
    const answer = '[{"bbox": [10, 20, 30], "category": "Text", "text": "a"}]'

    assert.equal(layoutOf(answer), '[{"category":"Text","text":"a"}]')
  })

  for (const [what, answer] of [
    ['prose', 'There is no layout here.'],
    ['nothing', ''],
    ['an empty list', '[]'],
    ['an answer that breaks off', '[{"bbox": [1, 2, 3, 4], "category": "Text", "text": "wor'],
  ] as const) {
    it(`makes nothing of ${what}`, () => {
      assert.equal(layoutOf(answer), null)
    })
  }
})
