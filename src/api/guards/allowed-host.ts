import type { ApiConfig } from '../../config/config.ts'
import { OcrError } from '../../platform/errors.ts'
import { hostOf, type WithHost } from '../http/request-context.ts'
import type { RouteGuard } from '../http/route.ts'

/** What decides which names we answer to. */
export type HostConfig = Pick<ApiConfig, 'host' | 'publicUrl' | 'internalUrl' | 'access'>

const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

const HOST = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/

/**
 * Makes what tells whether a request is meant for us by the name in its `Host`. A page of a stranger
 * whose name leads to this machine could read everything otherwise (DNS rebinding).
 */
export function createHostRule(config: HostConfig): (request: WithHost) => boolean {
  const { allowedHosts } = config.access
  const isAnyAllowed = allowedHosts.length === 0 && !isLoopback(nameOf(hostAddress(config.host)))
  if (isAnyAllowed || allowedHosts.includes('*')) return () => true
  const own = [config.publicUrl, config.internalUrl].flatMap((url) => {
    const name = URL.parse(url ?? '')?.hostname ?? ''
    return name === '' ? [] : [name]
  })
  const known = new Set([...own, ...allowedHosts])
  // Browsers always send one.
  return (request) => {
    const host = hostOf(request).toLowerCase()
    const name = nameOf(host)
    return host === '' || isLoopback(name) || known.has(name) || known.has(host)
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

/** Without the port; empty for what is no host. */
function nameOf(host: string): string {
  return HOST.exec(host)?.[1] ?? ''
}

/** An address to listen on as it stands in a URL. */
function hostAddress(host: string): string {
  return host.includes(':') ? `[${host}]` : host.toLowerCase()
}
