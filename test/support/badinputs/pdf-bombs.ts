import { deflateSync } from 'node:zlib'
import type { DocumentLimits } from '../../../src/documents/limits.ts'
import {
  DRAW_IMAGE,
  deflatedRun,
  HELLO,
  HELVETICA,
  onePagePdf,
  pagesPdf,
  pdfImage,
  stream,
} from '../pdf-kernel.ts'
import { isDarkAt, STOPPED, type BadFile } from './bad-file.ts'

/** Bombs end by their guards in any case, so there is no use in waiting long. */
const SHORT: Partial<DocumentLimits> = { drawMaxRssBytes: 400e6, drawWallClockMs: 4_000 }

const family = 'pdf bomb'
const flate = { contentEntries: '/Filter/FlateDecode' } as const
const bomb = (name: string, make: () => Buffer): BadFile => ({
  name,
  family,
  make,
  want: STOPPED,
  options: { limits: SHORT },
})

/** Small files that cost gigabytes or hours where nothing stops them. */
export function pdfBombs(): readonly BadFile[] {
  return [...contents(), ...forms(), ...images()]
}

function contents(): BadFile[] {
  const endless = deflateSync(Buffer.from('q '.repeat(5_000_000)))
  const plain = deflateSync(Buffer.from(HELLO))
  const lines = (count: number) => deflateSync(Buffer.from('0 0 m 9 9 l S\n'.repeat(count)))
  const around = STOPPED.map((stopped) => `ok ok ${stopped} ok ok`)
  return [
    bomb('a gigabyte of blanks', () => onePagePdf({ ...flate, content: deflatedRun(2 ** 30, 32) })),
    bomb('a gigabyte of blanks, deflated twice', () =>
      onePagePdf({
        contentEntries: '/Filter[/FlateDecode/FlateDecode]',
        content: deflateSync(deflatedRun(2 ** 30, 32)),
      }),
    ),
    bomb('a run of 500 MB', () =>
      onePagePdf({
        contentEntries: '/Filter[/FlateDecode/RunLengthDecode]',
        content: deflateSync(Buffer.alloc(8_000_000, Buffer.from([129, 32]))),
      }),
    ),
    bomb('five million lines', () => onePagePdf({ ...flate, content: lines(5_000_000) })),
    bomb('five million saved states', () => onePagePdf({ ...flate, content: endless })),
    {
      name: 'one page of five that never ends',
      family,
      make: () => pagesPdf([plain, plain, endless, plain, plain], flate.contentEntries),
      want: around,
      planted: 3,
      // The good pages must not be stopped where the machine is busy.
      options: { limits: { ...SHORT, drawWallClockMs: 12_000 } },
    },
    {
      name: 'one thousand lines, which is none',
      family,
      make: () => onePagePdf({ ...flate, content: lines(1_000) }),
      want: ['ok'],
    },
  ]
}

function forms(): BadFile[] {
  const laughs = (levels: number, times: number): Buffer => {
    const form = (n: number): Buffer =>
      stream(
        `/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</I ${n + 1} 0 R>>>>`,
        n === levels + 4 ? '0 0 9 9 re f' : '/I Do '.repeat(times),
      )
    return onePagePdf({
      ...DRAW_IMAGE,
      extra: Array.from({ length: levels }, (_, n) => form(n + 5)),
    })
  }
  return [
    bomb('twelve levels of forms, ten times each', () => laughs(12, 10)),
    bomb('thirty levels of forms, twice each', () => laughs(30, 2)),
    {
      name: 'three levels of forms, three times each',
      family,
      make: () => laughs(3, 3),
      want: ['ok'],
    },
  ]
}

function images(): BadFile[] {
  const square = (side: number, filter: string, data: Buffer): Buffer =>
    onePagePdf({
      content: `${HELLO} ${DRAW_IMAGE.content}`,
      resources: `${HELVETICA}${DRAW_IMAGE.resources}`,
      extra: [
        pdfImage({
          widthPx: side,
          heightPx: side,
          colorSpace: 'DeviceRGB',
          bitsPerComponent: 8,
          filter,
          data,
        }),
      ],
    })
  const tooLarge = (name: string, make: () => Buffer): BadFile => ({
    ...bomb(name, make),
    want: ['failed(IMAGE_TOO_LARGE)'],
    planted: 1,
    // It is found out at once; a busy machine must not be quicker.
    options: {},
  })
  return [
    tooLarge('30,000 x 30,000 pixels in 5 KB', () =>
      square(30_000, '[/FlateDecode/FlateDecode]', deflateSync(deflatedRun(2_000_000_000))),
    ),
    {
      name: 'a legal scan of 9,000 x 9,000 pixels',
      family,
      make: () => square(9_000, '/FlateDecode', deflatedRun(243_000_000)),
      want: ['ok'],
      shows: (page) => [0, 0.5, 1].every((x) => [0, 0.5, 1].every((y) => isDarkAt(page, x, y))),
    },
  ]
}
