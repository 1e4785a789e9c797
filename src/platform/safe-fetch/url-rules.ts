import { isIP } from 'node:net'
import { OcrError } from '../errors.ts'
import { isPublicAddress } from './address-rules.ts'

/** What the host has opened beyond public addresses on ports 80 and 443. */
export type UrlRules = {
  /**
   * `host:port` pairs that may be private, such as our own store. Both their address and their port
   * are then accepted, and only together. An IPv6 address stands in brackets.
   */
  readonly allowedHosts: readonly string[]
  /** Ports besides 80 and 443, on public addresses. */
  readonly allowedPorts: readonly number[]
}

/** Presigned links have about 2,000 characters. */
const MAX_URL_CHARACTERS = 8_192

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/**
 * The URL in a text of a stranger, refused by all that shows without resolving a name. Everything
 * is judged in the form that the URL standard brings it to: `0x7f.1` and `①②⑦.0.0.1` are 127.0.0.1.
 *
 * @throws {OcrError} `URL_NOT_ALLOWED`; the public detail says why, without the URL
 */
export function checkUrl(text: string, rules: UrlRules): URL {
  if (text.length > MAX_URL_CHARACTERS) throw urlRefused('It is too long')
  const url = URL.parse(text)
  if (url === null) throw urlRefused('It is not an absolute URL')
  if (DEFAULT_PORTS[url.protocol] === undefined) {
    throw urlRefused('Only http and https are accepted')
  }
  if (url.username !== '' || url.password !== '') {
    throw urlRefused('User names and passwords are not accepted')
  }
  if (isAllowedHost(url, rules)) return url
  const port = portOf(url)
  if (port !== 80 && port !== 443 && !rules.allowedPorts.includes(port)) {
    throw urlRefused('The port is not accepted')
  }
  const host = hostOf(url)
  if (isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host)) throw addressRefused()
  return url
}

/** Tells whether the host and port of a URL are a pair that may be private. */
export function isAllowedHost(url: URL, rules: UrlRules): boolean {
  const pair = `${url.hostname}:${portOf(url)}`
  return rules.allowedHosts.some((entry) => normalizedPair(entry) === pair)
}

/**
 * A `host:port` pair as URLs spell it: lower case, IDN as punycode, one form per address. `null` when
 * the text is no such pair: the port must stand there, and nothing else may.
 */
export function normalizedPair(text: string): string | null {
  const port = Number(/^[^/\\?#@\s]+:(\d{1,5})$/.exec(text)?.[1])
  const url = URL.parse(`http://${text}`)
  return url !== null && portOf(url) === port ? `${url.hostname}:${port}` : null
}

/** The port that a URL leads to, written out or not. */
export function portOf(url: URL): number {
  return url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 0) : Number(url.port)
}

/** The name or address in a URL; IPv6 without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** A URL that is refused; what is said is public and must not contain anything of the URL. */
export function urlRefused(reason: string): OcrError {
  return new OcrError('URL_NOT_ALLOWED', 'Cannot accept the URL: it breaks a rule', {
    publicDetail: reason,
  })
}

/**
 * The answer to a host with a private address and to one with none: nobody can look up with it which
 * names our network has.
 */
export function addressRefused(): OcrError {
  return urlRefused('The host has no public address')
}

/** RFC 6761: these mean this host, whatever a resolver says. */
function isLocalName(host: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(host)
}
