import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  DEFAULT_PROMPT,
  ignoredFields,
  ocrFields,
} from '../../../../../src/api/dialects/deepseek/ocr-fields.ts'

describe('ocrFields', () => {
  const prompts: [string, string | undefined, string][] = [
    ['the default is Free OCR, with a newline', undefined, '<image>\nFree OCR.'],
    ['an empty one is none', '', DEFAULT_PROMPT],
    ['a newline in letters becomes one', '<image>\\nFree OCR.', '<image>\nFree OCR.'],
    ['but not elsewhere', '<image>\nLocate \\nabla', '<image>\nLocate \\nabla'],
    ['a real newline stays', '<image>\nOCR this image.', '<image>\nOCR this image.'],
    [
      'the tip of the document passes through',
      '<image>\nConvert document to markdown',
      '<image>\nConvert document to markdown',
    ],
    ['none is added', 'Free OCR.', 'Free OCR.'],
    ['a trailing space stays', '<image>\nFree OCR. ', '<image>\nFree OCR. '],
    ['4,096 bytes are taken', '文'.repeat(1_365) + 'a', '文'.repeat(1_365) + 'a'],
  ]
  for (const [what, sent, expected] of prompts)
    it(`prompt: ${what}`, () => {
      assert.equal(ocrFields.parse({ prompt: sent }).prompt, expected)
    })

  it('prompt: 4,097 bytes are too many, whatever they spell', () => {
    assert.equal(ocrFields.safeParse({ prompt: '文'.repeat(1_365) + 'ab' }).success, false)
  })

  it('reads save_to_file as JSON, Python and shells write it', () => {
    const read = (value: unknown) => ocrFields.safeParse({ save_to_file: value }).data?.save_to_file

    for (const value of [true, 'true', 'True', '1', 1, undefined]) assert.equal(read(value), true)
    for (const value of [false, 'false', 'False', '0', 0]) assert.equal(read(value), false)
    for (const value of ['yes', 'maybe', '2', 2, null, {}, 'constructor', '__proto__'])
      assert.equal(
        ocrFields.safeParse({ save_to_file: value }).success,
        false,
        JSON.stringify(value),
      )
  })

  it('checks the sizes that it ignores', () => {
    for (const side of [512, '1024', 1_280])
      assert.ok(ocrFields.safeParse({ base_size: side, image_size: side }).success, String(side))
    for (const side of [511, 1_281, '1e3', '-640', 'x', 640.5, null])
      assert.equal(ocrFields.safeParse({ image_size: side }).success, false, String(side))
    assert.equal(ocrFields.safeParse({ crop_mode: 'perhaps' }).success, false)
  })

  it('tells which fields were sent in vain', () => {
    const fields = ocrFields.parse({ base_size: 640, crop_mode: 'false', another: 'x' })

    assert.deepEqual(ignoredFields(fields), ['base_size', 'crop_mode'])
    assert.deepEqual(ignoredFields(ocrFields.parse({})), [])
  })
})
