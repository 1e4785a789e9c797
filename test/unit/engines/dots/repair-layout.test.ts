import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseLayout } from '../../../../src/engines/dots/layout-json.ts'
import { A, B, BROKEN_ANSWERS } from './broken-answers.ts'

function summaryOf(answer: string): string[] | null {
  const layout = parseLayout(answer)
  return layout && layout.cells.map(({ category, text }) => `${category ?? '-'}: ${text ?? '-'}`)
}

describe('repairLayout', () => {
  for (const { name, answer, cells, isIncomplete = false } of BROKEN_ANSWERS) {
    it(`reads ${name}`, () => {
      const layout = parseLayout(answer)

      assert.deepEqual(summaryOf(answer), cells)
      if (layout === null) return
      assert.equal(layout.isRepaired, true)
      assert.equal(layout.isIncomplete, isIncomplete)
    })
  }

  it('keeps boxes through a repair', () => {
    const layout = parseLayout(`[${A} ${B.slice(0, -1)}`)

    assert.deepEqual(
      layout?.cells.map(({ bbox }) => bbox),
      [
        [1, 2, 30, 40],
        [5, 50, 60, 70],
      ],
    )
  })

  it('trusts no number at which the answer broke off', () => {
    const layout = parseLayout('[{"category": "Text", "text": "alpha", "bbox": [10, 20, 300, 4')

    assert.deepEqual(layout?.cells, [{ bbox: null, category: 'Text', text: 'alpha' }])
  })

  it('marks what is no number in a box', () => {
    const layout = parseLayout('[{"bbox": [NaN, 2, x, 4], "category": "Text", "text": "alpha"}]')

    assert.deepEqual(layout?.cells[0]?.bbox, [NaN, 2, NaN, 4])
    assert.equal(layout?.cells[0]?.text, 'alpha')
  })

  it('keeps at most 10,000 characters of a text that broke off', () => {
    const layout = parseLayout(
      `[{"bbox": [1, 2, 3, 4], "category": "Text", "text": "${'x'.repeat(20_000)}`,
    )

    assert.equal(layout?.cells[0]?.text?.length, 10_000)
  })

  for (const piece of ['"', '" ', '{', '"bbox":', '\\', '{"text":"', '[', '", ', '"a": "b", ']) {
    it(`reads a million characters of ${JSON.stringify(piece)} in a few seconds of CPU at most`, () => {
      const before = process.cpuUsage()

      parseLayout(`[{"text": "${piece.repeat(1_000_000 / piece.length)}`)

      assert.ok(process.cpuUsage(before).user < 10_000_000)
    })
  }
})
