import { METHODS } from 'node:http'
import fc from 'fast-check'
import type { Route } from '../../../src/api/http/route.ts'
import { bodyFor, type FuzzBody } from './body-arbitrary.ts'
import { HOSTILE_TEXTS, textFor } from './field-values.ts'
import type { FuzzRequest } from './fuzz-request.ts'
import type { Mount } from './mounts.ts'

/** A request and the route that it is meant for; `null`: a path that no route has. */
export type AimedRequest = {
  readonly request: FuzzRequest
  readonly mount: Mount
  readonly route: Route | null
}

/** What a client may know of the application. */
export type Knowledge = {
  readonly password: string
  readonly cookie: string | null
  /** Path and query of an object's signed URL. */
  readonly signedPath: string
}

// CONNECT asks for a tunnel, and is none of an application's.
const ALL_METHODS = METHODS.filter((method) => method !== 'CONNECT')

/** Segments that decode to more than one, to nothing, or not at all. */
const HOSTILE_SEGMENTS = [
  '%2f',
  '..%2f..%2fetc%2fpasswd',
  '..%5c..%5c',
  '%2e%2e',
  '..',
  '.',
  '%00',
  'a%00.txt',
  '%c0%ae%c0%ae',
  '%zz',
  '%',
  '%ff',
  'a;b=c',
  "'",
  'a'.repeat(5_000),
]

const shortText = fc.string({ maxLength: 10 })

/** Requests to the routes of an application, and to paths around them. */
export function aimedRequests(
  mounts: readonly Mount[],
  knowledge: Knowledge,
): fc.Arbitrary<AimedRequest> {
  // Made once for each route: that takes longer than to draw from it.
  const headers = headersFor(knowledge)
  const aimed = mounts.flatMap((mount) =>
    mount.routes.map((route) => ({
      // Each hashes a password, which is made to be slow.
      weight: route.path.startsWith('/api/auth/') ? 1 : 4,
      arbitrary: fc
        .record({
          method: methodFor(route),
          path: pathFor(mount.prefix + route.path, knowledge),
          query: queryFor(route),
          headers,
          body: bodyFor(route),
        })
        .map((parts): AimedRequest => ({ request: assemble(parts), mount, route })),
    })),
  )
  const stray = mounts
    .filter(({ isWhole }) => isWhole)
    .map((mount) =>
      fc
        .record({
          method: fc.constantFrom(...ALL_METHODS),
          path: fc
            .array(segment(shortText), { minLength: 1, maxLength: 3 })
            .map((segments) => `${mount.prefix}/fuzz-${segments.join('/')}`),
          query: fc.constant(''),
          headers,
          body: fc.oneof(...mount.routes.slice(0, 2).map(bodyFor)),
        })
        .map((parts): AimedRequest => ({ request: assemble(parts), mount, route: null })),
    )
  return fc.oneof(
    { arbitrary: fc.oneof(...aimed), weight: 14 },
    { arbitrary: fc.oneof(...stray), weight: 1 },
  )
}

function assemble(parts: {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: FuzzBody
}): FuzzRequest {
  const { contentType, bytes } = parts.body
  return {
    method: parts.method,
    path: parts.path.includes('?') ? parts.path : parts.path + parts.query,
    headers: {
      ...(contentType === null ? {} : { 'content-type': contentType }),
      ...parts.headers,
    },
    body: bytes,
  }
}

function methodFor(route: Route): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constant(route.method.toUpperCase()), weight: 12 },
    { arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT'), weight: 2 },
    { arbitrary: fc.constantFrom(...ALL_METHODS), weight: 1 },
  )
}

/** Fills the parameters of a path in OpenAPI's spelling. */
function pathFor(template: string, { password, signedPath }: Knowledge): fc.Arbitrary<string> {
  const pieces = template.split(/(\{\w+\})/).map((piece): fc.Arbitrary<string> => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1]
    if (name === undefined) return fc.constant(piece)
    if (name === 'password') return fc.constant(password)
    return segment(textFor(name))
  })
  const filled = fc.tuple(...pieces).map((texts) => texts.join(''))
  return template === '/files/{key}' ? fc.oneof(filled, fc.constant(signedPath)) : filled
}

/** One segment of a path, never empty. */
function segment(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    {
      arbitrary: text.map((plain) => encodeURIComponent(plain.toWellFormed()) || '0'),
      weight: 12,
    },
    { arbitrary: fc.constantFrom(...HOSTILE_SEGMENTS), weight: 1 },
  )
}

function queryFor(route: Route): fc.Arbitrary<string> {
  const names = Object.keys(route.query?.shape ?? {})
  const pair = fc.oneof(
    ...[...names, ...names, '__proto__', 'a[b]', 'token', ''].map((name) =>
      textFor(name).map((text) => `${name}=${encodeURIComponent(text.toWellFormed())}`),
    ),
  )
  return fc.oneof(
    { arbitrary: fc.constant(''), weight: names.length === 0 ? 5 : 1 },
    {
      arbitrary: fc
        .array(pair, { minLength: 1, maxLength: 4 })
        .map((pairs) => `?${pairs.join('&')}`),
      weight: 2,
    },
    {
      arbitrary: fc.constantFrom('?', '?%', '?%zz=1', '?a&a&a', `?${'a=1&'.repeat(500)}`),
      weight: 1,
    },
  )
}

function headersFor({ cookie }: Knowledge): fc.Arbitrary<Record<string, string>> {
  const sent = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values)
  const rare = {
    'idempotency-key': sent('key 1', '', 'k'.repeat(300), 'é', ' '),
    accept: sent('text/html', 'application/json', '*/*', 'image/png;q=0.1', ';;;'),
    origin: sent('https://evil.example', 'null', 'http://127.0.0.1'),
    cookie: sent(
      cookie ?? 'ocr_session=x',
      'ocr_session=x.y.z',
      'ocr_session',
      `a=${'b'.repeat(500)}`,
    ),
    'content-encoding': sent('gzip', 'identity', 'br, gzip'),
    'x-request-id': sent('trace-1', 'a b', 'x'.repeat(200), '<script>'),
    'x-forwarded-for': sent('1.2.3.4', 'a, b'),
    host: sent('evil"><script>', 'localhost', ''),
    range: sent('bytes=0-0', 'bytes=9-1', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=99999-'),
    'if-none-match': sent('*', '"x"', 'x'),
    'if-range': sent('"x"', 'Wed, 21 Oct 2015 07:28:00 GMT'),
    'last-event-id': sent('1', '-1', 'x', HOSTILE_TEXTS.at(-1) ?? ''),
    'sec-fetch-site': sent('cross-site'),
  }
  return fc
    .record({
      authorization: fc.oneof(
        { arbitrary: fc.constant('Bearer sk-fuzz'), weight: 8 },
        { arbitrary: sent('Bearer', 'Bearer  ', 'Basic YTpi', 'bearer x', ''), weight: 1 },
      ),
      cookie: fc.constantFrom(cookie ?? '', cookie ?? '', ''),
      rare: fc
        .array(
          fc.oneof(
            ...Object.entries(rare).map(([name, values]) =>
              values.map((value): [string, string] => [name, value]),
            ),
          ),
          { maxLength: 2 },
        )
        .map((pairs) => Object.fromEntries(pairs)),
    })
    .map(({ authorization, cookie: session, rare: others }) => ({
      authorization,
      ...(session === '' ? {} : { cookie: session }),
      ...others,
    }))
}
