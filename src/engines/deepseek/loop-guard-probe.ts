import { OcrError } from '../../platform/errors.ts'
import { readFailedReply } from '../model-server/failed-reply.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'
import type { ModelServer } from '../model-server/model-server.ts'
import { failureOfStatus } from '../model-server/reply-failure.ts'

const PROCESSOR = 'vllm.model_executor.models.deepseek_ocr:NGramPerReqLogitsProcessor'

/**
 * Finds out whether a server runs the model's guard against loops. One that does not ignores its
 * parameters without a word; one that does refuses an impossible one, unless it is asked to stream.
 *
 * @throws {OcrError} `ENGINE_MISCONFIGURED` without the guard, and what the request may throw
 */
export async function probeLoopGuard(
  transport: HttpTransport,
  { server, signal }: { server: ModelServer; signal: AbortSignal },
): Promise<void> {
  const { baseUrl, apiKey, model } = server
  const response = await transport.fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/json',
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey.reveal()}` }),
    },
    body: JSON.stringify({
      model,
      // Text without an image: nothing is lost where it is answered.
      messages: [{ role: 'user', content: 'Free OCR.' }],
      max_tokens: 1,
      temperature: 0,
      vllm_xargs: { ngram_size: 0, window_size: 90 },
    }),
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
