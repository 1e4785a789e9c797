/** Palette numbers, stored row by stored row from the bottom. */
export type BmpRuns = { readonly pixels: Uint8Array; readonly isCut: boolean }

/**
 * Decodes RLE8 or RLE4. Each step consumes input and none writes outside the bitmap, so the work is
 * bounded by input bytes and pixels. Pixels that are skipped keep palette number 0.
 */
export function decodeBmpRuns(
  input: Uint8Array,
  bmp: { readonly widthPx: number; readonly heightPx: number; readonly bitsPerPixel: number },
): BmpRuns {
  const { widthPx, heightPx } = bmp
  const isNibbles = bmp.bitsPerPixel === 4
  const pixels = new Uint8Array(widthPx * heightPx)
  let [at, x, row] = [0, 0, 0]
  const put = (value: number) => {
    if (x < widthPx && row < heightPx) pixels[row * widthPx + x] = value
    x += 1
  }
  const nibble = (byte: number, isSecond: boolean) => (isSecond ? byte & 15 : byte >> 4)
  while (at + 1 < input.length && row < heightPx) {
    const count = input[at] ?? 0
    const value = input[at + 1] ?? 0
    at += 2
    if (count > 0) {
      for (let n = 0; n < count; n += 1) put(isNibbles ? nibble(value, n % 2 === 1) : value)
    } else if (value === 0) {
      x = 0
      row += 1
    } else if (value === 1) {
      return { pixels, isCut: false }
    } else if (value === 2) {
      x += input[at] ?? 0
      row += input[at + 1] ?? 0
      at += 2
    } else {
      const literalBytes = isNibbles ? Math.ceil(value / 2) : value
      for (let n = 0; n < value; n += 1) {
        const byte = input[at + (isNibbles ? n >> 1 : n)] ?? 0
        put(isNibbles ? nibble(byte, n % 2 === 1) : byte)
      }
      at += literalBytes + (literalBytes % 2)
    }
  }
  // A file whose last row is complete has only left out the end mark.
  return { pixels, isCut: row < heightPx - 1 || (row === heightPx - 1 && x < widthPx) }
}
