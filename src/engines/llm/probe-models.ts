import { OcrError } from '../../platform/errors.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'
import { askModels } from '../model-server/lookup.ts'
import { namesOfModels } from '../model-server/model-names.ts'
import type { ModelServer } from '../model-server/model-server.ts'
import { failureOfStatus, type FailedReply } from '../model-server/reply-failure.ts'

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
  const answer = await askModels(transport, { server, signal })
  if (answer.kind === 'failed') return requireNoList(answer.reply)
  if (answer.kind === 'no-list') {
    const state = 'GET /models gave no list of models'
    throw new OcrError('ENGINE_MISCONFIGURED', `Cannot use OCR_LLM_BASE_URL: ${state}`, {
      publicDetail: 'OCR_LLM_BASE_URL does not lead to an OpenAI-compatible server',
    })
  }
  const { models } = answer
  const isThere = models.some(({ id, ownedBy }) => id === server.model || ownedBy === 'llamacpp')
  if (!isThere) throw modelMissing(models.map(({ id }) => id))
}

function requireNoList(reply: FailedReply): void {
  if (NO_LIST_STATUSES.includes(reply.status)) return
  if (reply.status === 401 || reply.status === 403) throw keyRefused(reply.status)
  throw failureOfStatus(reply)
}

function keyRefused(status: number): OcrError {
  const publicDetail = 'The model server refuses the key in OCR_LLM_API_KEY'
  return new OcrError('ENGINE_MISCONFIGURED', `Cannot use OCR_LLM_API_KEY: status ${status}`, {
    publicDetail,
  })
}

function modelMissing(ids: readonly string[]): OcrError {
  const state = `the server does not have OCR_LLM_MODEL; it has ${namesOfModels(ids)}`
  return new OcrError('ENGINE_MISCONFIGURED', `Cannot use the model: ${state}`, {
    publicDetail: state,
  })
}
