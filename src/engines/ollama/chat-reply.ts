import { z } from 'zod'
import type { Usage } from '../../contract/page.ts'
import { OcrError } from '../../platform/errors.ts'
import { MAX_ANSWER_CHARACTERS } from '../model-server/chat-reply.ts'
import { RepetitionWatch } from '../repetition/repetition-watch.ts'
import { failureOfOllama } from './reply-failure.ts'

/** A whole answer: Ollama ended it, and the model did. */
export type OllamaReply = { readonly text: string; readonly usage: Usage | null }

/** One line of a streamed answer. Thoughts of the model (`thinking`) are no part of it. */
const CHAT_LINE = z.object({
  message: z.object({ content: z.string().nullish() }).nullish(),
  done: z.boolean(),
  done_reason: z.string().nullish(),
  prompt_eval_count: z.int().nonnegative().nullish(),
  eval_count: z.int().nonnegative().nullish(),
})
const ERROR_LINE = z.object({ error: z.unknown() })

type ChatLine = z.infer<typeof CHAT_LINE>

/**
 * Puts the lines of a streamed answer together. Only an answer with `done` and the reason `stop` is
 * a page; a stream that ends in good order without is Ollama's own guard against repetition (0.17.4
 * reports success when it has seen 32 equal tokens).
 *
 * @throws {OcrError} `ENGINE_OUTPUT_TRUNCATED`, `ENGINE_OUTPUT_REPEATS` (with the tokens spent),
 *   `ENGINE_REPLY_BROKEN`, and what an error line stands for
 */
export async function readChatReply(
  lines: AsyncIterable<unknown>,
  onTokens?: (tokens: number) => void,
): Promise<OllamaReply> {
  const watch = new RepetitionWatch()
  const pieces: string[] = []
  // The prompt's tokens are told at the very end only.
  const spent = (): Usage => ({ promptTokens: 0, completionTokens: pieces.length })
  let hasLines = false
  let length = 0
  for await (const value of lines) {
    hasLines = true
    const line = parseLine(value)
    const piece = line.message?.content ?? ''
    if (piece !== '') {
      pieces.push(piece)
      length += piece.length
      if (length > MAX_ANSWER_CHARACTERS) throw broken('it is too long')
      onTokens?.(pieces.length)
    }
    // The reply may be whole already, so its own end decides.
    if (line.done) return whole(pieces.join(''), line)
    if (watch.add(piece)) throw repeats('it runs in circles', spent())
  }
  if (hasLines) throw repeats('it ended without being done', spent())
  throw broken('it is empty')
}

function parseLine(value: unknown): ChatLine {
  const line = CHAT_LINE.safeParse(value)
  const error = ERROR_LINE.safeParse(value)
  if (error.success && error.data.error !== undefined && error.data.error !== null) {
    throw failureOfOllama({ status: 200, body: value, retryAfter: null })
  }
  if (line.success) return line.data
  throw broken('a line is malformed')
}

function whole(text: string, line: ChatLine): OllamaReply {
  const usage = usageOf(line)
  if (line.done_reason === 'stop') return { text, usage }
  if (line.done_reason === 'length') {
    const state = 'it is cut at num_predict or num_ctx'
    throw new OcrError('ENGINE_OUTPUT_TRUNCATED', `Cannot use answer: ${state}`, { usage })
  }
  const state = 'it ended for an unknown reason'
  throw new OcrError('ENGINE_REPLY_BROKEN', `Cannot use answer: ${state}`, { usage })
}

function usageOf({ prompt_eval_count, eval_count }: ChatLine): Usage | null {
  if (typeof eval_count !== 'number') return null
  // Left out when the whole prompt was in its cache.
  return { promptTokens: prompt_eval_count ?? 0, completionTokens: eval_count }
}

function broken(state: string): OcrError {
  return new OcrError('ENGINE_REPLY_BROKEN', `Cannot read answer of Ollama: ${state}`)
}

function repeats(state: string, usage: Usage): OcrError {
  return new OcrError('ENGINE_OUTPUT_REPEATS', `Cannot use answer: ${state}`, { usage })
}
