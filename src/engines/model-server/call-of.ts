import type { AnswerOptions } from '../engine.ts'
import type { ChatCall } from './chat-client.ts'

/** How the request for a page is watched; `signal` also ends with its engine. */
export function callOf(request: AnswerOptions, signal: AbortSignal): ChatCall {
  return {
    signal,
    ...(request.requestId === undefined ? {} : { requestId: request.requestId }),
    ...(request.onTokens === undefined ? {} : { onTokens: request.onTokens }),
    ...(request.onText === undefined ? {} : { onText: request.onText }),
  }
}
