import type { Usage } from '../../contract/page.ts'
import { OcrError } from '../../platform/errors.ts'
import {
  brokenReply,
  finishOf,
  MAX_ANSWER_CHARACTERS,
  parseChatChunk,
  type ChatReply,
} from './chat-reply.ts'
import { RepetitionWatch } from '../repetition/repetition-watch.ts'
import { TextPieces } from './text-pieces.ts'

/** How the progress of an answer is watched. */
export type StreamWatch = {
  /** Called as tokens arrive, with how many there are so far. */
  readonly onTokens?: (tokens: number) => void
  /** Called with the text as it arrives; together the pieces are all that the model wrote. */
  readonly onText?: (piece: string) => void
}

/**
 * Puts a streamed answer together and stops reading, which closes the connection, once it has turned
 * into a loop. Only a `finish_reason` makes an answer whole: a stream may end, or say that it is
 * done, without one.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN`, `ENGINE_REFUSED`, `ENGINE_OUTPUT_INVALID`, and whatever
 *   reading the events throws
 */
export async function readChatStream(
  events: AsyncIterable<unknown>,
  { onTokens, onText }: StreamWatch = {},
): Promise<ChatReply> {
  const watch = new RepetitionWatch()
  const told = new TextPieces(onText ?? (() => undefined))
  let text = ''
  let reason: string | null = null
  let isRefused = false
  let usage: Usage | null = null
  let hasBegun = false
  let pieces = 0

  for await (const event of events) {
    const chunk = parseChatChunk(event)
    if (chunk.usage) {
      const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = chunk.usage
      usage = { promptTokens, completionTokens }
    }
    // We ask for one answer; where more come they are numbered.
    const choice = chunk.choices.find(({ index }) => index === undefined || index === 0)
    if (choice === undefined) continue
    // Some servers write "" where others write `null`.
    reason = choice.finish_reason || reason
    if (choice.delta?.refusal) isRefused = true
    const piece = choice.delta?.content ?? ''
    // The first chunk often names the role alone, before the model has done a thing.
    if (hasBegun || piece !== '' || usage?.completionTokens) {
      pieces += 1
      onTokens?.(usage?.completionTokens ?? pieces)
    }
    hasBegun = true
    text += piece
    if (text.length > MAX_ANSWER_CHARACTERS) throw brokenReply('it is longer than any answer')
    told.add(piece)
    if (watch.add(piece)) {
      told.end()
      const kept = wellFormed(text.slice(0, watch.keptLength))
      // Most servers tell what an answer cost at its end only, which this one does not reach.
      const spent = usage ?? { promptTokens: 0, completionTokens: pieces }
      return { text: kept, finish: 'repetition', usage: spent }
    }
  }

  told.end()
  const finish = finishOf(reason, usage)
  if (isRefused || finish === 'refused') {
    throw new OcrError('ENGINE_REFUSED', 'Cannot read the page: the model refused', { usage })
  }
  return { text: wellFormed(text), finish, usage }
}

/** JSON may hold halves of characters, which UTF-8 cannot. */
function wellFormed(text: string): string {
  return text.toWellFormed()
}
