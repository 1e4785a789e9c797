import { z } from 'zod'
import type { Usage } from '../../contract/page.ts'
import { OcrError } from '../../platform/errors.ts'

/** Most characters of an answer: sixteen for every token of the longest that can be set. */
export const MAX_ANSWER_CHARACTERS = 2 * 1024 * 1024

/** How an answer ended: whole, out of tokens, or stopped because the model repeated itself. */
export type ChatFinish = 'stop' | 'length' | 'repetition'

/** What a model answered. Hostile text; of a repetition what stands before the loop. */
export type ChatReply = {
  readonly text: string
  readonly finish: ChatFinish
  readonly usage: Usage | null
}

/** One event of a streamed answer. */
export type ChatChunk = z.output<typeof chatChunk>

const tokenCount = z.int().nonnegative()

const chatChunk = z.object({
  choices: z.array(
    z.object({
      index: z.number().optional(),
      delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  // Not worth a page when it is malformed.
  usage: z
    .object({ prompt_tokens: tokenCount, completion_tokens: tokenCount })
    .nullish()
    .catch(null),
})

/** `finish_reason`, by server: OpenAI, vLLM (`repetition`), SiliconFlow (`eos`) and others. */
const FINISH: ReadonlyMap<string, ChatFinish | 'refused'> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['end_turn', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['repetition', 'repetition'],
  ['content_filter', 'refused'],
  ['safety', 'refused'],
])

/**
 * Reads one event of a stream.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN`
 */
export function parseChatChunk(event: unknown): ChatChunk {
  const { data } = chatChunk.safeParse(event)
  if (data === undefined) throw brokenReply('an event is not a chunk of an answer')
  return data
}

/**
 * What a `finish_reason` means; `null` is the end of a stream that told none.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN`, `ENGINE_OUTPUT_INVALID` (the model called a tool)
 */
export function finishOf(reason: string | null, usage: Usage | null): ChatFinish | 'refused' {
  if (reason === null) throw brokenReply('it ended early')
  if (reason === 'tool_calls' || reason === 'function_call') {
    const message = 'Cannot read the answer: the model called a tool'
    throw new OcrError('ENGINE_OUTPUT_INVALID', message, { usage })
  }
  const finish = FINISH.get(reason)
  // `abort` and `error` of vLLM among others.
  if (finish === undefined) throw brokenReply('it ended for another reason than its end')
  return finish
}

/**
 * The text of an answer that is whole.
 *
 * @throws {OcrError} `ENGINE_OUTPUT_TRUNCATED`, `ENGINE_OUTPUT_REPEATS`, with the usage
 */
export function requireWhole({ text, finish, usage }: ChatReply): string {
  switch (finish) {
    case 'stop':
      return text
    case 'length':
      throw new OcrError(
        'ENGINE_OUTPUT_TRUNCATED',
        'Cannot use the answer: the model ran out of tokens',
        { usage },
      )
    case 'repetition':
      throw new OcrError(
        'ENGINE_OUTPUT_REPEATS',
        'Cannot use the answer: the model repeats itself',
        { usage },
      )
  }
}

/** The failure for an answer that is none; `state` is for the log and **must not** quote it. */
export function brokenReply(state: string): OcrError {
  return new OcrError('ENGINE_REPLY_BROKEN', `Cannot read the answer of the engine: ${state}`)
}
