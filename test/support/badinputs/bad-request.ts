import type { HttpTarget } from './http-target.ts'

/**
 * What a request came to: the status, the code of the answer's problem where it has one, and
 * `closed` where the server ended the connection on a client that still sent.
 */
export type RequestOutcome = string

/** A labelled request, or a series of them, that no good client would send. */
export type BadRequest = {
  readonly name: string
  readonly family: string
  readonly send: (target: HttpTarget) => Promise<RequestOutcome>
  readonly want: readonly RequestOutcome[]
}

/** Makes an outcome of what came over a connection. */
export function outcomeOfText(received: string): RequestOutcome {
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(received)?.[1] ?? 'nothing'
  const code = /"(?:detail_)?code":\s*"([A-Z_]+)"/.exec(received)?.[1]
  return code === undefined ? status : `${status} ${code}`
}

/** Sends a whole request by `fetch`. */
export async function ask(
  target: HttpTarget,
  path: string,
  init?: Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> },
): Promise<RequestOutcome> {
  const { headers, ...others } = init ?? {}
  const response = await fetch(target.url + path, {
    redirect: 'manual',
    ...others,
    // What makes files blocks this process for seconds, after which an open connection is none.
    headers: { ...headers, connection: 'close' },
  })
  const body = await response.text()
  return outcomeOfText(`HTTP/1.1 ${response.status} x\r\n\r\n${body}`)
}
