import { isIP } from 'node:net'
import type { ApiConfig } from '../../config/config.ts'
import { OcrError } from '../../platform/errors.ts'
import { hostOf, type WithHost } from '../http/request-context.ts'
import type { RouteGuard } from '../http/route.ts'

/** What decides which names we answer to. */
export type HostConfig = Pick<ApiConfig, 'host' | 'publicUrl' | 'internalUrl' | 'access'>

/** What a request says of the host that it is for. */
export type HostFacts = WithHost & { readonly headers: { readonly host?: string | undefined } }

const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

const HOST = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/

/**
 * Makes what tells whether a request is meant for us by the name in its `Host`. A page of a stranger
 * whose name leads to this machine could read everything otherwise (DNS rebinding).
 */
export function createHostRule(config: HostConfig): (request: HostFacts) => boolean {
  const { allowedHosts, apiKeys } = config.access
  const isUnlisted = allowedHosts.length === 0 && !isLoopbackAddress(config.host)
  // Such a page has neither a key nor a cookie of ours.
  const isAnyAllowed = isUnlisted && apiKeys.length > 0
  if (isAnyAllowed || allowedHosts.includes('*')) return () => true
  const own = [config.publicUrl, config.internalUrl].flatMap((url) => {
    const name = URL.parse(url ?? '')?.hostname ?? ''
    return name === '' ? [] : [name]
  })
  const known = new Set([hostAddress(config.host), ...own, ...allowedHosts])
  const isOurs = (host: string): boolean => {
    const name = nameOf(host)
    if (isUnlisted && isOfNoStranger(name)) return true
    // Browsers always send one.
    return host === '' || isLoopback(name) || known.has(name) || known.has(host)
  }
  return (request) => {
    // What a proxy asks us by is the name that it knows us by, if it is not the client's.
    const asked = (request.headers.host ?? '').toLowerCase()
    return isOurs(hostOf(request).toLowerCase()) && (isOurs(asked) || isOfNoStranger(nameOf(asked)))
  }
}

/** Refuses what is meant for another host. Throws `HOST_NOT_ALLOWED`. */
export function requireAllowedHost(config: HostConfig): RouteGuard {
  const isAllowed = createHostRule(config)
  return () => (request, _response, next) => {
    if (!isAllowed(request))
      throw new OcrError('HOST_NOT_ALLOWED', 'Cannot serve request: its host is not one of ours')
    next()
  }
}

function isLoopback(name: string): boolean {
  return LOOPBACK.test(name)
}

/** Whether an address to listen on is reached by this machine alone. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopback(nameOf(hostAddress(address)))
}

/** Whether no stranger can have the name lead here: an address, or a name without a domain. */
function isOfNoStranger(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || /^[a-z0-9_-]+$/.test(name)
}

/** Without the port; empty for what is no host. */
function nameOf(host: string): string {
  return HOST.exec(host)?.[1] ?? ''
}

/** An address to listen on as it stands in a URL. */
function hostAddress(host: string): string {
  return host.includes(':') ? `[${host}]` : host.toLowerCase()
}
