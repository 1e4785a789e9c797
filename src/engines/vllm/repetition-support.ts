import { OcrError } from '../../platform/errors.ts'
import { readFailedReply } from '../model-server/failed-reply.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'
import type { ModelServer } from '../model-server/model-server.ts'

/**
 * Ends an answer in which a run of 8 to 64 tokens comes 120 times in a row: a dozen equal rows of a
 * form are honest, 120 are more than a page holds. What it misses our own watch stops.
 */
export const REPETITION_DETECTION = { max_pattern_size: 64, min_pattern_size: 8, min_count: 120 }

/**
 * Finds out, once per server, whether a vLLM knows `repetition_detection`. Unknown fields are ignored,
 * so it is asked with a count of 1, which only a vLLM that knows it rejects with 400 (0.32).
 */
export class RepetitionSupport {
  readonly #server: ModelServer
  readonly #transport: HttpTransport
  #answer: Promise<boolean> | null = null

  constructor(server: ModelServer, transport: HttpTransport) {
    this.#server = server
    this.#transport = transport
  }

  /** True when the server knows it; asks again later when nothing could be found out. */
  async isKnown(): Promise<boolean> {
    this.#answer ??= this.#ask()
    return this.#answer
  }

  async #ask(): Promise<boolean> {
    const { baseUrl, model, apiKey } = this.#server
    try {
      const response = await this.#transport.fetch(`${baseUrl}/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey.reveal()}` }),
        },
        body: JSON.stringify({
          model,
          messages: [{ role: 'user', content: 'a' }],
          max_tokens: 1,
          repetition_detection: { ...REPETITION_DETECTION, min_count: 1 },
        }),
      })
      const { status } = await readFailedReply(response)
      if (status !== 200 && status !== 400) this.#answer = null
      return status === 400
    } catch (error) {
      // Busy, or just starting: only an answer tells.
      this.#answer = null
      if (error instanceof OcrError) return false
      throw error
    }
  }
}
