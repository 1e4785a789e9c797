import assert from 'node:assert/strict'
import type { Route } from '../../../src/api/http/route.ts'
import type { FuzzAnswer } from './fuzz-request.ts'
import type { Mount } from './mounts.ts'
import type { AimedRequest } from './request-arbitrary.ts'

/** What answers of an application may be. */
export type Expectation = {
  /** Statuses from 500 that its dialects document for the state that it is in, by envelope. */
  readonly mayFailWith: Readonly<Record<string, readonly number[]>>
}

/** What a stack or an exception looks like. */
const INNARDS = /\n\s+at |Error:|node_modules|file:\/\/\/|\/src\/api\//

/** Files that are served as they are. */
const CODE = /^(?:text\/javascript|text\/css)/

/**
 * Checks an answer against the documentation of the route that was meant.
 *
 * @throws {AssertionError}
 */
export function checkAnswer(
  aimed: AimedRequest,
  answer: FuzzAnswer,
  { mayFailWith }: Expectation,
): void {
  const { status, headers, body } = answer
  const { mount, request } = aimed
  const route = routeFor(aimed)
  assert.match(headers['x-request-id']?.toString() ?? '', /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/)
  if (status === 429 || status === 503) assert.match(String(headers['retry-after']), /^\d{1,3}$/)
  if (!CODE.test(headers['content-type'] ?? '')) assert.doesNotMatch(body, INNARDS)
  if (status >= 500)
    assert.ok(mayFailWith[mount.envelope.name]?.includes(status), `answers ${status}`)
  if (request.method === 'HEAD') {
    assert.equal(body, '')
    return
  }
  if (route === null && status < 400) {
    // The methods of a path may be asked for.
    assert.deepEqual([request.method, status], ['OPTIONS', 204])
    assert.match(String(headers.allow), /OPTIONS/)
    return
  }
  if (route === null && aimed.route !== null && status === 405)
    assert.match(String(headers.allow), new RegExp(aimed.route.method, 'i'))
  if (status < 400) checkSuccess(route, answer)
  else checkFailure({ mount, route }, answer)
}

function checkSuccess(route: Route | null, { status, headers, body }: FuzzAnswer): void {
  const type = headers['content-type'] ?? ''
  const spec = route?.responses[status]
  if (status === 304) return
  assert.ok(spec !== undefined, `does not document ${status}`)
  if (type.startsWith('application/json') && spec.contentType === undefined && spec.schema)
    assertValid(spec.schema, body)
}

function checkFailure(
  { mount, route }: { mount: Mount; route: Route | null },
  { status, headers, body }: FuzzAnswer,
): void {
  const spec = route?.responses[status]
  // Documented without a body: a range that cannot be satisfied.
  if (spec !== undefined && spec.schema === undefined && body === '') return
  assert.match(headers['content-type'] ?? '', /^application\/(?:problem\+)?json; charset=utf-8$/)
  const documented = spec?.schema?.safeParse(JSON.parse(body))
  if (documented?.success !== true) assertValid(mount.envelope.schema, body)
}

function assertValid(
  schema: NonNullable<Route['responses'][number]['schema']>,
  body: string,
): void {
  const parsed = schema.safeParse(JSON.parse(body))
  assert.ok(parsed.success, `not as documented: ${body.slice(0, 500)} ${parsed.error?.message}`)
}

/** The route that has the method of the request at the path that was meant; `null`: none. */
function routeFor({ mount, route, request }: AimedRequest): Route | null {
  const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase()
  if (route === null) return null
  return mount.routes.find((one) => one.path === route.path && one.method === method) ?? null
}
