import { checkedAddresses, resolveName, type Resolve } from './checked-addresses.ts'
import { within } from './deadline.ts'
import { exchange, type Exchange, type Post } from './exchange.ts'
import { guardedConnection, openSocket, type OpenSocket } from './guarded-connection.ts'
import type { FetchLimits } from './limits.ts'
import { hostOf, portOf, type UrlRules } from './url-rules.ts'

/** What one request of a stranger is held to. */
export type AskOptions = UrlRules & {
  readonly limits: Pick<FetchLimits, 'connectMs' | 'headersMs'>
  readonly signal: AbortSignal
  /** Absent: something is asked for. */
  readonly post?: Post
  /** Replaced by tests, like `open`. */
  readonly resolve?: Resolve
  readonly open?: OpenSocket
}

/**
 * Sends one request to a URL that has passed `checkUrl`, after its name was resolved and its
 * addresses checked.
 *
 * @throws {OcrError} `URL_NOT_ALLOWED`, `FETCH_FAILED`. The signal's reason when it fires
 */
export async function ask(url: URL, options: AskOptions): Promise<Exchange> {
  const { limits, signal, post, resolve = resolveName, open = openSocket } = options
  const addresses = await within({ ms: limits.connectMs, signal }, (resolving) =>
    checkedAddresses(url, { rules: options, resolve, signal: resolving }),
  )
  const socket = await within({ ms: limits.connectMs, signal }, (connecting) => {
    const isSecure = url.protocol === 'https:'
    const target = { host: hostOf(url), port: portOf(url), addresses, isSecure, signal: connecting }
    return guardedConnection(target, open)
  })
  const sent = post === undefined ? {} : { post }
  return exchange(url, { socket, headersMs: limits.headersMs, signal, ...sent })
}
