import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { createTesseractEngine } from '../../src/engines/tesseract.ts'
import { OcrError } from '../../src/platform/errors.ts'
import { drawPage } from '../support/draw-page.ts'
import { describeOcrEngine } from '../contract/ocr-engine.suite.ts'

const isInstalled = spawnSync('tesseract', ['--version']).status === 0

if (!isInstalled && process.env['CI'] !== 'true') {
  describe('createTesseractEngine', () => {
    it('reads pages', { skip: 'the program tesseract is not installed' }, () => {})
  })
} else {
  describeOcrEngine('createTesseractEngine', () => createTesseractEngine({ slots: 2 }))

  describe('createTesseractEngine, input', () => {
    const recognize = async (png: Uint8Array) => {
      await using engine = createTesseractEngine({ slots: 1 })
      return await engine.recognize(
        { ...drawPage([]), png },
        { languages: ['en'], signal: AbortSignal.timeout(30_000) },
      )
    }

    it('refuses bytes that are not a PNG, since Tesseract opens paths it is given', async () => {
      await assert.rejects(
        recognize(Buffer.from('/etc/hostname\n')),
        (error) => error instanceof OcrError && error.code === 'ENGINE_REJECTED_REQUEST',
      )
    })

    it('fails as ENGINE_REJECTED_REQUEST on a PNG that cannot be decoded', async () => {
      const { png } = drawPage([])

      await assert.rejects(
        recognize(png.subarray(0, 20)),
        (error) => error instanceof OcrError && error.code === 'ENGINE_REJECTED_REQUEST',
      )
    })

    it('reads Chinese by default', async () => {
      await using engine = createTesseractEngine({ slots: 1 })
      // Of a page with a single short line it says "Empty page".
      const texts = ['春天来了，花园里开满了花。', '孩子们在草地上奔跑、唱歌。']
      const image = drawPage(
        texts.map((text, row) => ({ text, xPx: 60, yPx: 120 + row * 70, sizePx: 44 })),
      )

      const { blocks } = await engine.recognize(image, {
        languages: null,
        signal: AbortSignal.timeout(30_000),
      })

      assert.match(blocks.map(({ text }) => text).join(''), /孩子们在草地上奔跑/)
    })
  })
}
