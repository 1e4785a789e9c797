import { CATALOG, gifFile, goodPdf, HELLO, HELVETICA, onePagePdf, pdfFile } from '../pdf-kernel.ts'
import type { BadFile } from './bad-file.ts'

const TEXT = { content: HELLO, resources: HELVETICA } as const

/** Page trees, cross references and headers that lie, loop or are missing. */
export function pdfStructures(): readonly BadFile[] {
  return [...headers(), ...pageTrees(), ...crossReferences()]
}

function headers(): BadFile[] {
  const behind = (junk: string | Buffer): Buffer => Buffer.concat([latin1(junk), goodPdf()])
  const family = 'pdf header'
  return [
    { name: 'no byte at all', family, make: () => Buffer.alloc(0), want: ['EMPTY_FILE'] },
    { name: 'a header only', family, make: () => latin1('%PDF-1.7\n'), want: ['CORRUPT_PDF'] },
    {
      name: '900 bytes of GIF before it',
      family,
      make: () => behind(gifFile(16, 16, 40)),
      want: ['ok', 'empty'],
    },
    { name: 'blanks before it', family, make: () => behind(' \r\n'.repeat(300)), want: ['ok'] },
    {
      name: 'an HTTP head before it',
      family,
      make: () => behind('HTTP/1.1 200 OK\r\n\r\n'),
      want: ['ok'],
    },
    {
      name: 'beyond byte 1,024',
      family,
      make: () => behind('x'.repeat(1_100)),
      want: ['UNSUPPORTED_FILE_TYPE'],
    },
    {
      name: 'inside HTML',
      family,
      make: () => behind('<html><body>'),
      want: ['UNSUPPORTED_FILE_TYPE'],
    },
    {
      name: 'behind a ZIP',
      family,
      make: () => behind('PK\x03\x04\x14\0\0\0'),
      want: ['UNSUPPORTED_FILE_TYPE'],
    },
    {
      name: 'behind a shell script',
      family,
      make: () => behind('#!/bin/sh\n'),
      want: ['UNSUPPORTED_FILE_TYPE'],
    },
    {
      name: 'a ZIP behind it',
      family,
      make: () => Buffer.concat([goodPdf(), latin1('PK\x03\x04')]),
      want: ['ok'],
    },
  ]
}

function pageTrees(): BadFile[] {
  const family = 'page tree'
  const empty = '<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>'
  const tree = (kids: string, count: string, pages = 1): Buffer =>
    pdfFile([
      CATALOG,
      `<</Type/Pages/Kids[${kids}]/Count ${count}>>`,
      ...Array.from({ length: pages }, () => empty),
    ])
  const nested = (depth: number): Buffer =>
    pdfFile([
      CATALOG,
      ...Array.from({ length: depth }, (_, n) => `<</Type/Pages/Kids[${n + 3} 0 R]/Count 1>>`),
      `<</Type/Page/Parent ${depth + 1} 0 R/MediaBox[0 0 99 99]>>`,
    ])
  const counts: [string, string[]][] = [
    ['100000', ['empty']],
    ['2147483647', ['empty']],
    ['-5', ['CORRUPT_PDF']],
    ['1.5', ['CORRUPT_PDF', 'empty']],
    ['(one)', ['CORRUPT_PDF', 'empty']],
    ['2 0 R', ['CORRUPT_PDF', 'empty']],
  ]
  return [
    { name: 'no page', family, make: () => tree('', '0', 0), want: ['EMPTY_DOCUMENT'] },
    {
      name: 'three pages of one object',
      family,
      make: () => tree('3 0 R 3 0 R 3 0 R', '3'),
      want: ['empty empty empty'],
    },
    {
      name: 'a hundred thousand pages',
      family,
      make: () => tree('3 0 R '.repeat(100_000), '100000'),
      want: ['TOO_MANY_PAGES'],
    },
    {
      name: 'one page more than allowed',
      family,
      make: () => tree('3 0 R 4 0 R', '2', 2),
      want: ['TOO_MANY_PAGES'],
      options: { maxPages: 1 },
    },
    {
      name: 'as many pages as allowed',
      family,
      make: () => tree('3 0 R 4 0 R', '2', 2),
      want: ['empty empty'],
      options: { maxPages: 2 },
    },
    ...counts.map(([count, want]) => ({
      name: `a /Count of ${count}`,
      family,
      make: () => tree('3 0 R', count),
      want,
    })),
    {
      name: 'a tree that is its own kid',
      family,
      make: () => tree('2 0 R', '1'),
      want: ['CORRUPT_PDF'],
    },
    ...[100, 2_000, 20_000].map((depth) => ({
      name: `${depth} levels`,
      family,
      make: () => nested(depth),
      want: ['empty'],
    })),
    { name: 'no tree', family, make: () => pdfFile(['<</Type/Catalog>>']), want: ['CORRUPT_PDF'] },
    {
      name: 'a tree that is a number',
      family,
      make: () => pdfFile([CATALOG, '7']),
      want: ['CORRUPT_PDF'],
    },
  ]
}

function crossReferences(): BadFile[] {
  const family = 'cross reference'
  const good = goodPdf().toString('latin1')
  const xref = good.indexOf('xref\n')
  const cases: [string, string, string[]][] = [
    ['that names itself as the one before', good.replace('/Root', `/Prev ${xref}/Root`), ['ok']],
    ['that is missing, trailer included', good.slice(0, xref), ['CORRUPT_PDF', 'ok']],
    ['at a wrong place', good.replace(/startxref\n\d+/, 'startxref\n7'), ['ok']],
    ['beyond the end', good.replace(/startxref\n\d+/, 'startxref\n99999999'), ['ok']],
    [
      'with offsets of nothing',
      good.replaceAll(/\d{10} 00000 n/g, '0000000001 00000 n'),
      ['ok', 'CORRUPT_PDF'],
    ],
    [
      'of four billion entries',
      good.replace(/0 \d+\n0000000000/, '0 4294967295\n0000000000'),
      ['ok', 'CORRUPT_PDF'],
    ],
    ['without a root', good.replace('/Root 1 0 R', ''), ['ok', 'CORRUPT_PDF']],
    ['whose root is a page', good.replace('/Root 1 0 R', '/Root 3 0 R'), ['ok', 'CORRUPT_PDF']],
  ]
  const cuts = [0.3, 0.5, 0.7, 0.9]
  return [
    ...cases.map(([name, text, want]) => ({
      name: `one ${name}`,
      family,
      make: () => latin1(text),
      want,
    })),
    ...cuts.map((share) => ({
      name: `a file cut at ${share * 100} %`,
      family,
      make: () => latin1(good.slice(0, good.length * share)),
      want: ['CORRUPT_PDF', 'ok'],
    })),
    ...[1_000, 200_000].map((depth) => ({
      name: `an array ${depth} deep`,
      family,
      make: () => onePagePdf({ ...TEXT, pageEntries: `/A ${'['.repeat(depth)}` }),
      want: ['CORRUPT_PDF'],
    })),
    {
      name: 'dictionaries 100,000 deep',
      family,
      make: () => onePagePdf({ ...TEXT, pageEntries: `/A ${'<</A'.repeat(100_000)}` }),
      want: ['CORRUPT_PDF'],
    },
  ]
}

function latin1(text: string | Buffer): Buffer {
  return Buffer.isBuffer(text) ? text : Buffer.from(text, 'latin1')
}
