/*
 * Draws `samples/sample.pdf` and writes `samples/sample.txt`, the text that is on it. The drawing is
 * deterministic: equal sources give equal bytes.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawSample, sampleText } from './sample/draw-sample.ts'

const directory = join(import.meta.dirname, '..', 'samples')
writeFileSync(join(directory, 'sample.pdf'), drawSample())
writeFileSync(join(directory, 'sample.txt'), sampleText())
