/** One scripted behaviour of a fake chat server. */
export type FakeReply =
  | FakeText
  /** Writes `piece` again and again: up to the token limit, the repetition stop, or the close. */
  | { readonly kind: 'endless'; readonly piece: string; readonly delayMs?: number }
  /** An answer that is no success; a string is sent as it is, anything else as JSON. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Never ends: `headers` sends not a byte, `body` stops after the headers and `text`. */
  | {
      readonly kind: 'hang'
      readonly at: 'headers' | 'body'
      readonly text?: string
      /** New connections are refused meanwhile, as by a server that was told to end. */
      readonly isGoing?: boolean
    }
  /** The connection is reset before a byte of an answer; the server lives on. */
  | { readonly kind: 'reset' }
  /** The engine dies with the page in flight; the server is away for `awayMs` (a minute). */
  | {
      readonly kind: 'death'
      /** Connection reset, a 500, or an error event after `text` and then `[DONE]`. */
      readonly how: 'reset' | 'status' | 'event'
      readonly afterwards: 'refuses' | 'unhealthy'
      readonly text?: string
      /** Of the error; vLLM's usual last words by default. */
      readonly message?: string
      readonly awayMs?: number
      /** It still answers `/health` with 200 for so long. */
      readonly lateMs?: number
    }
  /** An error event in a stream with status 200, after `text`. */
  | { readonly kind: 'error-event'; readonly error: unknown; readonly text?: string }
  /** The stream of `text`, cut after so many bytes: by a reset, or by a clean end. */
  | {
      readonly kind: 'cut'
      readonly text: string
      readonly afterBytes: number
      readonly how: 'reset' | 'end'
    }
  /** Any bytes with any headers, in one piece or byte by byte. */
  | {
      readonly kind: 'raw'
      readonly body: string | Uint8Array
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly byteEveryMs?: number
    }

/** A text, streamed or not as it was asked for. */
export type FakeText = {
  readonly kind: 'text'
  readonly text: string
  /** `finish_reason`; `stop` by default, `null` for none. */
  readonly finish?: string | null
  readonly refusal?: string
  /** Characters of a chunk; 16 by default. */
  readonly pieceLength?: number
  /** Between two chunks; 0 by default. */
  readonly delayMs?: number
  /** The answer does not end before this. */
  readonly endsAfter?: Promise<void>
  /** `null` tells none; counted from the text by default. */
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null
}

/** A reply, or a function that makes one for the body of the request. */
export type FakeReplySource = FakeReply | ((body: unknown) => FakeReply | Promise<FakeReply>)

/** A plain answer. */
export function textReply(text: string, more: Omit<FakeText, 'kind' | 'text'> = {}): FakeText {
  return { kind: 'text', text, ...more }
}

/** Out of GPU memory, answered as an error while the engine lives on. */
export const OUT_OF_MEMORY_REPLY: FakeReply = {
  kind: 'status',
  status: 500,
  body: {
    error: {
      message: 'CUDA out of memory. Tried to allocate 2.00 GiB.',
      type: 'InternalServerError',
      param: null,
      code: 500,
    },
  },
}

/** The prompt is longer than the context of the model. */
export const CONTEXT_TOO_LONG_REPLY: FakeReply = {
  kind: 'status',
  status: 400,
  body: {
    error: {
      message:
        "This model's maximum context length is 8192 tokens. However, your prompt contains at least 9001 input tokens, please reduce it.",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
  },
}

/** vLLM's answer to an image that is none. */
export const UNDECODABLE_IMAGE_REPLY: FakeReply = {
  kind: 'status',
  status: 400,
  body: {
    error: {
      message: 'Failed to load image: cannot identify image file',
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
  },
}

/** Too many requests; with `Retry-After` unless it is `null`. */
export function busyReply(retryAfter: string | null = '1', status: 429 | 503 = 429): FakeReply {
  return {
    kind: 'status',
    status,
    body: { error: { message: 'Too many requests', type: 'rate_limit_exceeded', code: null } },
    headers: retryAfter === null ? {} : { 'retry-after': retryAfter },
  }
}
