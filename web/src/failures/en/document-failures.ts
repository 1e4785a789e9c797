import type { Explanation } from '../explanation.ts'

/** What may be wrong with a document or one of its pages, and how it may end. */
export const documentFailures = {
  ENCRYPTED_PDF: {
    what: 'The PDF is locked, and no password, or a wrong one, was given.',
    remedy: 'Upload it again and enter its password under Options.',
  },
  CORRUPT_PDF: {
    what: 'The PDF is damaged and cannot be read here.',
    remedy: 'Open it in a PDF viewer, print it to a new PDF and upload that.',
  },
  CORRUPT_IMAGE: {
    what: 'The image is damaged.',
    remedy: 'Scan or export it again.',
  },
  EMPTY_DOCUMENT: {
    what: 'The document has no pages.',
    remedy: 'Check the program that made it, and export it again.',
  },
  TOO_MANY_PAGES: {
    what: 'The document has more pages than this service takes.',
    remedy: 'Split it into smaller files.',
  },
  PAGES_OUT_OF_RANGE: {
    what: 'None of the pages that you asked for exists.',
    remedy: 'Upload it again and ask for pages that it has.',
  },
  IMAGE_DIMENSIONS: {
    what: 'The image has too many pixels.',
    remedy: 'Scale it down and upload it again.',
  },
  PAGE_TOO_LARGE: {
    what: 'The page is so large that its text would be too small to read.',
    remedy: 'Scale or crop the page in the PDF.',
  },
  IMAGE_TOO_LARGE: {
    what: 'An image on the page is too large to be drawn.',
    remedy: 'Save the PDF with smaller images and upload it again.',
  },
  TOO_COMPLEX: {
    what: 'The page needs more memory than one page may have, even at half the resolution.',
    remedy: 'Print the page to an image or a simpler PDF and upload that.',
  },
  PAGE_TIMEOUT: {
    what: 'The page took too long, even at half the resolution.',
    remedy: 'Run it again when the service is less busy, or simplify the page.',
  },
  TIME_BUDGET: {
    what: 'The time for the whole document ran out before this page.',
    remedy: 'Send fewer pages at a time. Pages that were read are kept.',
  },
  PAGE_POISON: {
    what: 'The page ended its worker again and again, so it was set aside.',
    remedy: 'Tell the operator: the log and the memory of the worker show why.',
  },
  SUSPECT_OUTPUT: {
    what: 'The engine talked about the page instead of reading it.',
    remedy: 'Run it again, or choose another engine.',
  },
  CANCELLED: {
    what: 'The document was cancelled. Pages that were read are kept.',
    remedy: 'Run it again to have the rest read.',
  },
} as const satisfies Record<string, Explanation>
