import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import sharp, { type Sharp } from 'sharp'
import type { MediaType } from '../../../src/contract/document.ts'
import { EXIF_STEPS } from '../../support/exif-steps.ts'
import { deflatedRun, gifFile, pngChunk, pngFile, tiffFile } from '../../support/pdf-kernel.ts'
import { darkPixels, drawBytes, drawFirst, pixelAt } from '../../support/drawn-file.ts'

const WHITE = [255, 255, 255]

/** A white sheet, 300 x 400 pixels, with a black bar near its upper left corner. */
function sheet(): Sharp {
  const bar = { create: { width: 100, height: 20, channels: 3, background: '#000' } } as const
  return sharp({ create: { width: 300, height: 400, channels: 3, background: '#fff' } }).composite([
    { input: bar, left: 20, top: 30 },
  ])
}

const dark = (page: { image: { widthPx: number }; rgb: Buffer }, x: number, y: number) =>
  (pixelAt(page, x, y)[0] ?? 255) < 60

async function codeOf(bytes: Uint8Array, mediaType: MediaType): Promise<string | null> {
  const [page] = await drawBytes(bytes, mediaType)
  return page !== undefined && 'code' in page ? page.code : null
}

describe('drawPages of an image', () => {
  it('gives the same picture for every format and colour space', async () => {
    const image = await sheet().png().toBuffer()
    const again = () => sharp(image)
    const files: readonly (readonly [MediaType, Buffer])[] = [
      ['png', image],
      ['png', await again().png({ palette: true }).toBuffer()],
      ['png', await again().toColourspace('rgb16').png().toBuffer()],
      ['png', await again().toColourspace('b-w').png().toBuffer()],
      ['jpeg', await again().jpeg().toBuffer()],
      ['jpeg', await again().jpeg({ progressive: true }).toBuffer()],
      ['jpeg', await again().toColourspace('cmyk').jpeg().toBuffer()],
      ['webp', await again().webp().toBuffer()],
      ['gif', await again().gif().toBuffer()],
      ['tiff', await again().tiff({ compression: 'lzw' }).toBuffer()],
      ['tiff', await again().toColourspace('b-w').tiff({ compression: 'deflate' }).toBuffer()],
      ['tiff', await again().toColourspace('lab').tiff().toBuffer()],
    ]

    for (const [n, [mediaType, bytes]] of files.entries()) {
      const page = await drawFirst(bytes, mediaType)

      assert.deepEqual([page.image.widthPx, page.image.heightPx], [300, 400], `${n} ${mediaType}`)
      assert.equal(dark(page, 70, 40), true, `${n} ${mediaType}`)
      assert.equal(dark(page, 200, 300), false, `${n} ${mediaType}`)
      assert.deepEqual(page.warnings, [], `${n} ${mediaType}`)
    }
  })

  it('turns all eight EXIF orientations upright', async () => {
    for (const [n, steps] of EXIF_STEPS.entries()) {
      let turned = await sheet().png().toBuffer()
      for (const step of steps) turned = await step(sharp(turned)).png().toBuffer()
      const image = sharp(turned).withMetadata({ orientation: n + 1 })

      const page = await drawFirst(await image.jpeg().toBuffer(), 'jpeg')

      assert.deepEqual(
        [page.image.widthPx, page.image.heightPx],
        [300, 400],
        `orientation ${n + 1}`,
      )
      assert.equal(dark(page, 70, 40), true, `orientation ${n + 1}`)
    }
  })

  it('puts transparent pages on white', async () => {
    const alpha = Buffer.alloc(100 * 100 * 4)
    for (let x = 0; x < 50; x += 1) alpha[(50 * 100 + x) * 4 + 3] = 255
    const raw = { width: 100, height: 100, channels: 4 } as const
    const page = await drawFirst(await sharp(alpha, { raw }).png().toBuffer(), 'png')

    assert.deepEqual(pixelAt(page, 10, 50), [0, 0, 0])
    assert.deepEqual(pixelAt(page, 90, 50), WHITE)
  })

  it('stretches 16-bit samples that use only a part of their range', async () => {
    const samples = new Uint16Array(100 * 100).fill(4095)
    samples.fill(300, 0, 5000)
    const raw = { width: 100, height: 100, channels: 1 } as const
    const file = await sharp(samples, { raw }).toColourspace('grey16').png().toBuffer()

    const page = await drawFirst(file, 'png')

    assert.deepEqual(pixelAt(page, 50, 80), WHITE)
    assert.equal(dark(page, 50, 20), true)
  })

  it('draws each page of a TIFF at its own size', async () => {
    const pages = await drawBytes(tiffFile(3), 'tiff', { pages: [1, 3, 4] })

    assert.deepEqual(
      pages.map((page) => ('code' in page ? page.code : page.image.widthPx)),
      [16, 16, 'CORRUPT_IMAGE'],
    )
  })

  it('draws the first frame of an animation', async () => {
    assert.deepEqual((await drawFirst(gifFile(16, 16, 300), 'gif')).warnings, [])
  })

  it('keeps pixels and resolution, and guesses the latter where the file knows none', async () => {
    const scan = sharp({ create: { width: 1240, height: 1754, channels: 3, background: '#fff' } })

    const believed = await drawFirst(
      await scan.clone().withMetadata({ density: 100 }).png().toBuffer(),
      'png',
    )
    const guessed = await drawFirst(await scan.clone().png().toBuffer(), 'png', { dpi: 300 })

    assert.deepEqual(
      [believed.image.widthPx, believed.image.dpi, believed.pngDpi],
      [1240, 100, 100],
    )
    assert.deepEqual([guessed.image.widthPx, guessed.image.dpi, guessed.pngDpi], [1240, 150, 150])
  })

  it('shrinks what is too large and says so', async () => {
    const file = await sheet().png().toBuffer()

    const byPixels = await drawFirst(file, 'png', { limits: { maxPagePixels: 30_000 } })
    const bySide = await drawFirst(file, 'png', { maxImageSidePx: 200, downscale: true })

    assert.deepEqual([byPixels.image.widthPx, byPixels.image.heightPx], [150, 200])
    assert.deepEqual(byPixels.warnings, ['DPI_LOWERED'])
    assert.deepEqual([bySide.image.widthPx, bySide.image.heightPx], [150, 200])
  })

  it('manages a single pixel and hair lines', async () => {
    const line = (widthPx: number, heightPx: number) => {
      const idat = deflatedRun((Math.ceil(widthPx / 8) + 1) * heightPx)
      return pngFile({ widthPx, heightPx, bitDepth: 1, colourType: 0, idat })
    }

    const one = await drawFirst(line(1, 1), 'png')
    const tall = await drawFirst(line(1, 30_000), 'png')
    const wide = await drawFirst(line(40_000, 10), 'png')

    assert.deepEqual([one.image.widthPx, one.image.heightPx], [1, 1])
    assert.deepEqual([tall.image.widthPx, tall.image.heightPx], [1, 16_384])
    assert.deepEqual([wide.image.widthPx, wide.image.heightPx], [16_384, 4])
  })

  it('draws the upper part of a JPEG that was cut short', async () => {
    const whole = await sharp({
      create: {
        width: 400,
        height: 600,
        channels: 3,
        noise: { type: 'gaussian', mean: 200, sigma: 30 },
        background: '#fff',
      },
    })
      .jpeg()
      .toBuffer()

    const page = await drawFirst(whole.subarray(0, whole.length * 0.6), 'jpeg')

    assert.deepEqual(page.warnings, ['IMAGE_TRUNCATED'])
    assert.deepEqual([page.image.widthPx, page.image.heightPx], [400, 600])
  })

  it('refuses damaged PNGs: what is missing would come out as repeated rows', async () => {
    const good = {
      widthPx: 64,
      heightPx: 64,
      bitDepth: 8,
      colourType: 0,
      idat: deflatedRun(65 * 64, 0),
    }
    const file = pngFile(good)
    const wrongCrc = Buffer.from(file)
    wrongCrc[file.indexOf('IDAT') + 6] = (wrongCrc[file.indexOf('IDAT') + 6] ?? 0) ^ 0xff

    assert.equal(
      await codeOf(pngFile({ ...good, idat: deflatedRun(65 * 20) }), 'png'),
      'CORRUPT_IMAGE',
    )
    assert.equal(await codeOf(wrongCrc, 'png'), 'CORRUPT_IMAGE')
    assert.equal(await codeOf(pngFile({ ...good, idat: Buffer.alloc(0) }), 'png'), 'CORRUPT_IMAGE')
  })

  it('refuses sizes that cannot be, and strips that are not there', async () => {
    const impossible = { bitDepth: 8, colourType: 2, idat: deflatedRun(9) }

    assert.equal(
      await codeOf(pngFile({ ...impossible, widthPx: 2 ** 31 - 1, heightPx: 2 ** 31 - 1 }), 'png'),
      'CORRUPT_IMAGE',
    )
    assert.equal(
      await codeOf(pngFile({ ...impossible, widthPx: 0, heightPx: 0 }), 'png'),
      'CORRUPT_IMAGE',
    )
    assert.equal(await codeOf(tiffFile(1, { stripBytes: 4_000_000_000 }), 'tiff'), null)
  })

  it('is not slowed down by bombs in text chunks', async () => {
    const text = Buffer.concat([Buffer.from('Comment\0\0'), deflatedRun(20_000_000, 65)])
    const good = {
      widthPx: 64,
      heightPx: 64,
      bitDepth: 8,
      colourType: 0,
      idat: deflatedRun(65 * 64),
    }

    const page = await drawFirst(pngFile({ ...good, chunks: [pngChunk('zTXt', text)] }), 'png')

    assert.equal(darkPixels(page), 64 * 64)
  })

  it('draws a bitmap', async () => {
    const head = Buffer.alloc(62)
    head.write('BM')
    head.writeUInt32LE(62, 10)
    head.writeUInt32LE(40, 14)
    head.writeInt32LE(8, 18)
    head.writeInt32LE(2, 22)
    head.writeUInt16LE(1, 26)
    head.writeUInt16LE(1, 28)
    head.writeUInt32LE(0x00ff_ffff, 58)

    const page = await drawFirst(
      Buffer.concat([head, Buffer.from([0xff, 0, 0, 0, 0x0f, 0, 0, 0])]),
      'bmp',
    )

    assert.deepEqual(pixelAt(page, 0, 0), [0, 0, 0])
    assert.deepEqual(pixelAt(page, 7, 0), WHITE)
    assert.deepEqual(pixelAt(page, 0, 1), WHITE)
  })
})
