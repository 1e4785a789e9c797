import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { interpretPdfWarning } from '../../../src/documents/child/pdf-warnings.ts'
import {
  CATALOG,
  DRAW_IMAGE,
  HELLO,
  HELVETICA,
  deflatedRun,
  onePagePdf,
  pdfFile,
  pdfImage,
  stream,
} from '../../support/pdf-kernel.ts'
import { drawBytes, drawFirst } from '../../support/drawn-file.ts'

describe('interpretPdfWarning', () => {
  it('knows the texts of pdfjs-dist 6.5.438', () => {
    const warning = (line: string) => interpretPdfWarning(`Warning: ${line}`)

    assert.deepEqual(warning('Image exceeded maximum allowed size and was removed.'), {
      kind: 'failure',
      code: 'IMAGE_TOO_LARGE',
    })
    const texts = {
      'Unable to decode image "img_p0_1": "Error: Jpx".': 'IMAGE_NOT_DECODED',
      'Unable to decode inline image: "Error".': 'IMAGE_NOT_DECODED',
      "Dependent image isn't ready yet": 'IMAGE_NOT_DECODED',
      'Empty, or invalid, /MediaBox entry.': 'PAGE_BOX_REPLACED',
      'getOperatorList - ignoring XObject: "Error".': 'CONTENT_SKIPPED',
      'getOperatorList - ignoring errors during "GetOperatorList: page 0" task: "E".':
        'CONTENT_SKIPPED',
      'Ignoring circular reference: 5R.': 'CONTENT_SKIPPED',
      'Unterminated hex string': 'CONTENT_SKIPPED',
      'Image data ends too early.': 'IMAGE_NOT_DECODED',
      'Image data says nothing.': 'IMAGE_NOT_DECODED',
      'JpegImage.parse - reached the end of the image data without finding an EOI marker (0xFFD9).':
        'IMAGE_NOT_DECODED',
      'Unrecognized ColorSpace: Rainbow': 'CONTENT_SKIPPED',
      'Filter "NoSuchDecode" is not supported.': 'CONTENT_SKIPPED',
      'FormatError: Unsupported ShadingType: 77': 'CONTENT_SKIPPED',
      'Type3 character "W" is not available.': 'CONTENT_SKIPPED',
      'Page contents are missing.': 'CONTENT_SKIPPED',
      'Font "F9" is not available -- attempting to fallback to a default font.': 'FONT_SUBSTITUTED',
    }
    for (const [text, expected] of Object.entries(texts)) {
      assert.deepEqual(warning(text), { kind: 'warning', warning: expected }, text)
    }
    assert.equal(
      interpretPdfWarning('Info: Bad encoding in flate stream')?.kind,
      'warning',
      'of damaged compression it only informs',
    )
    assert.equal(warning('Empty "FlateDecode" stream.'), null, 'blank pages have them')
    assert.equal(warning('Type3 character "space" is not available.'), null)
    assert.equal(warning('TT: undefined function: 32'), null)
    assert.equal(warning('Indexing all PDF objects'), null)
  })
})

// Each of these fails when an upgrade of pdf.js rewords the warning that it depends on.
describe('pdf.js', () => {
  it('says that it removed an oversized image', async () => {
    const pdf = onePagePdf({
      ...DRAW_IMAGE,
      extra: [greyImage(300, 300)],
    })

    const [page] = await drawBytes(pdf, 'pdf', { limits: { maxPdfImagePixels: 80_000 } })
    const whole = await drawFirst(pdf, 'pdf', { limits: { maxPdfImagePixels: 90_000 } })

    assert.ok(page !== undefined && 'code' in page)
    assert.equal(page.code, 'IMAGE_TOO_LARGE')
    assert.deepEqual(whole.warnings, [])
  })

  it('says that it could not decode an image', async () => {
    const data = Buffer.from('this is not JPEG 2000')
    const image = pdfImage({
      widthPx: 300,
      heightPx: 300,
      colorSpace: 'DeviceGray',
      bitsPerComponent: 8,
      filter: '/JPXDecode',
      data,
    })

    const page = await drawFirst(onePagePdf({ ...DRAW_IMAGE, extra: [image] }), 'pdf')

    assert.deepEqual(page.warnings, ['IMAGE_NOT_DECODED'])
  })

  it('says that an image has fewer rows than it should, as it does not by itself', async () => {
    const short = { widthPx: 300, heightPx: 300, bitsPerComponent: 8, filter: '/FlateDecode' }
    const data = deflatedRun(300 * 100)
    const extra = [pdfImage({ ...short, colorSpace: 'DeviceGray', data })]

    const page = await drawFirst(onePagePdf({ ...DRAW_IMAGE, extra }), 'pdf')

    assert.deepEqual(page.warnings, ['IMAGE_NOT_DECODED'])
  })

  it('says that a stencil has fewer rows than it should', async () => {
    const entries = '/Type/XObject/Subtype/Image/ImageMask true/Width 300/Height 300'
    const stencil = stream(`${entries}/BitsPerComponent 1`, Buffer.alloc(38 * 100))

    const page = await drawFirst(onePagePdf({ ...DRAW_IMAGE, extra: [stencil] }), 'pdf')

    assert.deepEqual(page.warnings, ['IMAGE_NOT_DECODED'])
  })

  it('says that a JBIG2 image is garbage', async () => {
    const size = { widthPx: 300, heightPx: 300, bitsPerComponent: 1, filter: '/JBIG2Decode' }
    const data = Buffer.alloc(5_000, 'garbage')
    const extra = [pdfImage({ ...size, colorSpace: 'DeviceGray', data })]

    const page = await drawFirst(onePagePdf({ ...DRAW_IMAGE, extra }), 'pdf')

    assert.deepEqual(page.warnings, ['IMAGE_NOT_DECODED'])
  })

  it('says that the contents of a page, or a part of them, are not in the file', async () => {
    for (const contents of ['99 0 R', '[4 0 R 99 0 R]']) {
      const pdf = pdfFile([
        CATALOG,
        '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents ${contents}>>`,
        stream('', '0 0 9 9 re f'),
      ])

      const page = await drawFirst(pdf, 'pdf')

      assert.deepEqual(page.warnings, ['CONTENT_SKIPPED'], contents)
    }
  })

  it('says that the contents of a page are cut off', async () => {
    const whole = deflateSync(Buffer.from(`${HELLO}\n`.repeat(50)))
    const content = whole.subarray(0, whole.length - 20)

    const page = await drawFirst(
      onePagePdf({ contentEntries: '/Filter/FlateDecode', content, resources: HELVETICA }),
      'pdf',
    )

    assert.deepEqual(page.warnings, ['CONTENT_SKIPPED'])
  })

  it('says that a page has a size which is none', async () => {
    assert.deepEqual((await drawFirst(onePagePdf({ box: '612 792' }), 'pdf')).warnings, [
      'PAGE_BOX_REPLACED',
    ])
  })

  it('says that it skipped a form that draws itself', async () => {
    const form = stream(
      '/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</I 5 0 R>>>>',
      '/I Do',
    )

    const page = await drawFirst(onePagePdf({ ...DRAW_IMAGE, extra: [form] }), 'pdf')

    assert.deepEqual(page.warnings, ['CONTENT_SKIPPED'])
  })

  it('says that it replaced an empty page box', async () => {
    const page = await drawFirst(onePagePdf({ box: '0 0 0 0' }), 'pdf')

    assert.deepEqual(page.warnings, ['PAGE_BOX_REPLACED'])
    assert.deepEqual([page.image.widthPx, page.image.heightPx], [612, 792])
  })

  it('says that text has no font', async () => {
    const page = await drawFirst(onePagePdf({ content: HELLO }), 'pdf')

    assert.deepEqual(page.warnings, ['FONT_SUBSTITUTED'])
  })

  it('tells which fonts were missing, page by page', async () => {
    const strange = '/Font<</F1<</Type/Font/Subtype/TrueType/BaseFont/NoSuchFont>>>>'
    const pdf = pdfFile([
      CATALOG,
      '<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 300 300]>>',
      `<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<<${strange}>>>>`,
      `<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<<${HELVETICA}>>>>`,
      stream('', 'BT /F1 24 Tf 72 100 Td (HELLO) Tj ET'),
    ])

    const pages = await drawBytes(pdf, 'pdf', { pages: [1, 2] })

    assert.deepEqual(
      pages.map((page) => 'warnings' in page && page.warnings),
      [['FONT_SUBSTITUTED'], []],
    )
  })

  it('says that a string on the page has no end', async () => {
    const content = 'BT /F1 24 Tf 72 700 Td (HELLO) Tj <48454c4c'

    const page = await drawFirst(onePagePdf({ content, resources: HELVETICA }), 'pdf')

    assert.deepEqual(page.warnings, ['CONTENT_SKIPPED'])
  })
})

function greyImage(widthPx: number, heightPx: number): Buffer {
  return pdfImage({
    widthPx,
    heightPx,
    colorSpace: 'DeviceGray',
    bitsPerComponent: 8,
    filter: '/FlateDecode',
    data: deflatedRun(widthPx * heightPx),
  })
}
