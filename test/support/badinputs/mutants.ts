import { deflateSync } from 'node:zlib'
import { goodPdf, HELLO, HELVETICA, onePagePdf, pagesPdf } from '../pdf-kernel.ts'
import type { BadFile } from './bad-file.ts'
import { bmpFile } from './bmp-file.ts'
import { sheet } from './images.ts'
import { seededRandom } from './seeded-random.ts'

const MAX_CHANGES = 50
/** Where a change may add or remove bytes, this many at most. */
const MAX_PIECE_BYTES = 64

/** Good files of each format, changed at 1 to 50 places. Any outcome is right, as long as we live. */
export async function mutants(count: number, seed: number): Promise<readonly BadFile[]> {
  const files = await goodFiles()
  return Array.from({ length: count }, (_, n) => {
    const [format, bytes] = files[n % files.length] ?? ['pdf', goodPdf()]
    return {
      name: `${format} ${n} of seed ${seed}`,
      family: 'mutant',
      make: () => mutate(bytes, seededRandom(seed + n)),
      want: ['any'],
      options: { limits: { drawMaxRssBytes: 600e6, drawWallClockMs: 8_000 } },
    }
  })
}

/** Flips, inserts, deletes, splices or cuts. */
export function mutate(good: Buffer, random: () => number): Buffer {
  const below = (limit: number): number => Math.floor(random() * limit)
  let bytes: Buffer = Buffer.from(good)
  const changes = 1 + below(MAX_CHANGES)
  for (let n = 0; n < changes && bytes.length > 0; n += 1) {
    const at = below(bytes.length)
    const until = at + 1 + below(MAX_PIECE_BYTES)
    const kind = below(20)
    if (kind < 12) bytes[at] = below(256)
    else if (kind < 14)
      bytes = joined(bytes.subarray(0, at), randomBytes(below), bytes.subarray(at))
    else if (kind < 16) bytes = joined(bytes.subarray(0, at), bytes.subarray(until))
    else if (kind < 19) {
      const from = below(bytes.length)
      const piece = bytes.subarray(from, from + (until - at))
      bytes = joined(bytes.subarray(0, at), piece, bytes.subarray(at))
    } else if (n === 0) bytes = Buffer.from(bytes.subarray(0, at))
  }
  return bytes
}

function randomBytes(below: (limit: number) => number): Buffer {
  return Buffer.from(Array.from({ length: 1 + below(MAX_PIECE_BYTES) }, () => below(256)))
}

function joined(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts)
}

async function goodFiles(): Promise<readonly (readonly [string, Buffer])[]> {
  const image = await sheet().png().toBuffer()
  const again = () => sheet()
  return [
    ['pdf', goodPdf()],
    ['png', image],
    ['pdf of pages', pagesPdf([HELLO, HELLO, HELLO])],
    ['jpeg', await again().jpeg().toBuffer()],
    ['deflated pdf', deflatedPdf()],
    ['tiff', await again().tiff({ compression: 'lzw' }).toBuffer()],
    ['bmp', bmpFile({ widthPx: 16, heightPx: 16, bitsPerPixel: 24, data: Buffer.alloc(768, 99) })],
    ['webp', await again().webp().toBuffer()],
    ['gif', await again().gif().toBuffer()],
  ]
}

function deflatedPdf(): Buffer {
  return onePagePdf({
    content: deflateSync(`${HELLO}\n`.repeat(20)),
    contentEntries: '/Filter/FlateDecode',
    resources: HELVETICA,
  })
}
