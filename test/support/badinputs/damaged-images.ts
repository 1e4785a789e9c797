import sharp from 'sharp'
import { deflatedRun, pngFile, tiffFile } from '../pdf-kernel.ts'
import { STOPPED, type BadFile, type Outcome } from './bad-file.ts'

const CORRUPT: readonly Outcome[] = ['CORRUPT_IMAGE', 'failed(CORRUPT_IMAGE)']
const LOST: readonly Outcome[] = [...CORRUPT, 'degraded(IMAGE_TRUNCATED)']

/** Image files that are cut short, or damaged somewhere: never what they were. */
export async function damagedImages(): Promise<readonly BadFile[]> {
  const noise = {
    create: {
      width: 300,
      height: 300,
      channels: 3,
      background: '#fff',
      noise: { type: 'gaussian', mean: 200, sigma: 30 },
    },
  } as const
  const whole = {
    JPEG: await sharp(noise).jpeg().toBuffer(),
    'progressive JPEG': await sharp(noise).jpeg({ progressive: true }).toBuffer(),
    PNG: await sharp(noise).png().toBuffer(),
    WebP: await sharp(noise).webp().toBuffer(),
    GIF: await sharp(noise).gif().toBuffer(),
    'LZW TIFF': await sharp(noise).tiff({ compression: 'lzw' }).toBuffer(),
  }
  const cuts = Object.entries(whole).flatMap(([name, bytes]) =>
    [0.1, 0.5, 0.8].map((share) => ({
      name: `a ${name} cut at ${share * 100} %`,
      family: 'cut image',
      make: () => bytes.subarray(0, bytes.length * share),
      want: LOST,
      planted: 1,
    })),
  )
  const manyScans: BadFile = {
    name: 'a JPEG whose last scan comes 2,000 times',
    family: 'image of many parts',
    make: async () => {
      const small = sharp(noise).resize(48, 48).jpeg({ progressive: true })
      return withLastScan(await small.toBuffer(), 2_000)
    },
    want: ['ok', ...LOST, ...STOPPED],
    options: { limits: { drawWallClockMs: 10_000 } },
  }
  return [...cuts, ...wrecks(), manyScans]
}

/** A progressive JPEG that repeats its last scan. */
function withLastScan(jpeg: Buffer, times: number): Buffer {
  const from = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]))
  const scan = jpeg.subarray(from, -2)
  const scans = Array.from({ length: times }, () => scan)
  return Buffer.concat([jpeg.subarray(0, from), ...scans, jpeg.subarray(-2)])
}

function wrecks(): BadFile[] {
  const good = {
    widthPx: 64,
    heightPx: 64,
    bitDepth: 8,
    colourType: 0,
    idat: deflatedRun(65 * 64),
  } as const
  const wrongChecksum = (): Buffer => {
    const file = pngFile(good)
    const at = file.indexOf('IDAT') + 6
    file.writeUInt8(file.readUInt8(at) ^ 0xff, at)
    return file
  }
  const files: Record<string, () => Buffer> = {
    'a PNG without pixels': () => pngFile({ ...good, idat: Buffer.alloc(0) }),
    'a PNG of a third of its rows': () => pngFile({ ...good, idat: deflatedRun(65 * 20) }),
    'a PNG with a wrong checksum': wrongChecksum,
    'a PNG that is cut before its end': () => pngFile(good).subarray(0, -40),
    'a PNG of 3 bits': () => pngFile({ ...good, bitDepth: 3 }),
    'a PNG of an unknown colour type': () => pngFile({ ...good, colourType: 5 }),
    'a TIFF whose strip is not there': () =>
      tiffFile(1, { widthPx: 600, heightPx: 600, stripBytes: 45_000 }),
    'a TIFF whose strip is too short': () => tiffFile(1, { widthPx: 600, heightPx: 600 }),
  }
  return Object.entries(files).map(([name, make]) => ({
    name,
    family: 'broken image',
    make,
    want: LOST,
    planted: 1,
  }))
}
