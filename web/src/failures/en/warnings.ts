import type { Explanation } from '../explanation.ts'

/** What was noticed on a page. */
export const warnings = {
  IMAGE_NOT_DECODED: {
    what: 'An image on the page could not be decoded, so its text is missing.',
    remedy: 'Compare with the original; save the PDF anew and run it again.',
  },
  IMAGE_TRUNCATED: {
    what: 'The image file is cut short or damaged.',
    remedy: 'Look at its lower end; scan or export it again.',
  },
  CONTENT_SKIPPED: {
    what: 'Damaged content of the page was skipped.',
    remedy: 'Compare with the original; print it to a new PDF and run that.',
  },
  PAGE_BOX_REPLACED: {
    what: 'The page gave an impossible size, and a usual one was taken.',
    remedy: 'Check that nothing is cut off at the edges.',
  },
  FONT_SUBSTITUTED: {
    what: 'A font was missing and another one was used.',
    remedy: 'Usually nothing to do; check unusual characters.',
  },
  DPI_LOWERED: {
    what: 'The page is large and was drawn at a lower resolution.',
    remedy: 'Usually nothing to do; check very small print.',
  },
  TEXT_ILLEGIBLE: {
    what: 'There seems to be text on the page, but none could be read.',
    remedy: 'Scan it sharper or with more contrast, or choose another engine.',
  },
  PAGE_TURNED: {
    what: 'The page lay on its side and was turned upright.',
    remedy: 'Nothing to do.',
  },
  RETRIED_SMALLER: {
    what: 'The page was read at half the resolution, because it was too heavy.',
    remedy: 'Check small print.',
  },
  OUTPUT_REPAIRED: {
    what: 'The engine’s answer was malformed and was repaired.',
    remedy: 'Usually nothing to do.',
  },
  OUTPUT_INCOMPLETE: {
    what: 'A part of the engine’s answer could not be used.',
    remedy: 'Compare with the page image; run it again or choose another engine.',
  },
  BOX_INVALID: {
    what: 'A block has no usable place on the page.',
    remedy: 'Its text is there, but its box covers the whole page.',
  },
  LAYOUT_LOST: {
    what: 'Only the plain text could be had, without the layout.',
    remedy: 'Check tables and columns; run it again or choose another engine.',
  },
  ENGINE_REPLACED: {
    what: 'The chosen engine could not read the page; the fallback engine did.',
    remedy: 'Check it more closely than other pages.',
  },
} as const satisfies Record<string, Explanation>
