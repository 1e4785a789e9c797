import { BlockList, isIP } from 'node:net'
import type { z } from 'zod'
import { withDefault, withoutDefault } from './variable.ts'
import { httpOrigin, secret, splitList, variableType, type VariableType } from './variable-types.ts'

/** A key that opens the api; nobody can tell the key from it. */
export type ApiKeySetting = {
  /** Who holds it, to tell keys apart. */
  readonly name: string
  /** SHA-256 of the key, 32 bytes. */
  readonly digest: Buffer
}

/** Hops of proxies to trust, their addresses, or none. */
export type TrustedProxies = false | number | readonly string[]

const access = { section: 'Access' } as const

const MAX_HOPS = 16

const MAPPED = new BlockList()
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6')

/** Names that Express knows for ranges of addresses. */
const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal']

const apiKeyList: VariableType<readonly ApiKeySetting[]> = {
  ...variableType(
    'name:sha256 pairs as durable-ocr new-key prints them, each name and each key once, separated by commas, or nothing',
    (value) => {
      const keys = value === '' ? [] : splitList(value).map(readApiKey)
      const known = keys.filter((key) => key !== null)
      const names = new Set(known.map(({ name }) => name))
      // A key of two names would be the first one's alone.
      const hashes = new Set(known.map(({ digest }) => digest.toString('hex')))
      const isEachOnce = names.size === keys.length && hashes.size === keys.length
      return known.length === keys.length && isEachOnce ? known : undefined
    },
  ),
  isSecret: true,
  emptyIsValue: true,
}

const originList: VariableType<readonly string[]> = {
  ...variableType('http or https origins, separated by commas, or nothing', (value) => {
    const origins = value === '' ? [] : splitList(value).map((part) => readOrigin(part))
    const known = origins.filter((origin) => origin !== null)
    return known.length === origins.length ? known : undefined
  }),
  emptyIsValue: true,
}

const hostList: VariableType<readonly string[]> = {
  ...variableType(
    'host names with or without a port, separated by commas, or * for any, or nothing',
    (value) => {
      const hosts = value === '' ? [] : splitList(value.toLowerCase())
      return hosts.every((host) => host === '*' || isHost(host)) ? hosts : undefined
    },
  ),
  emptyIsValue: true,
}

const trustedProxies: VariableType<TrustedProxies> = variableType(
  'off, a number of proxies from 1 to 16, or their addresses and subnets, separated by commas',
  (value) => {
    if (value === 'off') return false
    if (/^\d{1,9}$/.test(value)) {
      const hops = Number(value)
      return hops >= 1 && hops <= MAX_HOPS ? hops : undefined
    }
    const ranges = splitList(value)
    return ranges.every(isRange) ? ranges : undefined
  },
)

/** The variables that say who may ask, and from where. */
export const ACCESS_VARIABLES = {
  OCR_API_KEYS: withDefault(apiKeyList, '', {
    ...access,
    description:
      'Keys that callers need, as `name:sha256`; `durable-ocr new-key <name>` makes one. Empty: anybody may ask, and sees everything.',
  }),
  OCR_CORS_ORIGINS: withDefault(originList, '', {
    ...access,
    description:
      'Origins of web pages on other addresses that may call this one. Empty: only its own pages.',
  }),
  OCR_ALLOWED_HOSTS: withDefault(hostList, '', {
    ...access,
    description:
      'Names that clients reach this service by, beside those of `OCR_PUBLIC_URL` and of this machine; `*`: any. Empty: only those while `OCR_HOST` is a loopback address, else addresses and names without a dot too, and any where keys are needed.',
  }),
  OCR_TRUST_PROXY: withDefault(trustedProxies, 'off', {
    ...access,
    description:
      'Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed: how many stand in a row, or their addresses.',
  }),
}

/** The variable of the command line that {@link ACCESS_VARIABLES} are the server's side of. */
export const API_KEY_VARIABLE = {
  OCR_API_KEY: withoutDefault(secret, 'none', {
    section: 'Command line',
    description: 'Key that `durable-ocr` sends to its server.',
  }),
}

/** The variables of access, read. */
export type AccessEnvironment = z.output<z.ZodObject<typeof ACCESS_VARIABLES>>

function readApiKey(text: string): ApiKeySetting | null {
  const match = /^([A-Za-z0-9._-]{1,64}):([0-9a-f]{64})$/i.exec(text)
  const [, name, digest] = match ?? []
  if (name === undefined || digest === undefined) return null
  return { name, digest: Buffer.from(digest, 'hex') }
}

function readOrigin(text: string): string | null {
  return httpOrigin.schema.safeParse(text).data ?? null
}

function isHost(text: string): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?)(?::(\d{1,5}))?$/.exec(
    text,
  )
  const [, name = '', port = '1'] = match ?? []
  const isName = name.startsWith('[') ? isIP(name.slice(1, -1)) === 6 : name !== ''
  return isName && Number(port) >= 1 && Number(port) <= 65_535
}

function isRange(text: string): boolean {
  if (NAMED_RANGES.includes(text)) return true
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0 || isMapped(address)) return false
  if (bits === undefined) return true
  const maxBits = version === 4 ? 32 : 128
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= maxBits
}

/** An IPv4 address in the clothes of IPv6: Express compares it by its IPv4 form, which bits of IPv6 miss. */
function isMapped(address: string): boolean {
  return isIP(address) === 6 && MAPPED.check(address, 'ipv6')
}
