import { deflateSync } from 'node:zlib'
import { CATALOG, HELLO, HELVETICA, onePagePdf, pagesPdf, pdfFile, stream } from '../pdf-kernel.ts'
import type { BadFile, Outcome } from './bad-file.ts'

const SKIPPED: readonly Outcome[] = ['degraded(CONTENT_SKIPPED)']
const LINES = Array.from(
  { length: 60 },
  (_, n) => `BT /F1 10 Tf 72 ${750 - n * 10} Td (Line ${n} of sixty, ${n * 7919}) Tj ET`,
).join('\n')

/** Pages whose text, forms, fonts or whole contents cannot be read. */
export function lostContents(): readonly BadFile[] {
  return [...streams(), ...operators(), ...fonts(), ...pages()]
}

const page = (content: string, resources = '', extra: readonly (string | Buffer)[] = []): Buffer =>
  onePagePdf({ content: `${HELLO}\n${content}`, resources: HELVETICA + resources, extra })

function streams(): BadFile[] {
  const packed = deflateSync(LINES)
  const holed = Buffer.from(packed)
  const middle = packed.length >> 1
  holed.fill(0xff, middle, middle + 40)
  const flate = (content: Buffer): Buffer =>
    onePagePdf({ contentEntries: '/Filter/FlateDecode', content, resources: HELVETICA })
  const unknown = (): Buffer =>
    onePagePdf({ contentEntries: '/Filter/NoSuchDecode', content: LINES, resources: HELVETICA })
  const files: Record<string, () => Buffer> = {
    'cut at 30 %': () => flate(packed.subarray(0, packed.length * 0.3)),
    'cut at 60 %': () => flate(packed.subarray(0, packed.length * 0.6)),
    'cut at 90 %': () => flate(packed.subarray(0, packed.length * 0.9)),
    'with a hole': () => flate(holed),
    'of garbage': () => flate(Buffer.from('this was never deflated')),
    'of an unknown filter': unknown,
    'that is not there': () => pageWith('/Contents 99 0 R'),
    'that is a number': () => pageWith('/Contents 7'),
    'of which one part is not there': () => pageWith('/Contents[4 0 R 99 0 R]'),
  }
  return Object.entries(files).map(([name, make]) => ({
    name: `contents ${name}`,
    family: 'lost contents',
    make,
    want: SKIPPED,
    planted: 1,
  }))
}

function pageWith(contents: string): Buffer {
  return pdfFile([
    CATALOG,
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]${contents}/Resources<<${HELVETICA}>>>>`,
    stream('', HELLO),
  ])
}

function operators(): BadFile[] {
  const form = (entries: string, content: string): Buffer =>
    stream(`/Type/XObject/Subtype/Form/BBox[0 0 612 792]${entries}`, content)
  const withForm = (object: string | Buffer): Buffer =>
    page('/I Do', '/XObject<</I 5 0 R>>', [object])
  const files: Record<string, () => Buffer> = {
    'a form that draws itself': () => withForm(form('/Resources<</XObject<</I 5 0 R>>>>', '/I Do')),
    'two forms that draw each other': () =>
      page('/I Do', '/XObject<</I 5 0 R>>', [
        form('/Resources<</XObject<</J 6 0 R>>>>', '/J Do'),
        form('/Resources<</XObject<</I 5 0 R>>>>', '/I Do'),
      ]),
    'a form that is a number': () => withForm('7'),
    'a form that is not there': () => page('/I Do', '/XObject<</I 99 0 R>>'),
    'a form without a name': () => page('/I Do'),
    'a form of an unknown kind': () => withForm(stream('/Type/XObject/Subtype/Hologram', 'x')),
    'a form of garbage': () => withForm(form('/Filter/FlateDecode', 'never deflated')),
    'a text without end': () => page('BT /F1 12 Tf 72 600 Td (no end'),
    'a hexadecimal text without end': () => page('BT /F1 12 Tf 72 600 Td <48454c4c'),
    'a shading that is not there': () => page('/S sh'),
    'a shading of an unknown type': () =>
      page('/S sh', '/Shading<</S<</ShadingType 77/ColorSpace/DeviceRGB>>>>'),
    'a tile without an area': () =>
      page('/Pattern cs /P scn 0 0 612 600 re f', '/Pattern<</P 5 0 R>>', [
        stream(
          '/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 0 0]/XStep 0/YStep 0/Resources<<>>',
          '0 0 9 9 re f',
        ),
      ]),
    'a tile that is not there': () => page('/Pattern cs /P scn 0 0 612 600 re f'),
  }
  return Object.entries(files).map(([name, make]) => ({
    name,
    family: 'lost form',
    make,
    want: SKIPPED,
    planted: 1,
  }))
}

function fonts(): BadFile[] {
  const text = 'BT /F2 24 Tf 72 600 Td (WORLD) Tj ET'
  const descriptor = (file: string): string =>
    `<</Type/FontDescriptor/FontName/A/Flags 32/ItalicAngle 0/Ascent 700/Descent -200/CapHeight 700/StemV 80/FontBBox[0 0 1000 1000]${file}>>`
  const font = (kind: string): string =>
    `/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>/F2<</Type/Font/Subtype/${kind}>>>>`
  const type3 = (procs: string): string =>
    font(
      `Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 68/LastChar 87/Widths[${'900 '.repeat(20)}]/Encoding<</Differences[68/D]>>/CharProcs<<${procs}>>/Resources<<>>`,
    )
  const substituted: Outcome[] = ['ok', 'degraded(CONTENT_SKIPPED)']
  const build = (resources: string, extra: readonly (string | Buffer)[] = []): Buffer =>
    onePagePdf({ content: `${HELLO} ${text}`, resources, extra })
  return [
    {
      name: 'a TrueType font of garbage',
      family: 'font',
      make: () =>
        build(
          font('TrueType/BaseFont/A/FirstChar 32/LastChar 33/Widths[9 9]/FontDescriptor 5 0 R'),
          [descriptor('/FontFile2 6 0 R'), stream('', 'no font')],
        ),
      want: substituted,
    },
    {
      name: 'a Type 1 font of garbage',
      family: 'font',
      make: () =>
        build(font('Type1/BaseFont/A/FontDescriptor 5 0 R'), [
          descriptor('/FontFile 6 0 R'),
          stream('/Length1 9/Length2 9/Length3 0', 'no font'),
        ]),
      want: substituted,
    },
    {
      name: 'a font that is not there',
      family: 'font',
      make: () => build(HELVETICA),
      want: substituted,
    },
    {
      name: 'a font of an unknown kind',
      family: 'font',
      make: () => build(font('Handwriting/BaseFont/A')),
      want: substituted,
    },
    {
      name: 'a composite font without descendants',
      family: 'font',
      make: () => build(font('Type0/BaseFont/A/Encoding/Identity-H')),
      want: SKIPPED,
      planted: 1,
    },
    {
      name: 'a composite font of an unknown encoding',
      family: 'font',
      make: () =>
        build(
          font(
            'Type0/BaseFont/A/Encoding/NoSuchMap/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>]',
          ),
        ),
      want: SKIPPED,
      planted: 1,
    },
    {
      name: 'a drawn font without a drawing',
      family: 'font',
      make: () => build(type3('')),
      want: SKIPPED,
      planted: 1,
    },
    {
      name: 'a drawn font whose drawing is garbage',
      family: 'font',
      make: () => build(type3('/D 5 0 R'), [stream('/Filter/FlateDecode', 'never deflated')]),
      want: SKIPPED,
      planted: 1,
    },
  ]
}

function pages(): BadFile[] {
  const family = 'lost page'
  const kids = (second: string): Buffer =>
    pdfFile([
      CATALOG,
      `<</Type/Pages/Kids[3 0 R ${second} 4 0 R]/Count 3/MediaBox[0 0 612 792]/Resources<<${HELVETICA}>>>>`,
      '<</Type/Page/Parent 2 0 R/Contents 5 0 R>>',
      '<</Type/Page/Parent 2 0 R/Contents 5 0 R>>',
      stream('', HELLO),
      '(no page at all)',
    ])
  const lost: Record<string, string> = {
    'that is not there': '99 0 R',
    'that is a text': '6 0 R',
    'that is a number': '7',
    'that is empty': 'null',
    'that is its own parent': '2 0 R',
  }
  const cut = pagesPdf([HELLO, HELLO, HELLO])
  return [
    ...Object.entries(lost).map(([name, second]) => ({
      name: `a page ${name}, among two`,
      family,
      make: () => kids(second),
      // Behind it nothing more is counted, but the document does not end as a whole one.
      want: ['ok failed(CORRUPT_PDF) ok', 'ok failed(CORRUPT_PDF)', 'CORRUPT_PDF'],
      planted: 2,
    })),
    {
      name: 'a page whose contents were cut away, among two',
      family,
      make: () => Buffer.from(cut.toString('latin1').replace(`4 0 obj`, `4 0 xyz`), 'latin1'),
      want: ['any'],
    },
  ]
}
