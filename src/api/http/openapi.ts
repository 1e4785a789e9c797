import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi'
import { FAILURES } from '../../contract/failures.ts'
import { problemSchema } from './problem-response.ts'
import type { ResponseSpec, Route } from './route.ts'

/** An OpenAPI document. */
export type OpenApiDocument = ReturnType<typeof createDocument>

/** Routes below one prefix of the main listener. */
export type MountedRoutes = { readonly prefix: string; readonly routes: readonly Route[] }

/** OpenAPI 3.1 of all routes, made from the schemas that validate them. */
export function createOpenApiDocument(
  version: string,
  mounted: readonly MountedRoutes[],
): OpenApiDocument {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const { prefix, routes } of mounted)
    for (const documented of routes)
      (paths[prefix + documented.path] ??= {})[documented.method] = toOperation(documented, prefix)
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'durable-ocr',
      version,
      description:
        'Upload a PDF or an image, poll its status, read its text. Every answer carries ' +
        '`X-Request-Id`; every 429 and 503 carries `Retry-After`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
  })
}

function toOperation(documented: Route, prefix: string): ZodOpenApiOperationObject {
  const { params, query, body, multipart, jsonInstead, optionalJson } = documented
  const words = (prefix + documented.path).replaceAll(/[^A-Za-z0-9]+/g, '-')
  return {
    operationId: documented.method + words.replace(/-$/, ''),
    tags: [documented.tag],
    summary: documented.summary,
    ...(documented.description === undefined ? {} : { description: documented.description }),
    requestParams: {
      ...(params === null ? {} : { path: params }),
      ...(query === null ? {} : { query }),
    },
    ...(multipart === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'multipart/form-data': { schema: multipart },
              ...(jsonInstead === undefined ? {} : { 'application/json': { schema: jsonInstead } }),
            },
          },
        }),
    ...(body === null
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    ...(optionalJson === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: optionalJson } } } }),
    responses: { ...toResponses(documented.responses), ...toProblems(documented) },
  }
}

function toResponses(responses: Readonly<Record<number, ResponseSpec>>): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    Object.entries(responses).map(([status, { description, schema, contentType }]) => [
      status,
      schema === undefined
        ? { description }
        : { description, content: { [contentType ?? 'application/json']: { schema } } },
    ]),
  )
}

/** Routes with documented failures answer problems; the others document their own envelope. */
function toProblems({ failures }: Route): ZodOpenApiResponsesObject {
  if (failures === undefined) return {}
  const content = { 'application/problem+json': { schema: problemSchema } }
  const byStatus = Map.groupBy(failures, (code) => FAILURES[code].httpStatus)
  return {
    ...Object.fromEntries(
      [...byStatus].map(([status, codes]) => [status, { description: codes.join(', '), content }]),
    ),
    default: { description: 'REQUEST_MALFORMED and failures of the service', content },
  }
}
