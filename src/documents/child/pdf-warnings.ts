import type { FailureCode } from '../../contract/failures.ts'
import type { PageWarning } from '../../contract/page.ts'

/** What one of pdf.js's warnings means for the page that is being drawn. */
export type PdfWarningMeaning =
  | { readonly kind: 'failure'; readonly code: FailureCode }
  | { readonly kind: 'warning'; readonly warning: PageWarning }

/*
 * pdf.js tells of lost content only by text on the console, so here, against the rule, messages are
 * matched (pdfjs-dist 6.5.438; test/processes/documents/pdf-warnings.test.ts pins each text).
 */
const MEANINGS: readonly (readonly [RegExp, PdfWarningMeaning])[] = [
  [/^Image exceeded maximum allowed size and was removed/, failure('IMAGE_TOO_LARGE')],
  [
    /^(?:Unable to decode (?:inline )?image|Dependent image isn't ready|Image dimensions are missing)/,
    warning('IMAGE_NOT_DECODED'),
  ],
  [/ignoring the rest of the image data/, warning('IMAGE_NOT_DECODED')],
  [
    /^(?:JpegImage\.parse - (?:reached the end of|unexpected data)|Image data (?:ends too early|says nothing))/,
    warning('IMAGE_NOT_DECODED'),
  ],
  [
    /^(?:Unrecognized ColorSpace|FormatError: |Page contents are missing)/,
    warning('CONTENT_SKIPPED'),
  ],
  // Fonts that are drawings often have none for a blank.
  [/^Type3 character "(?!space"|nbspace"|\.notdef")/, warning('CONTENT_SKIPPED')],
  [/^Filter ".*" is not supported/, warning('CONTENT_SKIPPED')],
  [
    /^(?:Bad encoding|Bad block header|Bad uncompressed block length|Unknown block type) in flate stream/,
    warning('CONTENT_SKIPPED'),
  ],
  [/^Empty, or invalid, \/MediaBox entry/, warning('PAGE_BOX_REPLACED')],
  [
    /^(?:getOperatorList|getContentStream|handleTilingType|parseShading) - ignoring/,
    warning('CONTENT_SKIPPED'),
  ],
  [/circular reference/i, warning('CONTENT_SKIPPED')],
  [/^loadFont - (?:preEvaluateFont|translateFont|lookup) failed/, warning('CONTENT_SKIPPED')],
  [/^(?:Unterminated (?:hex )?string|getHexString - ignoring)/, warning('CONTENT_SKIPPED')],
  [/^Invalid stream: /, warning('CONTENT_SKIPPED')],
  [/^Font ".*" is not available/, warning('FONT_SUBSTITUTED')],
]

/** Interprets a line that pdf.js wrote to the console; `null`: of no interest. */
export function interpretPdfWarning(line: string): PdfWarningMeaning | null {
  const text = line.replace(/^(?:Warning|Info): /, '')
  return MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? null
}

function failure(code: FailureCode): PdfWarningMeaning {
  return { kind: 'failure', code }
}

function warning(name: PageWarning): PdfWarningMeaning {
  return { kind: 'warning', warning: name }
}
