import { deflateSync } from 'node:zlib'
import type { BadFile, Outcome } from './bad-file.ts'
import { textWith, type Image } from './text-with-image.ts'

const TOO_LARGE: readonly Outcome[] = ['failed(IMAGE_TOO_LARGE)']

/** Pages of text with an image of more pixels than are decoded. */
export function oversizedImages(): readonly BadFile[] {
  const few = deflateSync(Buffer.alloc(100_000))
  const raw = Buffer.alloc(100)
  const images: Record<string, Image> = {
    'deflated RGB': { colour: '/DeviceRGB', filter: '/FlateDecode', data: few },
    'deflated grey': { filter: '/FlateDecode', data: few },
    'deflated CMYK': { colour: '/DeviceCMYK', filter: '/FlateDecode', data: few },
    fax: { filter: '/CCITTFaxDecode', data: raw },
    JBIG2: { filter: '/JBIG2Decode', data: raw },
    LZW: { filter: '/LZWDecode', data: raw },
    'run-length': { filter: '/RunLengthDecode', data: raw },
    hexadecimal: { filter: '/ASCIIHexDecode', data: '00'.repeat(100) },
    plain: { filter: '', data: raw },
    'JPEG by its dictionary': { filter: '/DCTDecode', data: raw },
    'JPEG 2000 by its dictionary': { filter: '/JPXDecode', data: raw },
    indexed: { colour: '[/Indexed/DeviceRGB 1<000000ffffff>]', filter: '/FlateDecode', data: few },
  }
  const mask = '/ImageMask true/Width 20000/Height 20000/BitsPerComponent 1'
  return [
    ...Object.entries(images).map(([name, image]) => ({
      name: `an oversized ${name} image`,
      family: 'oversized image',
      make: () => textWith({ ...image, side: 12_000 }),
      want: TOO_LARGE,
      planted: 1,
    })),
    {
      name: 'an oversized stencil',
      family: 'oversized image',
      make: () => textWith({ entries: mask, filter: '/FlateDecode', data: few }),
      want: TOO_LARGE,
      planted: 1,
    },
    {
      name: 'an image one row too large',
      family: 'oversized image',
      make: () =>
        textWith({
          entries: '/Width 300/Height 301/ColorSpace/DeviceGray/BitsPerComponent 8',
          filter: '/FlateDecode',
          data: few,
        }),
      want: TOO_LARGE,
      planted: 1,
      options: { limits: { maxPdfImagePixels: 90_000 } },
    },
  ]
}
