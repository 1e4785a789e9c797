import { z } from 'zod'
import { bearerHeader } from '../../platform/bearer-header.ts'
import { readFailedReply } from './failed-reply.ts'
import type { HttpTransport } from './http-transport.ts'
import type { ModelServer } from './model-server.ts'
import type { FailedReply } from './reply-failure.ts'

/** A model that a server offers. */
export type ServedModel = {
  readonly id: string
  /** Name of the program that serves it, where it tells one; llama.cpp answers to any model's name. */
  readonly ownedBy: string | null
}

/** What a server answers to `GET /models`: its models, something else, or no success. */
export type ModelsAnswer =
  | { readonly kind: 'models'; readonly models: readonly ServedModel[] }
  | { readonly kind: 'no-list' }
  | { readonly kind: 'failed'; readonly reply: FailedReply }

/** Whom to ask. */
export type Lookup = {
  readonly server: Pick<ModelServer, 'baseUrl' | 'apiKey'>
  readonly signal: AbortSignal
}

/**
 * Asks a chat server for its models.
 *
 * @throws {OcrError} the codes of `HttpTransport.fetch`
 */
export async function askModels(
  transport: HttpTransport,
  { server, signal }: Lookup,
): Promise<ModelsAnswer> {
  const response = await transport.fetch(`${server.baseUrl}/models`, {
    signal,
    headers: bearerHeader(server.apiKey),
  })
  if (response.status !== 200) {
    const reply = await readFailedReply(response)
    signal.throwIfAborted()
    return { kind: 'failed', reply }
  }
  const models = parseModels(await response.text())
  return models === null ? { kind: 'no-list' } : { kind: 'models', models }
}

const modelList = z.object({ data: z.array(z.unknown()).max(10_000) })
const model = z.object({
  id: z.string().min(1).max(256),
  owned_by: z.string().nullish().catch(null),
})

/** Reads a list of models; `null` where it is none. An entry that is no model makes it no worse. */
function parseModels(text: string): readonly ServedModel[] | null {
  const { data } = modelList.safeParse(parsed(text))
  if (data === undefined) return null
  return data.data.flatMap((entry) => {
    const read = model.safeParse(entry).data
    return read === undefined ? [] : [{ id: read.id, ownedBy: read.owned_by ?? null }]
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
