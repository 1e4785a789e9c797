import sharp from 'sharp'
import type { Usage } from '../../src/contract/page.ts'
import type { ChatRequest } from '../../src/engines/model-server/chat-client.ts'
import {
  REQUEST_LIMITS,
  type ModelServer,
  type RequestLimits,
} from '../../src/engines/model-server/model-server.ts'
import { OcrError } from '../../src/platform/errors.ts'
import type { FakeModelServer, FakeRequest } from './fakes/fake-model-server.ts'

/** A white page that every fake accepts. */
export const WHITE_PNG: Uint8Array = await sharp({
  create: { width: 56, height: 84, channels: 3, background: 'white' },
})
  .png()
  .toBuffer()

/** Limits so short that a test can wait for them; for servers that never answer in time only. */
export const SHORT_LIMITS: RequestLimits = {
  ...REQUEST_LIMITS,
  firstByteMs: 500,
  idleMs: 500,
  totalMs: 2_500,
}

/** A question about a white page. */
export function pageRequest(fields: ChatRequest['fields'] = {}): ChatRequest {
  return { prompt: 'Read the page.', png: WHITE_PNG, fields: { max_tokens: 1_000, ...fields } }
}

/** The same for a fake that serves dots.ocr. */
export function dotsRequest(fields: ChatRequest['fields'] = {}): ChatRequest {
  return {
    ...pageRequest(fields),
    prompt: '<|img|><|imgpad|><|endofimg|>Extract the text content from this image.',
  }
}

/** How to reach a fake. */
export function serverOf(fake: FakeModelServer, more: Partial<ModelServer> = {}): ModelServer {
  return { baseUrl: fake.chatUrl, apiKey: null, model: 'fake-vision', ...more }
}

/** How something ended: with a value, an expected failure, or another error. */
export type Ending<T> =
  | { readonly value: T }
  | {
      readonly code: string
      readonly message: string
      readonly retryAfterMs: number | null
      readonly usage: Usage | null
    }
  | { readonly error: unknown }

/** Waits for the end of something, whatever it is. */
export async function endingOf<T>(work: Promise<T>): Promise<Ending<T>> {
  try {
    return { value: await work }
  } catch (error) {
    if (!(error instanceof OcrError)) return { error }
    const { code, message, retryAfterMs, usage } = error
    return { code, message, retryAfterMs, usage }
  }
}

/** The failure code of an ending, or what it was instead. */
export function codeOfEnding(ending: Ending<unknown>): string {
  if ('code' in ending) return ending.code
  return 'value' in ending ? 'no failure' : `bug: ${String(ending.error)}`
}

/** The fields of a request that arrived, without its messages. */
export function fieldsOf(request: FakeRequest | undefined): Readonly<Record<string, unknown>> {
  const body = request?.body
  if (typeof body !== 'object' || body === null) throw new Error('No such request has arrived')
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'messages'))
}
