import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TextPieces } from '../../../../src/engines/model-server/text-pieces.ts'

function handedOn(pieces: readonly string[]): string[] {
  const taken: string[] = []
  const text = new TextPieces((piece) => void taken.push(piece))
  for (const piece of pieces) text.add(piece)
  text.end()
  return taken
}

describe('TextPieces', () => {
  it('hands on every piece at once', () => {
    assert.deepEqual(handedOn(['a', 'b c', '字']), ['a', 'b c', '字'])
  })

  it('keeps half a character back until its other half comes', () => {
    assert.deepEqual(handedOn(['a\ud83c', '\udc04b']), ['a', '🀄b'])
  })

  it('adds up to the text, well-formed, however it is cut', () => {
    const unit = fc.constantFrom('a', '\ud83c', '\udc04', '🀄', '')
    fc.assert(
      fc.property(fc.array(fc.array(unit)), (pieces) => {
        const texts = pieces.map((units) => units.join(''))

        const taken = handedOn(texts)

        assert.equal(taken.join(''), texts.join('').toWellFormed())
        assert.ok(taken.every((piece) => piece.isWellFormed() && piece !== ''))
      }),
    )
  })
})
