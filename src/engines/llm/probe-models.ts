import { z } from 'zod'
import { OcrError } from '../../platform/errors.ts'
import { readFailedReply } from '../model-server/failed-reply.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'
import type { ModelServer } from '../model-server/model-server.ts'
import { failureOfStatus } from '../model-server/reply-failure.ts'

const MODEL_LIST = z.object({
  data: z.array(z.object({ id: z.string(), owned_by: z.string().nullish() })),
})

/** Servers without a list of models: the route is unknown, or only meant for posting. */
const NO_LIST_STATUSES = [404, 405, 501]

/**
 * Finds out whether a chat server can be reached with the key, and has the model. A server that has
 * no list of models is believed; llama.cpp answers to any name.
 *
 * @throws {OcrError} `ENGINE_MISCONFIGURED` naming the setting to change, `ENGINE_UNREACHABLE`,
 *   `ENGINE_TIMED_OUT`, `ENGINE_RATE_LIMITED`, `ENGINE_REPLY_BROKEN`
 */
export async function probeModels(
  server: ModelServer,
  { transport, signal }: { transport: HttpTransport; signal: AbortSignal },
): Promise<void> {
  const response = await transport.fetch(`${server.baseUrl}/models`, {
    headers: server.apiKey === null ? {} : { authorization: `Bearer ${server.apiKey.reveal()}` },
    signal,
  })
  // Its body is JSON here, too, or text where it is none.
  const reply = await readFailedReply(response)
  signal.throwIfAborted()
  if (NO_LIST_STATUSES.includes(reply.status)) return
  if (reply.status === 401 || reply.status === 403) throw keyRefused(reply.status)
  if (reply.status !== 200) throw failureOfStatus(reply)
  const list = MODEL_LIST.safeParse(reply.body)
  if (!list.success) {
    const state = 'GET /models gave no list of models'
    throw new OcrError('ENGINE_MISCONFIGURED', `Cannot use OCR_LLM_BASE_URL: ${state}`, {
      publicDetail: 'OCR_LLM_BASE_URL does not lead to an OpenAI-compatible server',
    })
  }
  const models = list.data.data
  const isThere = models.some(({ id, owned_by }) => id === server.model || owned_by === 'llamacpp')
  if (!isThere) throw modelMissing(models.map(({ id }) => id))
}

function keyRefused(status: number): OcrError {
  const publicDetail = 'The model server refuses the key in OCR_LLM_API_KEY'
  return new OcrError('ENGINE_MISCONFIGURED', `Cannot use OCR_LLM_API_KEY: status ${status}`, {
    publicDetail,
  })
}

function modelMissing(ids: readonly string[]): OcrError {
  // What a server calls its models is shown only where it looks like a name.
  const names = ids.filter((id) => /^[\w./:@-]{1,100}$/.test(id)).slice(0, 10)
  const there = names.length === 0 ? 'none' : names.join(', ')
  const state = `the server does not have OCR_LLM_MODEL; it has ${there}`
  return new OcrError('ENGINE_MISCONFIGURED', `Cannot use the model: ${state}`, {
    publicDetail: state,
  })
}
