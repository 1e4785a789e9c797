import type { FakeText } from './fake-reply.ts'

/** The last event of a stream. */
export const doneEvent = 'data: [DONE]\n\n'

/** A server-sent event. */
export function sse(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

/** A chunk of a streamed answer. */
export function chunkEvent(
  delta: Readonly<Record<string, string>>,
  more: { readonly finish?: string | null; readonly usage?: object | null } = {},
): Readonly<Record<string, unknown>> {
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion.chunk',
    created: 1_750_000_000,
    model: 'fake',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: more.finish ?? null }],
    ...(more.usage ? { usage: more.usage } : {}),
  }
}

/** The answer without streaming. */
export function completionBody(reply: FakeText): object {
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 1_750_000_000,
    model: 'fake',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: reply.text, refusal: reply.refusal ?? null },
        finish_reason: reply.finish === undefined ? 'stop' : reply.finish,
      },
    ],
    usage: usageOf(reply),
  }
}

/** The text in chunks. */
export function piecesOf(reply: Pick<FakeText, 'text' | 'pieceLength'>): string[] {
  const characters = Array.from(reply.text)
  const length = reply.pieceLength ?? 16
  return Array.from({ length: Math.ceil(characters.length / length) }, (_, piece) =>
    characters.slice(piece * length, (piece + 1) * length).join(''),
  )
}

/** Tokens that the answer is said to have cost: a hundred, and one a chunk. */
export function usageOf(
  reply: FakeText,
): { readonly prompt_tokens: number; readonly completion_tokens: number } | null {
  if (reply.usage !== undefined) return reply.usage
  return { prompt_tokens: 100, completion_tokens: piecesOf(reply).length }
}

/** The whole stream of a text, without usage; `wholeAt` is where it has told that it is whole. */
export function streamOf(text: string): { readonly bytes: Buffer; readonly wholeAt: number } {
  const written = [
    sse(chunkEvent({ role: 'assistant', content: '' })),
    ...piecesOf({ text }).map((piece) => sse(chunkEvent({ content: piece }))),
  ].join('')
  const finish = sse(chunkEvent({}, { finish: 'stop' }))
  return {
    bytes: Buffer.from(written + finish + doneEvent),
    wholeAt: Buffer.byteLength(written + finish),
  }
}
