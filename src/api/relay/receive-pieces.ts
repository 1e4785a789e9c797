import type { Request, Response } from 'express'
import { z } from 'zod'
import { closeAfterAnswer } from '../uploads/close-after-answer.ts'
import { readLines } from './read-lines.ts'
import type { RelaySource, RelayState } from './relay-state.ts'

/** A piece is a few tokens; a whole answer has some 100 KB. */
const LIMITS = { maxLineBytes: 1_048_576, maxBytes: 16 * 1_048_576 } as const

const lineSchema = z.union([z.object({ done: z.literal(true) }), z.object({ text: z.string() })])

/**
 * Reads what a worker posts to a relay, no faster than the pieces are taken: lines `{"text":"…"}`,
 * then `{"done":true}`.
 *
 * @returns the status to answer with: 204; 404 for an unknown address, 410 when a piece has come
 *   already, 415 for another content type, 400 for anything else that is wrong
 */
export async function receivePieces({
  request,
  response,
  state,
  idleMs,
}: {
  readonly request: Request
  readonly response: Response
  /** `null`: nobody has opened it, or it was disposed of. */
  readonly state: RelayState | null
  readonly idleMs: number
}): Promise<204 | 400 | 404 | 410 | 415> {
  try {
    if (state === null) return 404
    if (!isPlainNdjson(request)) return 415
    if (!state.isOpen) return 410
    const source = state.connect(() => request.destroy())
    // Counts also while the reader is slow; whoever reads gives up sooner.
    request.setTimeout(idleMs, () => request.destroy())
    return (await pass(request, source)) ? 204 : 400
  } finally {
    closeAfterAnswer(request, response)
  }
}

function isPlainNdjson(request: Request): boolean {
  const isPlain = (request.get('content-encoding') ?? 'identity') === 'identity'
  return isPlain && /^application\/x-ndjson\s*(?:;|$)/i.test(request.get('content-type') ?? '')
}

/** Passes the lines on; `false` when the body is not as agreed or breaks off. */
async function pass(request: Request, source: RelaySource): Promise<boolean> {
  try {
    // The socket must outlive the last line, for the answer.
    for await (const line of readLines(request.iterator({ destroyOnReturn: false }), LIMITS)) {
      const read = lineSchema.parse(JSON.parse(line))
      if ('done' in read) {
        source.end()
        return true
      }
      if (read.text !== '') await source.write(read.text)
    }
    throw new Error('the body ended before the text')
  } catch (error) {
    source.breakOff(error)
    return false
  }
}
