import { resolve } from 'node:path'
import { z } from 'zod'
import { normalizedPair } from '../platform/safe-fetch/url-rules.ts'
import { Secret } from '../platform/secret.ts'

/** Reads the text of one variable. `accepts` completes the sentence "expected …". */
export type VariableType<T> = {
  readonly accepts: string
  readonly schema: z.ZodType<T, string>
  /** The value must not be shown. */
  readonly isSecret: boolean
  /** The empty text means something; elsewhere it is the same as unset. */
  readonly emptyIsValue: boolean
}

/** Any text. */
export const text: VariableType<string> = variableType('text', (value) => value)

/** `true` or `false`, nothing else: `1`, `yes` and `on` are mistakes. */
export const flag: VariableType<boolean> = variableType('true or false', (value) =>
  value === 'true' ? true : value === 'false' ? false : undefined,
)

/** A text that is never shown. */
export const secret: VariableType<Secret> = {
  ...variableType('text', (value) => new Secret(value)),
  isSecret: true,
}

/** `host:port`; an IPv6 host in brackets. */
export const hostAndPort: VariableType<string> = variableType('host:port', (value) => {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+):(\d{1,5})$/.exec(value)
  return match && isPort(Number(match[2])) ? value : undefined
})

/** The origin of an HTTP URL, without path. */
export const httpOrigin: VariableType<string> = variableType(
  'an http or https origin such as https://ocr.example.com',
  (value) => {
    const url = URL.parse(value)
    const isOrigin =
      url !== null && /^https?:$/.test(url.protocol) && value.replace(/\/$/, '') === url.origin
    return isOrigin ? url.origin : undefined
  },
)

/** The origin of a server inside of a private network, which needs no TLS. */
export const plainHttpOrigin: VariableType<string> = variableType(
  'an http origin such as http://10.0.0.7:8080',
  (value) => {
    const url = URL.parse(value)
    const isOrigin = url?.protocol === 'http:' && value.replace(/\/$/, '') === url.origin
    return isOrigin ? url.origin : undefined
  },
)

/** The address of a server, with or without a path; slashes at the end go. */
export const serverUrl: VariableType<string> = variableType(
  'an http or https address such as http://127.0.0.1:8000',
  (value) => {
    const url = URL.parse(value)
    const isServer =
      url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password
    return isServer && !/[?#]/.test(value) ? url.href.replace(/\/+$/, '') : undefined
  },
)

/** A name that every S3 server takes for a bucket. */
export const bucketName: VariableType<string> = variableType(
  'a bucket name: 3 to 63 of a-z, 0-9, . and -',
  (value) =>
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value) && !value.includes('..') ? value : undefined,
)

/** A region of an S3 server. */
export const regionName: VariableType<string> = variableType(
  'a region such as us-east-1',
  (value) => (/^[A-Za-z0-9-]{1,64}$/.test(value) ? value : undefined),
)

/** The same, or the empty text for none. */
export const serverUrlOrNone: VariableType<string> = {
  ...variableType(`${serverUrl.accepts}, or nothing`, (value) =>
    value === '' ? '' : (serverUrl.schema.safeParse(value).data ?? undefined),
  ),
  emptyIsValue: true,
}

/** A sampling temperature from 0 to 2; `none` and the empty text are `null`. */
export const temperature: VariableType<number | null> = {
  ...variableType('a number from 0 to 2, or none', (value) => {
    if (value === '' || value === 'none') return null
    const number = readDecimal(value)
    return number <= 2 ? number : undefined
  }),
  emptyIsValue: true,
}

/** Ports, separated by commas; the empty text is no port at all. */
export const portList: VariableType<readonly number[]> = {
  ...variableType('ports from 1 to 65535, separated by commas, or nothing', (value) => {
    if (value === '') return []
    const ports = splitList(value).map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : 0))
    return ports.every(isPort) ? [...new Set(ports)] : undefined
  }),
  emptyIsValue: true,
}

/** `host:port` pairs, separated by commas; the empty text is none at all. */
export const hostPairList: VariableType<readonly string[]> = {
  ...variableType('host:port pairs, separated by commas, or nothing', (value) => {
    const pairs = value === '' ? [] : splitList(value)
    return pairs.every((pair) => normalizedPair(pair) !== null) ? pairs : undefined
  }),
  emptyIsValue: true,
}

/** Paths, separated by commas and made absolute; the empty text is none at all. */
export const pathList: VariableType<readonly string[]> = {
  ...variableType('paths, separated by commas, or nothing', (value) => {
    const paths = value === '' ? [] : splitList(value)
    return paths.includes('') ? undefined : paths.map((path) => resolve(path))
  }),
  emptyIsValue: true,
}

/** Texts that are never shown, separated by commas; the empty text is none at all. */
export const secretList: VariableType<readonly Secret[]> = {
  ...variableType('texts, separated by commas, or nothing', (value) => {
    const parts = value === '' ? [] : splitList(value)
    return parts.includes('') ? undefined : parts.map((part) => new Secret(part))
  }),
  isSecret: true,
  emptyIsValue: true,
}

/** One or two secrets of Standard Webhooks, separated by a comma. */
export const webhookSecretList: VariableType<readonly Secret[]> = {
  ...variableType('whsec_ and the base64 of 24 to 64 bytes, or two of them', (value) => {
    const parts = splitList(value)
    const isList = parts.length <= 2 && parts.every(isWebhookSecret)
    return isList ? parts.map((part) => new Secret(part)) : undefined
  }),
  isSecret: true,
}

/** A whole number within inclusive bounds. */
export function wholeNumber(minimum: number, maximum: number): VariableType<number> {
  return variableType(`a whole number from ${minimum} to ${maximum}`, (value) => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN
    return number >= minimum && number <= maximum ? number : undefined
  })
}

/** A port, or `off`: `null`. */
export const portOrOff: VariableType<number | null> = variableType(
  'a port from 1 to 65535, or off',
  (value) => {
    if (value === 'off') return null
    const port = /^\d{1,5}$/.test(value) ? Number(value) : 0
    return isPort(port) ? port : undefined
  },
)

/** A number above 0, such as `0.5`. */
export function positiveNumber(maximum: number): VariableType<number> {
  return variableType(`a number above 0, up to ${maximum}`, (value) => {
    const number = readDecimal(value)
    return number > 0 && number <= maximum ? number : undefined
  })
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): VariableType<T> {
  return variableType(words.join(', '), (value) => words.find((word) => word === value))
}

/** `all`, or some of a few words, separated by commas. */
export function allOrSome<const T extends string>(
  words: readonly T[],
): VariableType<'all' | readonly T[]> {
  return variableType(`all, or some of ${words.join(',')}`, (value) => {
    if (value === 'all') return value
    const parts = splitList(value)
    const chosen = words.filter((word) => parts.some((part) => part === word))
    return chosen.length === new Set(parts).size ? chosen : undefined
  })
}

/** A type of our own: `read` gives `undefined` for what is none of it. */
export function variableType<T>(
  accepts: string,
  read: (value: string) => T | undefined,
): VariableType<T> {
  const schema = z.string().transform((value, context) => {
    const result = read(value)
    if (result !== undefined) return result
    context.addIssue({ code: 'custom', message: `expected ${accepts}` })
    return z.NEVER
  })
  return { accepts, schema, isSecret: false, emptyIsValue: false }
}

/** `NaN` for what is not a plain decimal number. */
function readDecimal(value: string): number {
  return /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN
}

/** The parts of a list that is separated by commas, without spaces around them. */
export function splitList(value: string): string[] {
  return value.split(',').map((part) => part.trim())
}

function isWebhookSecret(part: string): boolean {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(part)?.[1] ?? ''
  const { length } = Buffer.from(base64, 'base64')
  return base64.length % 4 === 0 && length >= 24 && length <= 64
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535
}
