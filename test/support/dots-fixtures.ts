import sharp from 'sharp'
import { createDotsEngine } from '../../src/engines/dots.ts'
import type { OcrEngine, PageImage, RecognizeOptions } from '../../src/engines/engine.ts'
import type { RequestLimits } from '../../src/engines/model-server/model-server.ts'
import { readChatRequest, type ReadChatRequest } from './fakes/check-chat-request.ts'
import type { FakeModelServer } from './fakes/fake-model-server.ts'

/** Generous enough for a busy machine; a test shortens what it is about. */
const LIMITS: RequestLimits = {
  connectMs: 5_000,
  firstByteMs: 20_000,
  idleMs: 20_000,
  totalMs: 30_000,
  maxReplyBytes: 8_000_000,
}

/** A dots engine that asks the given server. */
export function dotsEngine(
  server: FakeModelServer,
  limits: Partial<RequestLimits> = {},
  options: { readonly slots?: number } = {},
): OcrEngine {
  return createDotsEngine({
    ...options,
    server: { baseUrl: server.url, apiKey: null, model: 'model' },
    maxTokens: 12_000,
    limits: { ...LIMITS, ...limits },
  })
}

/** A page with a few bars of black on it, or with nothing. */
export async function dotsPage(
  page: { readonly widthPx?: number; readonly heightPx?: number; readonly isBlank?: boolean } = {},
): Promise<PageImage> {
  const { widthPx = 400, heightPx = 610, isBlank = false } = page
  const paper = sharp({
    create: { width: widthPx, height: heightPx, channels: 3, background: 'white' },
  })
  const bar = sharp({ create: { width: 200, height: 20, channels: 3, background: 'black' } })
  const input = await bar.png().toBuffer()
  const bars = isBlank ? [] : [60, 120, 180].map((top) => ({ input, left: 50, top }))
  const png = await paper.composite(bars).png().toBuffer()
  return { png, widthPx, heightPx, dpi: 200 }
}

/** The chat requests that a server got, read. */
export function questionsTo(server: FakeModelServer): ReadChatRequest[] {
  return server.requests.map(({ body }) => readChatRequest(body))
}

/** What is asked of an engine for a page. */
export function asked(options: Partial<RecognizeOptions> = {}): RecognizeOptions {
  return { languages: null, signal: new AbortController().signal, ...options }
}
