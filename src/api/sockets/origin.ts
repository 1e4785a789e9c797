import type { IncomingMessage } from 'node:http'

/** Tells whether a page of the given origin may open sockets here; programs send no origin. */
export function isOriginAllowed(
  { headers }: Pick<IncomingMessage, 'headers'>,
  publicUrl: string | null,
): boolean {
  if (headers.origin === undefined) return true
  const host = URL.parse(headers.origin)?.host ?? ''
  if (host === '') return false
  return host === headers.host?.toLowerCase() || host === URL.parse(publicUrl ?? '')?.host
}
