import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseGrounding, withoutControlTokens } from '../../../../src/engines/deepseek/grounding.ts'

describe('parseGrounding', () => {
  it('gives labels, boxes and the text between tags', () => {
    const answer =
      '<|ref|>title<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n# Title\n\n' +
      '<|ref|>text<|/ref|><|det|>[[5, 6, 7, 8], [9, 10, 11, 12]]<|/det|>\nLine 1\nline 2\n'

    assert.deepEqual(parseGrounding(answer), {
      parts: [
        { label: 'title', boxes: [[1, 2, 3, 4]], text: '# Title' },
        {
          label: 'text',
          boxes: [
            [5, 6, 7, 8],
            [9, 10, 11, 12],
          ],
          text: 'Line 1\nline 2',
        },
      ],
      isRepaired: false,
    })
  })

  it('keeps text before the first tag', () => {
    const { parts } = parseGrounding('Before\n<|ref|>a<|/ref|><|det|>[[1,2,3,4]]<|/det|>after')

    assert.deepEqual(
      parts.map(({ label, text }) => [label, text]),
      [
        [null, 'Before'],
        ['a', 'after'],
      ],
    )
  })

  it('removes the end token and squeezes empty lines', () => {
    const { parts, isRepaired } = parseGrounding('a\n\n\n\nb<｜end▁of▁sentence｜>')

    assert.deepEqual(parts, [{ label: null, boxes: [], text: 'a\n\nb' }])
    assert.equal(isRepaired, false)
  })

  it('writes definitions as Markdown readers know them', () => {
    const [part] = parseGrounding(String.raw`x \coloneqq 1, 2 \eqqcolon y`).parts

    assert.equal(part?.text, 'x := 1, 2 =: y')
  })

  it('takes a list that is one box', () => {
    const [part] = parseGrounding('<|ref|>a<|/ref|><|det|>[1, 2, 3, 4]<|/det|>').parts

    assert.deepEqual(part?.boxes, [[1, 2, 3, 4]])
  })

  for (const [what, list] of [
    ['code', '__import__("os").system("id")'],
    ['a Python tuple', '[(1, 2, 3, 4)]'],
    ['a cut list', '[[1, 2, 3'],
    ['an object', '{"a": 1}'],
    ['nothing', ''],
    ['deep nesting', '['.repeat(20_000)],
  ] as const) {
    it(`evaluates nothing and finds no box in ${what}`, () => {
      const [part] = parseGrounding(`<|ref|>text<|/ref|><|det|>${list}<|/det|>\nText`).parts

      assert.deepEqual(part, { label: 'text', boxes: [], text: 'Text' })
    })
  }

  it('keeps a thousand boxes of a tag', () => {
    const list = JSON.stringify(Array.from({ length: 1_500 }, () => [1, 2, 3, 4]))

    const [part] = parseGrounding(`<|ref|>text<|/ref|><|det|>${list}<|/det|>`).parts

    assert.equal(part?.boxes.length, 1_000)
  })

  it('takes broken tags out and says so', () => {
    const answer = '<|ref|>text<|/ref|>\nA <|det|>[[1, 2<|/det|> B <|grounding|><image>'

    const { parts, isRepaired } = parseGrounding(answer)

    assert.equal(isRepaired, true)
    assert.equal(parts.length, 1)
    assert.doesNotMatch(parts[0]?.text ?? '', /<\||<image>/)
    assert.match(parts[0]?.text ?? '', /A[^]*B/)
  })

  it('leaves no tag in any text, however it is cut', () => {
    const piece = fc.constantFrom(
      '<|ref|>',
      '<|/ref|>',
      '<|det|>',
      '<|/det|>',
      '[[1, 2, 3, 4]]',
      'text',
      '<｜end▁of▁sentence｜>',
      '<image>',
      '<',
      '|',
      '>',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const { parts } = parseGrounding(pieces.join(''))

        for (const { text } of parts) assert.doesNotMatch(text, /<\|\/?(?:ref|det)\|>/)
      }),
      { numRuns: 500 },
    )
  })

  it('reads 8 MB of opening tags in linear time', () => {
    const before = performance.now()

    parseGrounding('<|ref|>a<|/ref|><|det|>['.repeat(300_000))

    assert.ok(performance.now() - before < 10_000)
  })
})

describe('withoutControlTokens', () => {
  it('takes out what is no text, and leaves places as they are', () => {
    const answer =
      '<｜begin▁of▁sentence｜> <|ref|>total<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n<｜end▁of▁sentence｜>'

    assert.equal(withoutControlTokens(answer), '<|ref|>total<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>')
  })
})
