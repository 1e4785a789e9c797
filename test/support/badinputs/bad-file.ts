import type { PageNumber } from '../../../src/contract/identifiers.ts'
import type { DrawOptions } from '../drawn-file.ts'

/**
 * How a file ends, in one line: the code of a document that is refused or fails as a whole, or else
 * a word for each page: `ok`, `empty`, `degraded(WARNING,…)`, `failed(CODE)`. A page called ok that
 * does not show what it should is `wrong-picture`.
 */
export type Outcome = string

/** A labelled file that no good client would send, or one that only looks like it. */
export type BadFile = {
  /** Says what is special; unique. */
  readonly name: string
  /** What it stands for. */
  readonly family: string
  readonly make: () => Uint8Array | Promise<Uint8Array>
  /** Every outcome that is right; `any`: none is wrong, as long as we live. */
  readonly want: readonly Outcome[]
  /** The page of which something cannot be shown: it must never end as ok or empty. */
  readonly planted?: PageNumber
  /** Whether a page that came out ok shows the right picture. */
  readonly shows?: (page: Picture) => boolean
  readonly options?: Omit<DrawOptions, 'pages'>
}

/** Decoded pixels of a page, three bytes each. */
export type Picture = { readonly widthPx: number; readonly heightPx: number; readonly rgb: Buffer }

/** Either guard may be the first to stop a bomb; which one depends on the machine. */
export const STOPPED: readonly Outcome[] = ['failed(TOO_COMPLEX)', 'failed(PAGE_TIMEOUT)']

/** Whether a spot, in shares of the page's sides, is darker than mid-grey. */
export function isDarkAt(picture: Picture, xShare: number, yShare: number): boolean {
  const x = Math.floor(xShare * (picture.widthPx - 1))
  const y = Math.floor(yShare * (picture.heightPx - 1))
  return (picture.rgb[(y * picture.widthPx + x) * 3 + 1] ?? 255) < 128
}
