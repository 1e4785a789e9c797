/** What a document of the corpus must come to. One row per upload; a file may be sent twice. */
export type Expectation = {
  readonly file: string
  readonly fields?: Readonly<Record<string, string>>
} & (Delivered | Refused | Failed)

/** Ends as `completed`. */
type Delivered = {
  readonly ends: 'completed'
  readonly pages: number
  /** Found in the text, white space and compatibility forms aside. */
  readonly contains?: readonly string[]
  readonly lacks?: readonly string[]
  /** Against `<file>.truth.txt`, by the corpus' own scorer. */
  readonly maxCer?: number
  readonly minF1?: number
  /** Pages that must be empty, and no others. */
  readonly emptyPages?: readonly number[]
  /** Pages that must not be `ok`: `degraded` or failed, each with the codes that are allowed. */
  readonly troubledPages?: Readonly<Record<number, readonly string[]>>
}

/** Is answered with an error at once. */
type Refused = { readonly ends: 'refused'; readonly code: string }

/** Ends as `failed` with one of these codes. */
type Failed = { readonly ends: 'failed'; readonly codes: readonly string[] }

/** An exact Chinese or English page, clean print: what the built-in engine's floors ask for. */
const exact = { maxCer: 0.015 } as const
const LINN = 'LinnSequencer'
const SENTENCE = 'Docling bundles PDF document conversion'

const delivered = (file: string, pages: number, more: Partial<Delivered> = {}): Expectation => ({
  file,
  ends: 'completed',
  pages,
  ...more,
})
const failed = (file: string, ...codes: string[]): Expectation => ({ file, ends: 'failed', codes })
const opened = (expectation: Expectation, password: string): Expectation => ({
  ...expectation,
  fields: { password },
})

/** Every document of the corpus, in the order of its README. */
export const EXPECTATIONS: readonly Expectation[] = [
  // Born-digital.
  delivered('book-en-30p.pdf', 30, {
    contains: ['Homotopy type theory is a new branch of mathematics'],
    emptyPages: [16],
    minF1: 0.95,
  }),
  delivered('two-column-draft-6p.pdf', 6, {
    contains: ['executable concept models'],
    minF1: 0.9,
  }),
  delivered('two-column-latin-3p.pdf', 3, {
    contains: ['Lorem ipsum dolor sit amet'],
    minF1: 0.95,
  }),
  delivered('zh-latex-deep-learning.pdf', 2, { contains: ['神经网络'], minF1: 0.6 }),
  delivered('zh-latex-algebra-calculus.pdf', 2, { contains: ['矩阵'], minF1: 0.5 }),
  {
    ...delivered('geotopo-117p.pdf', 3, { contains: ['Topologie'] }),
    fields: { pages: '1-3' },
  },
  delivered('zh-text-12p.pdf', 12, exact),
  delivered('mixed-6p.pdf', 6, { maxCer: 0.04 }),
  delivered('two-column-4p.pdf', 4, { maxCer: 0.025 }),
  // Fonts and text layers.
  delivered('zh-font-not-embedded-2p.pdf', 2, exact),
  // Drawn as it should be, but the built-in models know no kana.
  delivered('ja-font-not-embedded.pdf', 1, { troubledPages: { 1: [] } }),
  delivered('hidden-text-2p.pdf', 2, exact),
  delivered('invisible-second-line.pdf', 1, {
    contains: ['Visible heading line'],
    lacks: ['Invisible'],
  }),
  // Scans.
  delivered('scan-jpeg-5p.pdf', 5, { maxCer: 0.02 }),
  delivered('scan-ccitt-6p.pdf', 6, { maxCer: 0.02 }),
  delivered('scan-jpx-2p.pdf', 2, { maxCer: 0.02 }),
  delivered('scan-jbig2.pdf', 1, { contains: [LINN], minF1: 0.9 }),
  delivered('scan-ccitt.pdf', 1, { contains: [LINN], minF1: 0.9 }),
  delivered('scan-four-directions.pdf', 4, { contains: [LINN], minF1: 0.9 }),
  delivered('scan-skewed.pdf', 1, { contains: ['Sequence Recorder'], minF1: 0.9 }),
  delivered('scan-book-page.pdf', 1, { contains: ['fell over a root and made a noise'] }),
  ...[0, 90, 180, 270].map((turn) =>
    delivered(`scan-turned-${turn}.pdf`, 1, { contains: [SENTENCE] }),
  ),
  delivered('rotate-flag-4p.pdf', 4, { maxCer: 0.02 }),
  // Page geometry.
  delivered('mixed-sizes-scan-6p.pdf', 6, { contains: ['megapixels', 'on the throne of England'] }),
  delivered('mixed-sizes-4p.pdf', 4, exact),
  delivered('blank-3p.pdf', 3, { emptyPages: [1, 2, 3] }),
  delivered('blank-every-10-20p.pdf', 20, { emptyPages: [10, 20], ...exact }),
  delivered('no-contents.pdf', 1, { emptyPages: [1] }),
  failed('hugemono.pdf', 'IMAGE_TOO_LARGE', 'TOO_COMPLEX'),
  failed('huge-mediabox.pdf', 'PAGE_TOO_LARGE'),
  // Encryption.
  failed('encrypted-user-zh-password.pdf', 'ENCRYPTED_PDF'),
  opened(delivered('encrypted-user-zh-password.pdf', 2, exact), '开门 open'),
  delivered('encrypted-owner-only.pdf', 2, exact),
  failed('encrypted-abc.pdf', 'ENCRYPTED_PDF'),
  opened(delivered('encrypted-abc.pdf', 1, { contains: ['Issue 6010'] }), 'abc'),
  failed('encrypted-kanbanery.pdf', 'ENCRYPTED_PDF'),
  opened(delivered('encrypted-kanbanery.pdf', 1, { contains: ['Encrypted pdf'] }), 'kanbanery'),
  delivered('not-encrypted.pdf', 1, { contains: ['Not encrypted pdf'] }),
  failed('encrypted-aes128.pdf', 'ENCRYPTED_PDF'),
  opened(delivered('encrypted-aes128.pdf', 1, { contains: ['Secret!'] }), 'baz'),
  opened(delivered('encrypted-aes128.pdf', 1, { contains: ['Secret!'] }), 'foo'),
  failed('encrypted-r6-user-owner.pdf', 'ENCRYPTED_PDF'),
  opened(delivered('encrypted-r6-user-owner.pdf', 1, { contains: ['Hello World'] }), 'usersecret'),
  opened(delivered('encrypted-r6-user-owner.pdf', 1, { contains: ['Hello World'] }), 'ownersecret'),
  // Damaged, or not what the name says.
  delivered('truncated-tail.pdf', 12, exact),
  delivered('bad-xref.pdf', 12, exact),
  failed('truncated-half.pdf', 'CORRUPT_PDF'),
  failed('corrupt-header-only.pdf', 'CORRUPT_PDF'),
  failed('corrupt-arturt.pdf', 'CORRUPT_PDF'),
  delivered('corrupt-fuzzed.pdf', 1, { contains: ['TestString123'] }),
  failed('corrupt-redhat.pdf', 'CORRUPT_PDF'),
  delivered('one-bad-page-3p.pdf', 3, { troubledPages: { 2: ['CORRUPT_PDF'] } }),
  { file: 'zero-byte.pdf', ends: 'refused', code: 'EMPTY_FILE' },
  { file: 'text-named.pdf', ends: 'refused', code: 'UNSUPPORTED_FILE_TYPE' },
  delivered('polyglot-pdf-zip.pdf', 1, exact),
  delivered('junk-before-header.pdf', 1, exact),
  // The same Chinese page in every format.
  ...[
    'page-gray.png',
    'page-no-dpi.png',
    'page-25dpi.png',
    'page-1bit.png',
    'page-16bit.png',
    'page-alpha.png',
    'page-rgb.jpg',
    'page-progressive.jpg',
    'page-cmyk.jpg',
    'page-exif6.jpg',
    'page.gif',
    'page-3frames.gif',
    'page.bmp',
    'page.webp',
    'png-named.jpg',
  ].map((file) => delivered(file, 1, { maxCer: 0.04 })),
  delivered('pages-3p-g4.tif', 3, { maxCer: 0.04 }),
  delivered('pages-3p-lzw.tif', 3, { maxCer: 0.04 }),
  delivered('page-truncated.jpg', 1, { troubledPages: { 1: [] } }),
  failed('page-truncated.png', 'CORRUPT_IMAGE'),
  delivered('one-pixel.png', 1, { emptyPages: [1] }),
  failed('bomb-30000.png', 'IMAGE_DIMENSIONS'),
  // Other images.
  ...['phototest.tif', 'phototest-180.png', 'phototest-L.png', 'phototest-R.png'].map((file) =>
    delivered(file, 1, { maxCer: 0.01 }),
  ),
  delivered('linn.png', 1, { contains: [LINN], minF1: 0.9 }),
  delivered('map-cmyk.jpg', 1, { contains: ['BAIONA'] }),
  delivered('map-alpha.png', 1, { contains: ['BAIONA'] }),
  delivered('zh-exif3.jpg', 1, { maxCer: 0.05 }),
  delivered('zh-black-on-transparent.png', 1, { maxCer: 0.05 }),
  delivered('sentence.webp', 1, { contains: [SENTENCE] }),
]
