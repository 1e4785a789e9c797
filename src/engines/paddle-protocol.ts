import { z } from 'zod'
import { BLOCK_CATEGORIES, type Block } from '../contract/page.ts'

/** Files of one set of models, as absolute paths. */
export type PaddleModelFiles = {
  readonly detection: string
  readonly recognition: string
  /** Tells a line from one that is upside down. */
  readonly classification: string
  /** One character a line; the space that the models also know is not in it. */
  readonly dictionary: string
}

/** A request to the guarded child; the models must be the same in all requests to one child. */
export type PaddleRequest = {
  readonly models: PaddleModelFiles
  /** `null`: load the models only. */
  readonly page: PaddlePageRequest | null
}

/** One page. Image bytes travel as files. */
export type PaddlePageRequest = {
  readonly imagePath: string
  /** Where the image goes, as PNG, when it has to be turned. */
  readonly turnedPath: string
  readonly dpi: number
  /** 1, or less to read the page at a lower resolution; boxes are those of the full one. */
  readonly scale: number
}

/** Answer to a page. */
export type PaddleReply = {
  /** Degrees clockwise that the image was turned. */
  readonly turn: 0 | 90 | 180 | 270
  /** In reading order; boxes in pixels of the turned image. */
  readonly blocks: readonly Block[]
  /** Lines were found, but none could be read. */
  readonly isIllegible: boolean
}

const reply = z.object({
  turn: z.literal([0, 90, 180, 270]),
  isIllegible: z.boolean(),
  blocks: z.array(
    z.object({
      bbox: z.tuple([z.int(), z.int(), z.int(), z.int()]),
      category: z.enum(BLOCK_CATEGORIES),
      text: z.string(),
      confidence: z.number().min(0).max(1).nullable(),
    }),
  ),
})

/** Reads the child's answer to a page. Throws a `ZodError` for anything else: a bug of ours. */
export function parsePaddleReply(value: unknown): PaddleReply {
  return reply.parse(value)
}
