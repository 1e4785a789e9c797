import { z } from 'zod'
import type { FailureCode } from '../../contract/failures.ts'
import { OcrError, type OcrErrorOptions } from '../../platform/errors.ts'
import { failureOfStatus, textOfBody } from '../model-server/reply-failure.ts'

/** An answer of Ollama that tells of a failure. */
export type OllamaFailureReply = {
  /** 200 for an error line within a stream. */
  readonly status: number
  /** Parsed JSON, or the text where it is none. It decides and goes no further. */
  readonly body: unknown
  readonly retryAfter: string | null
}

type Case = {
  readonly text: RegExp
  readonly code: FailureCode
  readonly state: string
  readonly hint?: string
}

const ERROR_BODY = z.object({
  error: z.union([z.string(), z.object({ message: z.string() })]),
})

/**
 * What Ollama tells apart by words only. Seen in 0.17.4, built from source, and in its source code;
 * these come before the status.
 */
const CASES: readonly Case[] = [
  {
    text: /token repeat limit reached/,
    code: 'ENGINE_OUTPUT_REPEATS',
    state: 'the model repeats itself',
  },
  {
    // It is refused before anything is loaded: a smaller image does not help.
    text: /model requires more system memory/,
    code: 'ENGINE_MISCONFIGURED',
    state: 'the model does not fit into memory',
    hint: 'The model of OCR_OLLAMA_MODEL does not fit into memory with OCR_OLLAMA_NUM_CTX',
  },
  {
    // Also where the runner ended of it.
    text: /out of memory|OutOfMemory/i,
    code: 'ENGINE_OUT_OF_MEMORY',
    state: 'it ran out of memory',
  },
  {
    // The last two when its connection to the runner breaks off in the middle of an answer.
    text: /runner (?:has unexpectedly stopped|process has terminated|process no longer running)|error was encountered while running the model|error reading llm response: .{0,200}connection reset/,
    code: 'ENGINE_DIED',
    state: 'the model runner stopped',
  },
  {
    // After a runner that ended of "an illegal memory access".
    text: /CUDA error.*memory/i,
    code: 'ENGINE_OUT_OF_MEMORY',
    state: 'it ran out of memory',
  },
  {
    // Not of images of some size or kind.
    text: /does not support (?:(?:vision|multimodal)\b|images?(?: inputs?)?\s*(?:[.,;!)"']|$))|missing data required for image input/,
    code: 'ENGINE_MISCONFIGURED',
    state: 'the model cannot see images',
    hint: 'The model of OCR_OLLAMA_MODEL cannot read images: choose one with vision',
  },
  {
    text: /^model is required$|invalid model name/,
    code: 'ENGINE_MISCONFIGURED',
    state: 'the model name is invalid',
    hint: 'OCR_OLLAMA_MODEL is not a name that Ollama accepts',
  },
  {
    text: /^model ['"].*['"] not found/,
    code: 'ENGINE_MISCONFIGURED',
    state: 'the model is not installed',
    hint: 'The model of OCR_OLLAMA_MODEL is not installed: run ollama pull',
  },
  {
    // Comes with status 500, but no retry helps.
    text: /^option "\w+" must be of type/,
    code: 'ENGINE_MISCONFIGURED',
    state: 'it does not accept an option',
  },
  {
    text: /exceeds? the (?:available )?context|exceeds maximum context/,
    code: 'ENGINE_REJECTED_REQUEST',
    state: 'the page does not fit into the context',
    hint: 'The page does not fit into the context of OCR_OLLAMA_NUM_CTX',
  },
]

/**
 * The failure for an answer of Ollama with an error in it.
 *
 * The words of the server decide, but are not part of the message: it repeats what it was sent.
 */
export function failureOfOllama({ status, body, retryAfter }: OllamaFailureReply): OcrError {
  const text = errorText(body)
  const known = CASES.find((candidate) => candidate.text.test(text))
  if (known !== undefined) return failure(known.code, known.state, known.hint)
  if (status === 403) {
    return failure(
      'ENGINE_MISCONFIGURED',
      'it refuses the host name of OCR_OLLAMA_URL',
      'Ollama listens on loopback and refuses other host names: start it with OLLAMA_HOST=0.0.0.0, or name it by a loopback address in OCR_OLLAMA_URL',
    )
  }
  if (status === 404 || status === 405) {
    return failure(
      'ENGINE_MISCONFIGURED',
      'there is no Ollama',
      'There is no Ollama at OCR_OLLAMA_URL',
    )
  }
  // An error line within a stream has no status of its own.
  return failureOfStatus({ status: status === 200 ? 500 : status, body: text, retryAfter })
}

/** The beginning of the text of `{"error": "…"}`, also where `error` is an object; else of the body's. */
function errorText(body: unknown): string {
  const { data } = ERROR_BODY.safeParse(body)
  if (data === undefined) return textOfBody(body)
  return textOfBody(typeof data.error === 'string' ? data.error : data.error.message)
}

function failure(code: FailureCode, state: string, publicDetail?: string): OcrError {
  const options: OcrErrorOptions = publicDetail === undefined ? {} : { publicDetail }
  return new OcrError(code, `Cannot read page with Ollama: ${state}`, options)
}
