import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { drawSample, sampleText } from '../../../scripts/sample/draw-sample.ts'

const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'samples')

describe('drawSample', () => {
  it('draws the committed sample, byte for byte', () => {
    assert.ok(drawSample().equals(readFileSync(join(SAMPLES, 'sample.pdf'))))
  })

  it('stays small and embeds its font', () => {
    const pdf = drawSample()

    assert.ok(pdf.length < 300_000)
    assert.ok(pdf.includes('/FontFile2'))
  })
})

describe('sampleText', () => {
  it('is the committed text: two pages in Chinese and English', () => {
    const text = sampleText()

    assert.equal(text, readFileSync(join(SAMPLES, 'sample.txt'), 'utf8'))
    assert.equal(text.split('\f').length, 2)
    for (const page of text.split('\f')) assert.match(page, /\p{Script=Han}[\s\S]*[A-Za-z]/u)
  })
})
