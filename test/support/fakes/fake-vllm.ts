import { z } from 'zod'
import { readChatRequest, type ReadChatRequest } from './check-chat-request.ts'
import { textReply, type FakeReply, type FakeReplySource } from './fake-reply.ts'
import { startFakeModelServer, type FakeModelServer } from './fake-model-server.ts'
import { parseAsked } from './play-reply.ts'
import { deepseekPromptProblems, dotsPromptProblems } from './vllm-prompts.ts'

/** What a fake vLLM serves, and what it can do. */
export type FakeVllmOptions = {
  /** Decides the default answer and what is asserted of requests. */
  readonly model: 'dots' | 'deepseek'
  /** Served name; `model` for dots, `deepseek-ai/DeepSeek-OCR` for DeepSeek. */
  readonly servedName?: string
  /** 32768 for dots, 8192 for DeepSeek. */
  readonly maxModelLength?: number
  readonly apiKey?: string
  readonly port?: number
  /** `repetition_detection` is known; true by default. */
  readonly hasRepetitionDetection?: boolean
  /** For tests of callers that bring a prompt: DeepSeek-OCR may be asked anything. */
  readonly takesAnyPrompt?: boolean
  /** The n-gram logits processor was loaded; true by default. */
  readonly hasNgramProcessor?: boolean
  readonly reply?: FakeReplySource
}

/**
 * Starts a server that behaves like vLLM 0.32 with one of the two models, and asserts of every
 * request what the model needs.
 */
export function createFakeVllm(options: FakeVllmOptions): Promise<FakeModelServer> {
  const isDots = options.model === 'dots'
  const servedName = options.servedName ?? (isDots ? 'model' : 'deepseek-ai/DeepSeek-OCR')
  const maxModelLength = options.maxModelLength ?? (isDots ? 32_768 : 8_192)
  return startFakeModelServer({
    reply: options.reply ?? (isDots ? dotsReply : deepseekReply),
    apiKey: options.apiKey ?? null,
    ...(options.port === undefined ? {} : { port: options.port }),
    checkRequest: isDots ? dotsProblems : (body) => deepseekProblems(body, options),
    answerFirst: (body) =>
      probeAnswer(body, options) ?? rejection(body, { servedName, maxModelLength }),
    pages: {
      '/v1/models': {
        object: 'list',
        data: [
          { id: servedName, object: 'model', owned_by: 'vllm', max_model_len: maxModelLength },
        ],
      },
      '/version': { version: '0.32.0' },
      '/metrics': METRICS,
    },
  })
}

const METRICS = `# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0"} 0.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0"} 0.0
`

/** A layout of four cells on the image of the request. */
export function dotsLayout(image: { widthPx: number; heightPx: number }): string {
  const at = (...shares: [number, number, number, number]): number[] =>
    shares.map((share, side) =>
      Math.trunc(share * (side % 2 === 0 ? image.widthPx : image.heightPx)),
    )
  return JSON.stringify([
    { bbox: at(0.1, 0.05, 0.9, 0.1), category: 'Title', text: '# Fake title' },
    { bbox: at(0.1, 0.15, 0.9, 0.3), category: 'Text', text: 'Fake text of the page.' },
    { bbox: at(0.1, 0.35, 0.5, 0.6), category: 'Picture' },
    {
      bbox: at(0.1, 0.7, 0.9, 0.9),
      category: 'Table',
      text: '<table><tr><td>1</td><td>2</td></tr></table>',
    },
  ])
}

/** What DeepSeek-OCR says of such a page; coordinates are thousandths. */
export const DEEPSEEK_GROUNDED = `<|ref|>title<|/ref|><|det|>[[100, 50, 900, 100]]<|/det|>
# Fake title

<|ref|>text<|/ref|><|det|>[[100, 150, 900, 300]]<|/det|>
Fake text of the page.

<|ref|>image<|/ref|><|det|>[[100, 350, 500, 600]]<|/det|>

<|ref|>table<|/ref|><|det|>[[100, 700, 900, 900]]<|/det|>
<table><tr><td>1</td><td>2</td></tr></table>
`

function dotsReply(body: unknown): FakeReply {
  const { text, image } = readChatRequest(body)
  if (image === null) return textReply('Fake text of the page.')
  // Without "layout" in the prompt the text is wanted as it is.
  return /layout/i.test(text) ? textReply(dotsLayout(image)) : textReply('Fake text of the page.')
}

function deepseekReply(body: unknown): FakeReply {
  const { text } = readChatRequest(body)
  return textReply(text.includes('<|grounding|>') ? DEEPSEEK_GROUNDED : 'Fake text of the page.')
}

function dotsProblems(body: unknown): string[] {
  const { text, image, problems } = readChatRequest(body)
  const found = [...problems, ...dotsPromptProblems(text)]
  if (image !== null) found.push(...sizeProblems(image))
  return found
}

function sizeProblems({ widthPx, heightPx }: NonNullable<ReadChatRequest['image']>): string[] {
  const found: string[] = []
  const size = `${widthPx}×${heightPx}`
  if (widthPx % 28 !== 0 || heightPx % 28 !== 0) found.push(`${size} are not multiples of 28`)
  const pixels = widthPx * heightPx
  if (pixels < 3_136 || pixels > 11_289_600) found.push(`${size} are outside the pixel limits`)
  return found
}

function deepseekProblems(body: unknown, options: FakeVllmOptions): string[] {
  const { fields, text, problems } = readChatRequest(body)
  const found = [...problems, ...deepseekPromptProblems(text, options)]
  if (!('vllm_xargs' in fields)) found.push('vllm_xargs is missing at the top level')
  if (fields['skip_special_tokens'] !== false) found.push('skip_special_tokens is not false')
  return found
}

const probeRequest = z.object({
  stream: z.boolean().optional(),
  repetition_detection: z.object({ min_count: z.number() }).optional(),
  vllm_xargs: z.record(z.string(), z.unknown()).optional(),
})

/** Answers the two questions that are asked with an invalid value, which only a knower rejects. */
function probeAnswer(
  body: unknown,
  options: FakeVllmOptions,
): { reply: FakeReply; isProbe: boolean } | null {
  const asked = probeRequest.safeParse(body).data
  const isRepetitionProbe = (asked?.repetition_detection?.min_count ?? 2) < 2
  const ngramSize = asked?.vllm_xargs?.['ngram_size']
  const isNgramProbe = ngramSize === 0
  if (!isRepetitionProbe && !isNgramProbe) return null
  const isKnown =
    (isRepetitionProbe && options.hasRepetitionDetection !== false) ||
    (isNgramProbe && options.hasNgramProcessor !== false)
  if (!isKnown) return { reply: textReply('a', { finish: 'length' }), isProbe: true }
  const message = isNgramProbe
    ? '`ngram_size` has to be a strictly positive integer, got 0.'
    : 'min_count must be at least 2'
  const error = badRequest(message)
  return asked?.stream === true
    ? { reply: { kind: 'error-event', error }, isProbe: true }
    : { reply: { kind: 'status', status: 400, body: { error } }, isProbe: true }
}

function rejection(
  body: unknown,
  server: { servedName: string; maxModelLength: number },
): { reply: FakeReply; isProbe: boolean } | null {
  const asked = parseAsked(body)
  if (asked.model !== undefined && asked.model !== server.servedName) {
    const error = {
      message: `The model \`${asked.model}\` does not exist.`,
      type: 'NotFoundError',
      param: 'model',
      code: 404,
    }
    return { reply: { kind: 'status', status: 404, body: { error } }, isProbe: false }
  }
  const maxTokens = asked.max_completion_tokens ?? asked.max_tokens ?? 0
  if (maxTokens > server.maxModelLength) {
    const message = `max_tokens=${maxTokens} cannot be greater than max_model_len=${server.maxModelLength}.`
    return {
      reply: { kind: 'status', status: 400, body: { error: badRequest(message) } },
      isProbe: false,
    }
  }
  return null
}

function badRequest(message: string): object {
  return { message, type: 'BadRequestError', param: null, code: 400 }
}
