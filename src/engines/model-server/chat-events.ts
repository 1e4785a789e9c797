import { brokenReply } from './chat-reply.ts'
import { RejectedRequest } from './failed-reply.ts'
import { replyOfErrorEvent } from './reply-failure.ts'
import { serverSentEvents } from './server-sent-events.ts'

/**
 * The events of a streamed answer, parsed, up to `[DONE]`. They are JSON and nothing more is known of
 * them.
 *
 * @throws {OcrError} `ENGINE_REPLY_BROKEN`
 * @throws {RejectedRequest} for an error event: vLLM sends one, and then `[DONE]`, with status 200
 */
export async function* chatEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void> {
  for await (const events of serverSentEvents(body)) {
    for (const { name, data } of events) {
      if (data === '[DONE]') return
      const event = parsed(data)
      const error = errorIn(event)
      if (name === 'error' || error !== null) {
        throw new RejectedRequest(replyOfErrorEvent(error ?? event))
      }
      yield event
    }
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    throw brokenReply('it is not a stream of JSON')
  }
}

function errorIn(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || !('error' in event)) return null
  // `null` and the like are sent with every chunk by some servers.
  return event.error || null
}
