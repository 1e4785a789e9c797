import type { Request, RequestHandler, Response, Router } from 'express'
import { z } from 'zod'
import { FAILURES, type FailureCode } from '../../contract/failures.ts'
import { readFailure } from './problem-response.ts'
import { parsePart } from './request-error.ts'

/** What a handler answers; without a body the answer is empty. */
export type Answer = {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One documented answer: JSON with a schema, another content type, or neither for an empty body. */
export type ResponseSpec = {
  readonly description: string
  readonly schema?: z.ZodType
  readonly contentType?: string
}

/** What a handler gets: everything has been read with its schema. */
export type RouteInput<Params, Query, Body> = {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly request: Request
  readonly response: Response
}

/** What a route is, apart from the types of its input. */
export type RouteFacts = {
  readonly method: 'get' | 'post' | 'delete'
  /** As in OpenAPI: `/v1/documents/{id}`. */
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly tag: string
  /** Express' spelling, where `:name` for `{name}` is not enough. */
  readonly expressPath?: string
  readonly responses: Readonly<Record<number, ResponseSpec>>
  /** Problems that the route answers with, besides 400 and 5xx. */
  readonly failures?: readonly FailureCode[]
  /** Fields of a multipart body; the handler receives it itself. */
  readonly multipart?: z.ZodObject
  /** JSON body that may be left out; the handler receives it itself. */
  readonly optionalJson?: z.ZodObject
  /** JSON that is taken in place of the multipart body; the handler receives it itself too. */
  readonly jsonInstead?: z.ZodObject
  /** Anybody may ask, whoever he is: health, and what leads to a key. */
  readonly isOpen?: boolean
  /** Takes a document: what is limited per minute, per caller and by what waits already. */
  readonly isSubmit?: boolean
  /** What it takes may belong to a user whom the guards do not know: no quota can be looked at before. */
  readonly isForUsers?: boolean
  /** Asked for once for each page or picture of a document: limited apart, and less. */
  readonly isSinglePage?: boolean
}

/** What {@link route} takes. Leave a schema out where there is nothing to read. */
export type RouteDefinition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
> = RouteFacts & {
  readonly params?: Params
  readonly query?: Query
  /** JSON body. */
  readonly body?: Body
  readonly handler: (
    input: RouteInput<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<Answer | null> | Answer
}

/** A route that can be mounted and documented. */
export type Route = RouteFacts & {
  readonly params: z.ZodObject | null
  readonly query: z.ZodObject | null
  readonly body: z.ZodType | null
  /** Reads the request and answers it; `null`: the handler has written the answer itself. */
  readonly answer: (request: Request, response: Response) => Promise<Answer | null>
}

const NOTHING = z.object({})

/**
 * Defines a route once for validation, routing, documentation and contract tests.
 *
 * @throws {RequestError} from `answer`: `REQUEST_MALFORMED` when a part does not fit its schema
 */
export function route<
  Params extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodObject = typeof NOTHING,
  Body extends z.ZodType = z.ZodUnknown,
>(definition: RouteDefinition<Params, Query, Body>): Route {
  const { params, query, body, handler, ...facts } = definition
  return {
    ...facts,
    params: params ?? null,
    query: query ?? null,
    body: body ?? null,
    async answer(request, response) {
      // The casts are right because the defaults of the type parameters are what is used instead.
      return handler({
        params: parsePart(
          'path',
          params ?? NOTHING,
          joinWildcards(request.params),
        ) as z.output<Params>,
        query: parsePart('query', query ?? NOTHING, request.query) as z.output<Query>,
        body: parsePart('body', body ?? z.unknown(), request.body) as z.output<Body>,
        request,
        response,
      })
    },
  }
}

/**
 * What stands before a route: passes a request on or throws an `OcrError`, which the route's own
 * router answers in its envelope. `null`: the route needs none.
 */
export type RouteGuard = (guarded: RouteFacts) => RequestHandler | null

/** How to mount routes. */
export type MountOptions = {
  /** Run in this order before each route, and before an upload is read. */
  readonly guards: readonly RouteGuard[]
  /** Fails a request whose answer its route does not document; for tests. */
  readonly checkResponses: boolean
  /** Reads the body of the routes that have a schema for it, once their guards let a request pass. */
  readonly readBody?: RequestHandler
}

/**
 * Adds routes to a router. A path that is known, asked with another method, is left to
 * `refuseUnknown` with the methods it has.
 */
export function mountRoutes(router: Router, routes: readonly Route[], options: MountOptions): void {
  for (const mounted of routes)
    router[mounted.method](
      expressPathOf(mounted),
      ...guardsOf(mounted, options),
      ...(mounted.body === null || options.readBody === undefined ? [] : [options.readBody]),
      async (request, response) => {
        const answer = await (options.checkResponses
          ? answerChecked(mounted, request, response)
          : mounted.answer(request, response))
        if (answer !== null) send(response, answer)
      },
    )
  for (const mounted of routes)
    router.all(expressPathOf(mounted), (_request, response, next) => {
      const known: unknown = response.locals['allow']
      const methods = new Set(Array.isArray(known) ? known : [])
      methods.add(mounted.method.toUpperCase())
      if (mounted.method === 'get') methods.add('HEAD')
      response.locals['allow'] = [...methods]
      next()
    })
}

/** What stands before a page or a status that anybody may read and that is no route of its own. */
export const OPEN_PAGE: RouteFacts = {
  method: 'get',
  path: '/',
  summary: 'Page',
  tag: 'page',
  responses: {},
  isOpen: true,
}

/** The guards of a route, in their order. */
export function guardsOf(
  guarded: RouteFacts,
  { guards }: Pick<MountOptions, 'guards'>,
): RequestHandler[] {
  return guards.map((guard) => guard(guarded)).filter((handler) => handler !== null)
}

/** Express' spelling of a route's path. */
export function expressPathOf(mounted: RouteFacts): string {
  return mounted.expressPath ?? mounted.path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function send(response: Response, { status, body, headers }: Answer): void {
  response.status(status).set(headers ?? {})
  if (body === undefined) response.end()
  else response.json(body)
}

async function answerChecked(
  checked: Route,
  request: Request,
  response: Response,
): Promise<Answer | null> {
  let answer: Answer | null
  try {
    answer = await checked.answer(request, response)
  } catch (error) {
    if (checked.failures) {
      const { code } = readFailure(error)
      const isCommon = code === 'REQUEST_MALFORMED' || FAILURES[code].httpStatus >= 500
      if (!isCommon && !checked.failures.includes(code))
        throw new Error(`${checked.path} does not document ${code}`, { cause: error })
    }
    throw error
  }
  const status = answer?.status ?? response.statusCode
  const spec = checked.responses[status]
  if (spec === undefined && status !== 304)
    throw new Error(`${checked.path} does not document status ${status}`)
  if (answer !== null && spec?.schema)
    // As the client will read it: without what JSON drops.
    spec.schema.parse(JSON.parse(JSON.stringify(answer.body)))
  return answer
}

function joinWildcards(params: Request['params']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join('/') : value,
    ]),
  )
}
