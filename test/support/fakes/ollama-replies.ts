import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

/** One scripted answer of the fake Ollama. Pieces are tokens; texts are cut into some by themselves. */
export type OllamaReply =
  /** A whole page; `reason` other than `stop` for cut ones, `null` for none. */
  | { readonly kind: 'ok'; readonly text: string; readonly reason?: string | null }
  /** Ollama 0.17.4 on 32 equal tokens: the stream ends in good order, never done. */
  | { readonly kind: 'never-done'; readonly text: string }
  /** An error line in the middle of a stream with status 200. */
  | { readonly kind: 'error-line'; readonly text: string; readonly error: unknown }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body: string | object
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Bytes as they are; then the end in good order, a reset, or nothing any more. */
  | {
      readonly kind: 'raw'
      readonly chunks: readonly (string | Uint8Array)[]
      readonly end: 'close' | 'reset' | 'silence'
    }
  /** Nothing at all, not even a status. */
  | { readonly kind: 'hang' }
  /** A token every so often, without end. */
  | { readonly kind: 'endless'; readonly piece: string; readonly everyMs: number }
  /** Valid lines until this many bytes are sent. */
  | { readonly kind: 'flood'; readonly bytes: number }

/** Ollama 0.17.4 when its runner is killed in the middle of an answer. */
export const RUNNER_KILLED_REPLY: OllamaReply = {
  kind: 'error-line',
  text: 'A page.',
  error: 'an error was encountered while running the model: unexpected EOF',
}

/** A line of an answer that goes on. */
export function chatLine(content: string): string {
  return line({ message: { role: 'assistant', content }, done: false })
}

/** The last line of a whole answer. */
export function doneLine(reason: string | null = 'stop', tokens = 12): string {
  return line({
    message: { role: 'assistant', content: '' },
    done: true,
    ...(reason !== null && { done_reason: reason }),
    total_duration: 1_000_000,
    prompt_eval_count: 345,
    eval_count: tokens,
  })
}

/** Sends a scripted answer; rejects when the caller went away. */
export async function playReply(reply: OllamaReply, response: ServerResponse): Promise<void> {
  switch (reply.kind) {
    case 'hang':
      return
    case 'status': {
      const isText = typeof reply.body === 'string'
      const type = isText ? 'text/plain' : 'application/json'
      response.writeHead(reply.status, { 'content-type': type, ...reply.headers })
      response.end(isText ? reply.body : JSON.stringify(reply.body))
      return
    }
    case 'ok':
      start(response)
      await send(response, ...piecesOf(reply.text).map(chatLine), doneLine(reply.reason))
      response.end()
      return
    case 'never-done':
      start(response)
      await send(response, ...piecesOf(reply.text).map(chatLine))
      response.end()
      return
    case 'error-line':
      start(response)
      await send(response, ...piecesOf(reply.text).map(chatLine), line({ error: reply.error }))
      response.end()
      return
    case 'raw':
      start(response)
      await send(response, ...reply.chunks)
      if (reply.end === 'close') response.end()
      if (reply.end === 'reset') response.socket?.resetAndDestroy()
      return
    case 'endless':
      start(response)
      while (!response.destroyed) {
        await send(response, chatLine(reply.piece))
        await wait(reply.everyMs)
      }
      return
    case 'flood': {
      start(response)
      // Without repetition, which would end it earlier.
      const piece = chatLine(randomBytes(30_000).toString('base64'))
      for (let sent = 0; sent < reply.bytes && !response.destroyed; sent += piece.length) {
        await send(response, piece)
      }
      response.end()
    }
  }
}

function start(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
}

async function send(
  response: ServerResponse,
  ...chunks: readonly (string | Uint8Array)[]
): Promise<void> {
  for (const chunk of chunks) {
    await new Promise<void>((resolve, reject) => {
      response.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }
}

function piecesOf(text: string): string[] {
  return text.match(/.{1,8}/gsu) ?? []
}

function line(value: object): string {
  return `${JSON.stringify({ model: 'fake', created_at: '2026-01-01T00:00:00Z', ...value })}\n`
}
