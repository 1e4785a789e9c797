import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi'
import type { z } from 'zod'
import { FAILURES } from '../../contract/failures.ts'
import { problemSchema } from './problem-response.ts'
import type { ResponseSpec, Route } from './route.ts'

/** An OpenAPI document. */
export type OpenApiDocument = ReturnType<typeof createDocument>

/** Routes below one prefix of the main listener. */
export type MountedRoutes = { readonly prefix: string; readonly routes: readonly Route[] }

/** What is posted to a receiver. */
export type WebhookSpec = { readonly summary: string; readonly schema: z.ZodType }

/** OpenAPI 3.1 of all routes, made from the schemas that validate them. */
export function createOpenApiDocument(
  version: string,
  mounted: readonly MountedRoutes[],
  webhooks: Readonly<Record<string, WebhookSpec>> = {},
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
        '`X-Request-Id`; every 429 and 503 carries `Retry-After`. Where API keys are set up, a request ' +
        'without one is answered with 401 UNAUTHORIZED; one that a web page of another site sends, or ' +
        'under a host name that is not served, with 403 and 421.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    // The empty one: where no keys are set up.
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
    paths,
    ...(Object.keys(webhooks).length === 0
      ? {}
      : { webhooks: Object.fromEntries(Object.entries(webhooks).map(toWebhook)) }),
  })
}

function toWebhook([name, { summary, schema }]: [string, WebhookSpec]) {
  const operation: ZodOpenApiOperationObject = {
    summary,
    requestBody: { required: true, content: { 'application/json': { schema } } },
    responses: {
      '2XX': { description: 'Delivered' },
      '410': { description: 'Nothing more is delivered for this document' },
      default: { description: 'Tried again later' },
    },
  }
  return [name, { post: operation }] as const
}

function toOperation(documented: Route, prefix: string): ZodOpenApiOperationObject {
  const { params, query, body, multipart, jsonInstead, optionalJson } = documented
  const words = (prefix + documented.path).replaceAll(/[^A-Za-z0-9]+/g, '-')
  return {
    operationId: documented.method + words.replace(/-$/, ''),
    tags: [documented.tag],
    ...(documented.isOpen === true ? { security: [] } : {}),
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
