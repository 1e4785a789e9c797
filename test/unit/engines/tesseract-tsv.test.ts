import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseTesseractTsv } from '../../../src/engines/tesseract-tsv.ts'

// As `tesseract 5.3.0 … tsv` wrote it, shortened.
const TSV = `level	page_num	block_num	par_num	line_num	word_num	left	top	width	height	conf	text
1	1	0	0	0	0	0	0	1653	2339	-1	
2	1	1	0	0	0	179	185	296	117	-1	
3	1	1	1	0	0	179	185	296	117	-1	
4	1	1	1	1	0	179	185	290	29	-1	
5	1	1	1	1	1	179	185	75	29	90	The
5	1	1	1	1	2	264	185	75	29	100	recog-
4	1	1	1	2	0	179	256	296	46	-1	
5	1	1	1	2	1	179	256	116	46	96	nition
3	1	1	2	0	0	179	356	296	46	-1	
5	1	1	2	1	1	179	356	40	46	90	城市
5	1	1	2	1	2	229	356	40	46	90	公园
2	1	2	0	0	0	10	500	1600	5	-1	
5	1	2	1	1	1	10	500	1600	5	95	 
`

describe('parseTesseractTsv', () => {
  it('makes a block of each paragraph, in the order of the file', () => {
    const blocks = parseTesseractTsv(TSV, 1)

    assert.deepEqual(
      blocks.map(({ text }) => text),
      ['The recognition', '城市公园'],
    )
    assert.deepEqual(blocks[0]?.bbox, [179, 185, 339, 302])
  })

  it('gives a confidence of 0 to 1', () => {
    assert.equal(parseTesseractTsv(TSV, 1)[1]?.confidence, 0.9)
  })

  it('scales boxes of a half-size image back', () => {
    assert.deepEqual(parseTesseractTsv(TSV, 0.5)[0]?.bbox, [358, 370, 678, 604])
  })

  it('gives no blocks for a blank page', () => {
    assert.deepEqual(parseTesseractTsv(TSV.split('\n').slice(0, 2).join('\n'), 1), [])
  })
})
