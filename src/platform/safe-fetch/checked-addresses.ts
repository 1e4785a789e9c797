import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isPublicAddress } from './address-rules.ts'
import { failureOfNetwork } from './fetch-failure.ts'
import { addressRefused, hostOf, isAllowedHost, type UrlRules } from './url-rules.ts'

/** Looks up all addresses of a host name; fails as Node's `lookup` does. */
export type Resolve = (host: string) => Promise<readonly string[]>

/** More are not tried; a hostile name may have thousands. */
const MAX_ADDRESSES = 8

/**
 * As the operating system resolves names. Runs in a thread of Node's pool that cannot be called
 * back; libuv leaves half of the pool to files, so slow names do not hold up the store.
 */
export const resolveName: Resolve = async (host) => {
  const answers = await lookup(host, { all: true, order: 'verbatim' })
  return answers.map(({ address }) => address)
}

/**
 * The addresses that a URL leads to, resolved once. A single one that is not public spoils them all,
 * unless host and port of the URL may be private.
 *
 * @throws {OcrError} `URL_NOT_ALLOWED`, the same for a private address and for none; `FETCH_FAILED`
 *   when the resolver does not answer. The signal's reason when it fires
 */
export async function checkedAddresses(
  url: URL,
  { rules, resolve, signal }: { rules: UrlRules; resolve: Resolve; signal: AbortSignal },
): Promise<readonly string[]> {
  const host = hostOf(url)
  const addresses = isIP(host) === 0 ? await resolved(host, { resolve, signal }) : [host]
  const isAccepted = isAllowedHost(url, rules)
    ? (address: string): boolean => isIP(address) !== 0
    : isPublicAddress
  if (addresses.length === 0 || !addresses.every(isAccepted)) throw addressRefused()
  return addresses.slice(0, MAX_ADDRESSES)
}

async function resolved(
  host: string,
  { resolve, signal }: { resolve: Resolve; signal: AbortSignal },
): Promise<readonly string[]> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason)
  signal.throwIfAborted()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([resolve(host), stopped])
  } catch (error) {
    signal.throwIfAborted()
    if (isUnknownName(error)) return []
    throw failureOfNetwork(error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function isUnknownName(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOTFOUND'
}
