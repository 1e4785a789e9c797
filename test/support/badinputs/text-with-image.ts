import { HELLO, HELVETICA, onePagePdf, stream } from '../pdf-kernel.ts'

/** Pixels of an image's sides, where nothing else is said. */
export const SIDE = 300

/** What an image in a PDF is made of. */
export type Image = {
  readonly side?: number
  /** In place of size, colour and depth. */
  readonly entries?: string
  readonly colour?: string
  readonly filter: string
  readonly data: Buffer | string
}

/** An image object; its entries may be anything. */
export function imageObject({
  side = SIDE,
  entries,
  colour = '/DeviceGray',
  filter,
  data,
}: Image): Buffer {
  const size = entries ?? `/Width ${side}/Height ${side}/ColorSpace ${colour}/BitsPerComponent 8`
  const filters = filter === '' ? '' : `/Filter${filter}`
  return stream(`/Type/XObject/Subtype/Image${size}${filters}`, data)
}

/** A page with a line of text and an image; objects of `extra` are numbered from 6. */
export function textWith(image: Image, extra: readonly Buffer[] = []): Buffer {
  return onePagePdf({
    content: `${HELLO} q 300 0 0 300 100 100 cm /I Do Q`,
    resources: `${HELVETICA}/XObject<</I 5 0 R>>`,
    extra: [imageObject(image), ...extra],
  })
}
