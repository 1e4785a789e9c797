import { OcrError } from '../../platform/errors.ts'
import { readFailedReply } from '../model-server/failed-reply.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'
import type { ModelServer } from '../model-server/model-server.ts'
import { failureOfStatus, type FailedReply } from '../model-server/reply-failure.ts'
import { askWithoutPage } from './ask-without-page.ts'

/**
 * Ends an answer in which a run of 8 to 64 tokens comes 120 times in a row: a dozen equal rows of a
 * form are honest, 120 are more than a page holds. What it misses our own watch stops.
 */
export const REPETITION_DETECTION = { max_pattern_size: 64, min_pattern_size: 8, min_count: 120 }

// A question that is not answered holds up a page for ten seconds.
const AGAIN_MS = 30_000

/**
 * Finds out, once per server, whether a vLLM knows `repetition_detection`. Unknown fields are ignored,
 * so it is asked with a count of 1, which only a vLLM that knows it rejects with 400 (0.32).
 */
export class RepetitionSupport {
  readonly #server: ModelServer
  readonly #transport: HttpTransport
  readonly #now: () => number
  #answer: Promise<boolean> | null = null
  #againAtMs = Infinity

  constructor(server: ModelServer, options: { transport: HttpTransport; now?: () => number }) {
    this.#server = server
    this.#transport = options.transport
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * True when the server knows it. False too where nothing could be found out, which is asked again
   * after half a minute, or at once where nobody was there.
   *
   * @throws {OcrError} `ENGINE_RATE_LIMITED`: the server is busy, and a page must wait like the question
   */
  async isKnown(): Promise<boolean> {
    if (this.#now() >= this.#againAtMs) this.forget()
    this.#answer ??= this.#find()
    return this.#answer
  }

  /** Asks again next time: the server may be another one. */
  forget(): void {
    this.#answer = null
    this.#againAtMs = Infinity
  }

  async #find(): Promise<boolean> {
    try {
      const reply = await this.#ask()
      if (reply.status === 200 || reply.status === 400) return reply.status === 400
      throw failureOfStatus(reply)
    } catch (error) {
      if (!(error instanceof OcrError) || error.code === 'ENGINE_RATE_LIMITED') {
        this.forget()
        throw error
      }
      const waitMs = error.code === 'ENGINE_UNREACHABLE' ? 0 : AGAIN_MS
      this.#againAtMs = this.#now() + waitMs
      return false
    }
  }

  async #ask(): Promise<FailedReply> {
    const response = await askWithoutPage(this.#transport, {
      server: this.#server,
      text: 'a',
      fields: { repetition_detection: { ...REPETITION_DETECTION, min_count: 1 } },
    })
    return readFailedReply(response)
  }
}
