import type { FailureCode } from '../../src/contract/failures.ts'
import {
  busyReply,
  CONTEXT_TOO_LONG_REPLY,
  OUT_OF_MEMORY_REPLY,
  textReply,
  type FakeReply,
} from './fakes/fake-reply.ts'

/** An answer of a vLLM that is no page, whatever model it has. */
export type VllmFailure = {
  readonly what: string
  readonly reply: FakeReply
  readonly code: FailureCode
  /** How long it asks to be left alone; `null`: for no time in particular. */
  readonly waitMs?: number | null
}

/** Stands in every answer that has a text: no failure may quote it. */
export const SECRET = 'Reply of the server'

const outOfMemory = { message: `CUDA out of memory. ${SECRET}`, type: 'InternalServerError' }

/** Answers that end a page after one request. */
export const VLLM_FAILURES: readonly VllmFailure[] = [
  {
    what: 'ran out of tokens',
    reply: textReply(SECRET, { finish: 'length' }),
    code: 'ENGINE_OUTPUT_TRUNCATED',
  },
  {
    what: 'was stopped in a loop by the server',
    reply: textReply(SECRET, { finish: 'repetition' }),
    code: 'ENGINE_OUTPUT_REPEATS',
  },
  {
    what: 'repeats itself until we stop it',
    reply: textReply('Over and over again. '.repeat(3_000)),
    code: 'ENGINE_OUTPUT_REPEATS',
  },
  { what: 'said nothing', reply: textReply(''), code: 'ENGINE_OUTPUT_INVALID' },
  {
    what: 'was filtered',
    reply: textReply(SECRET, { finish: 'content_filter' }),
    code: 'ENGINE_REFUSED',
  },
  { what: 'refused', reply: textReply('', { refusal: SECRET }), code: 'ENGINE_REFUSED' },
  { what: 'ran out of memory', reply: OUT_OF_MEMORY_REPLY, code: 'ENGINE_OUT_OF_MEMORY' },
  {
    what: 'ran out of memory while it was busy',
    reply: { kind: 'status', status: 503, body: { error: outOfMemory } },
    code: 'ENGINE_OUT_OF_MEMORY',
  },
  {
    what: 'ran out of memory on the way',
    reply: { kind: 'error-event', text: SECRET, error: { ...outOfMemory, code: 500 } },
    code: 'ENGINE_OUT_OF_MEMORY',
  },
  {
    what: 'could not decode the image',
    reply: {
      kind: 'status',
      status: 400,
      body: { error: { message: `Failed to load image: ${SECRET}`, type: 'BadRequestError' } },
    },
    code: 'ENGINE_REJECTED_REQUEST',
  },
  {
    what: 'has a context too short',
    reply: CONTEXT_TOO_LONG_REPLY,
    code: 'ENGINE_REJECTED_REQUEST',
  },
  { what: 'is busy', reply: busyReply('7'), code: 'ENGINE_RATE_LIMITED', waitMs: 7_000 },
  {
    what: 'is busy and asks for no time',
    reply: busyReply(null, 503),
    code: 'ENGINE_RATE_LIMITED',
    waitMs: null,
  },
  {
    what: 'broke off within an event',
    reply: { kind: 'cut', text: SECRET, afterBytes: 400, how: 'reset' },
    code: 'ENGINE_REPLY_BROKEN',
  },
]
