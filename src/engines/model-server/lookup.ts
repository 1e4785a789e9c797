import { z } from 'zod'
import { brokenReply } from './chat-reply.ts'
import { readFailedReply } from './failed-reply.ts'
import type { HttpTransport } from './http-transport.ts'
import type { ModelServer } from './model-server.ts'
import { failureOfStatus } from './reply-failure.ts'

/** A model that a server offers. */
export type ServedModel = {
  readonly id: string
  /** Tokens of prompt and answer together; `null` where the server does not tell. */
  readonly maxModelLength: number | null
}

/** A question to a server. */
export type Lookup = {
  readonly server: Pick<ModelServer, 'baseUrl' | 'apiKey'>
  /** Below the base URL. */
  readonly path: string
  readonly signal: AbortSignal
}

/**
 * The JSON that a server answers to a GET.
 *
 * @throws {OcrError} the codes of `HttpTransport.fetch` and of `failureOfStatus`
 */
export async function getJson(transport: HttpTransport, lookup: Lookup): Promise<unknown> {
  const { server, path, signal } = lookup
  const response = await transport.fetch(`${server.baseUrl}${path}`, {
    signal,
    headers: server.apiKey === null ? {} : { authorization: `Bearer ${server.apiKey.reveal()}` },
  })
  if (!response.ok) {
    const reply = await readFailedReply(response)
    signal.throwIfAborted()
    throw failureOfStatus(reply)
  }
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    throw brokenReply('it is not JSON')
  }
}

const modelList = z.object({
  data: z
    .array(
      z.object({
        id: z.string().min(1).max(256),
        max_model_len: z.int().positive().nullish().catch(null),
      }),
    )
    .max(10_000),
})

/**
 * Reads the answer to `GET /models`.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN`
 */
export function parseModels(answer: unknown): readonly ServedModel[] {
  const { data } = modelList.safeParse(answer)
  if (data === undefined) throw brokenReply('it is not a list of models')
  return data.data.map((model) => ({ id: model.id, maxModelLength: model.max_model_len ?? null }))
}
