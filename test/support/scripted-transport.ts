import type { HttpTransport } from '../../src/engines/model-server/http-transport.ts'
import type { OcrError } from '../../src/platform/errors.ts'

/** An answer: a status, a whole response, or a failure of the connection. */
export type ScriptedAnswer = number | Response | OcrError

/** A transport that opens no connection. */
export type ScriptedTransport = HttpTransport & {
  /** What was sent, oldest first. */
  readonly sent: readonly Request[]
}

/** Answers one request after the other, then with 500. */
export function scriptedTransport(...answers: readonly ScriptedAnswer[]): ScriptedTransport {
  const sent: Request[] = []
  return {
    sent,
    fetch: (input, init) => {
      const answer = answers[sent.length] ?? 500
      sent.push(new Request(input, init))
      if (answer instanceof Error) return Promise.reject(answer)
      return Promise.resolve(
        answer instanceof Response ? answer : new Response('{}', { status: answer }),
      )
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
