import { OcrError } from '../../platform/errors.ts'
import { readFailedReply } from '../model-server/failed-reply.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'
import type { ModelServer } from '../model-server/model-server.ts'
import { failureOfStatus } from '../model-server/reply-failure.ts'
import { askWithoutPage } from '../vllm/ask-without-page.ts'

const PROCESSOR = 'vllm.model_executor.models.deepseek_ocr:NGramPerReqLogitsProcessor'

/**
 * Finds out, once per server, whether it runs the model's guard against loops. One that does not ignores
 * its parameters without a word; one that does refuses an impossible one, unless it is asked to stream.
 */
export class LoopGuardProof {
  readonly #server: ModelServer
  readonly #transport: HttpTransport
  readonly #now: () => number
  #isProven = false
  /** A busy server said how long to stay away. */
  #busy: { readonly failure: OcrError; readonly untilMs: number } | null = null

  constructor(server: ModelServer, options: { transport: HttpTransport; now?: () => number }) {
    this.#server = server
    this.#transport = options.transport
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * Resolves where the guard is there.
   *
   * @throws {OcrError} `ENGINE_MISCONFIGURED` without the guard, and what the request may throw
   */
  async require(signal: AbortSignal): Promise<void> {
    if (this.#isProven) return
    if (this.#busy !== null && this.#now() < this.#busy.untilMs) throw this.#busy.failure
    try {
      await ask(this.#transport, { server: this.#server, signal })
      this.#isProven = true
    } catch (error) {
      if (error instanceof OcrError && error.retryAfterMs !== null) {
        this.#busy = { failure: error, untilMs: this.#now() + error.retryAfterMs }
      }
      throw error
    }
  }

  /** Asks again next time: the server may have been started anew, without the guard. */
  forget(): void {
    this.#isProven = false
  }
}

async function ask(
  transport: HttpTransport,
  { server, signal }: { server: ModelServer; signal: AbortSignal },
): Promise<void> {
  const response = await askWithoutPage(transport, {
    server,
    text: 'Free OCR.',
    fields: { temperature: 0, vllm_xargs: { ngram_size: 0, window_size: 90 } },
    signal,
  })
  if (!response.ok) {
    const reply = await readFailedReply(response)
    if (reply.status === 400) return
    throw failureOfStatus(reply)
  }
  await response.body?.cancel()
  const state = `it runs without --logits-processors ${PROCESSOR}`
  const message = `Cannot use the server of OCR_DEEPSEEK_URL: ${state}`
  throw new OcrError('ENGINE_MISCONFIGURED', message, {
    publicDetail: 'The DeepSeek-OCR server runs without its guard against endless repetition',
  })
}
