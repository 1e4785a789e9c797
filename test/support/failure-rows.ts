import type { FailureCode } from '../../src/contract/failures.ts'
import {
  CONTEXT_TOO_LONG_REPLY,
  textReply,
  UNDECODABLE_IMAGE_REPLY,
  type FakeReply,
} from './fakes/fake-reply.ts'
import { QUOTA_REPLY, SILICONFLOW_NO_MODEL_REPLY } from './fakes/fake-openai.ts'
import { dotsLayout } from './fakes/fake-vllm.ts'
import { sentPng } from './fakes/sent-png.ts'
import { RUNNER_KILLED_REPLY, type OllamaReply } from './fakes/ollama-replies.ts'
import { readPageNumber } from './read-page-number.ts'

/** What a server answers for one page, and what comes of it. */
export type FailureRow<Reply> = {
  readonly symptom: string
  /** The first answers; after them it answers well. */
  readonly replies: readonly Reply[]
  /** That the server sees; one for each of `replies` by default. */
  readonly requests?: number
  /** Least time before each further request. */
  readonly waitsMs?: readonly number[]
  /** In history: `default`, or what the step is called there, with `done` or its code. */
  readonly steps: readonly string[]
  /** How the page ends: read; read by another engine or without layout; or with this code. */
  readonly page: 'ok' | 'degraded' | FailureCode
}

const APOLOGY = "I'm sorry, but I can't assist with that request."
const CELLS = dotsLayout({ widthPx: 1_600, heightPx: 2_100 })

const refusal = (status: number, message: string): FakeReply => ({
  kind: 'status',
  status,
  body: { error: { message, type: 'invalid_request_error', param: null, code: null } },
})

/** The engine `llm`, failure by failure. */
export const LLM_ROWS: readonly FailureRow<FakeReply>[] = [
  {
    symptom: 'an apology is asked again, then the page goes to the fallback engine',
    replies: [textReply(APOLOGY), textReply(APOLOGY)],
    steps: ['default: SUSPECT_OUTPUT', 'resample: SUSPECT_OUTPUT', 'by-paddle: done'],
    page: 'degraded',
  },
  {
    symptom: 'an answer that is cut and one that runs in circles',
    replies: [
      textReply('so far', { finish: 'length' }),
      textReply('Over and over again. '.repeat(3_000), { pieceLength: 5_000 }),
    ],
    steps: [
      'default: ENGINE_OUTPUT_TRUNCATED',
      'resample: ENGINE_OUTPUT_REPEATS',
      'by-paddle: done',
    ],
    page: 'degraded',
  },
  {
    symptom: 'silence about a page that is not blank is asked again',
    replies: [textReply('')],
    requests: 2,
    steps: ['default: ENGINE_OUTPUT_INVALID', 'resample: done'],
    page: 'ok',
  },
  {
    symptom: 'a connection that breaks off is tried again after a second',
    replies: [{ kind: 'reset' }],
    requests: 2,
    waitsMs: [1_000],
    steps: ['default: done'],
    page: 'ok',
  },
  {
    symptom: 'an image that it cannot read is asked for once, and no other engine is',
    replies: [UNDECODABLE_IMAGE_REPLY],
    steps: ['default: ENGINE_REJECTED_REQUEST'],
    page: 'ENGINE_REJECTED_REQUEST',
  },
  {
    symptom: 'an image that it finds too large is asked for once, and no other engine is',
    replies: [refusal(413, 'Request Entity Too Large')],
    steps: ['default: ENGINE_REJECTED_REQUEST'],
    page: 'ENGINE_REJECTED_REQUEST',
  },
]

/** The engine `ollama`. */
export const OLLAMA_ROWS: readonly FailureRow<OllamaReply>[] = [
  {
    symptom: 'an answer that ends without being done is asked again',
    replies: [{ kind: 'never-done', text: 'again and' }],
    requests: 2,
    steps: ['default: ENGINE_OUTPUT_REPEATS', 'resample: done'],
    page: 'ok',
  },
  {
    symptom: 'an answer that is cut twice goes to the fallback engine',
    replies: [
      { kind: 'ok', text: 'so far', reason: 'length' },
      { kind: 'ok', text: 'so far', reason: 'length' },
    ],
    steps: [
      'default: ENGINE_OUTPUT_TRUNCATED',
      'resample: ENGINE_OUTPUT_TRUNCATED',
      'by-paddle: done',
    ],
    page: 'degraded',
  },
  {
    symptom: 'one that is too busy is left alone for as long as it says',
    replies: [
      {
        kind: 'status',
        status: 503,
        body: { error: 'server busy, please try again. maximum pending requests exceeded' },
        headers: { 'retry-after': '2' },
      },
    ],
    requests: 2,
    waitsMs: [2_000],
    steps: ['default: done'],
    page: 'ok',
  },
  {
    symptom: 'a page beyond its context is asked for once, and no other engine is',
    replies: [
      {
        kind: 'status',
        status: 400,
        body: { error: 'request (9001 tokens) exceeds the available context size (8192 tokens)' },
      },
    ],
    steps: ['default: ENGINE_REJECTED_REQUEST'],
    page: 'ENGINE_REJECTED_REQUEST',
  },
  {
    symptom: 'one without memory is asked in half and a quarter of the pixels',
    replies: Array.from({ length: 3 }, () => ({
      kind: 'status' as const,
      status: 500,
      body: { error: 'CUDA error: out of memory' },
    })),
    steps: [
      'default: ENGINE_OUT_OF_MEMORY',
      'default-at-50-percent: ENGINE_OUT_OF_MEMORY',
      'default-at-25-percent: ENGINE_OUT_OF_MEMORY',
    ],
    page: 'TOO_COMPLEX',
  },
  {
    symptom: 'a page at which its runner ends twice goes to the fallback engine',
    replies: [RUNNER_KILLED_REPLY, RUNNER_KILLED_REPLY],
    waitsMs: [1_000],
    steps: ['default: ENGINE_DIED', 'by-paddle: done'],
    page: 'degraded',
  },
]

/** The engine `dots`, beside its ladder and its deaths. */
export const DOTS_ROWS: readonly FailureRow<FakeReply>[] = [
  {
    symptom: 'an answer that is cut is asked again',
    replies: [textReply('[{"bbox":', { finish: 'length' })],
    requests: 2,
    steps: ['default: ENGINE_OUTPUT_TRUNCATED', 'resample: done'],
    page: 'ok',
  },
  {
    symptom: 'a page that is no layout twice is read cell by cell',
    replies: [
      textReply('no layout'),
      textReply('no layout'),
      textReply(CELLS),
      // One for each cell that is no picture.
      ...Array.from({ length: 3 }, () => textReply('Words of a cell.')),
    ],
    steps: ['default: ENGINE_OUTPUT_INVALID', 'resample: ENGINE_OUTPUT_INVALID', 'regions: done'],
    page: 'ok',
  },
  {
    symptom: 'a page of which every step fails goes to the fallback engine',
    replies: Array.from({ length: 4 }, () => textReply('')),
    steps: [
      'default: ENGINE_OUTPUT_INVALID',
      'resample: ENGINE_OUTPUT_INVALID',
      'regions: ENGINE_OUTPUT_INVALID',
      'plain-text: ENGINE_OUTPUT_INVALID',
      'by-paddle: done',
    ],
    page: 'degraded',
  },
  {
    symptom: 'a page beyond its context is asked for once, and no other engine is',
    replies: [CONTEXT_TOO_LONG_REPLY],
    steps: ['default: ENGINE_REJECTED_REQUEST'],
    page: 'ENGINE_REJECTED_REQUEST',
  },
]

/** Answers that speak of the settings and not of a page. */
export const MISCONFIGURED_REPLIES: readonly (readonly [what: string, reply: FakeReply])[] = [
  ['a key that it does not know', refusal(401, 'Unauthorized')],
  ['an account without credit', QUOTA_REPLY],
  ["SiliconFlow's missing model", SILICONFLOW_NO_MODEL_REPLY],
]

/** The answers of the rows, each to the page of its place; then, and to other pages, good ones. */
export function pageByPage<Reply>(
  rows: readonly FailureRow<Reply>[],
  well: (png: Uint8Array) => Promise<Reply>,
): (body: unknown) => Promise<Reply> {
  const left = rows.map(({ replies }) => [...replies])
  return async (body) => {
    const png = sentPng(body)
    return left[(await readPageNumber(png)) - 1]?.shift() ?? well(png)
  }
}
