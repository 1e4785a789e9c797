import { z } from 'zod'
import type { AppDeps } from '../../../src/api/app-deps.ts'
import { createDeepseekRoutes } from '../../../src/api/dialects/deepseek/router.ts'
import * as deepseek from '../../../src/api/dialects/deepseek/schemas.ts'
import { createDotsRoutes } from '../../../src/api/dialects/dots/router.ts'
import * as dots from '../../../src/api/dialects/dots/schemas.ts'
import { createPyOcrRoutes } from '../../../src/api/dialects/py-ocr/router.ts'
import * as pyOcr from '../../../src/api/dialects/py-ocr/schemas.ts'
import { createQianxiaRoutes } from '../../../src/api/dialects/qianxia/router.ts'
import * as qianxia from '../../../src/api/dialects/qianxia/schemas.ts'
import { createScnetRoutes } from '../../../src/api/dialects/scnet/router.ts'
import * as scnet from '../../../src/api/dialects/scnet/schemas.ts'
import { filesRoute } from '../../../src/api/files.ts'
import { healthRoutes } from '../../../src/api/health.ts'
import { problemSchema } from '../../../src/api/http/problem-response.ts'
import { route, type ResponseSpec, type Route } from '../../../src/api/http/route.ts'
import { staticRoute } from '../../../src/api/page/static-route.ts'
import { createV1Routes } from '../../../src/api/v1/routes.ts'

/** What a body that reports a failure looks like. */
export type Envelope = { readonly name: string; readonly schema: z.ZodType }

/** Routes at one place of an application. */
export type Mount = {
  readonly prefix: string
  readonly routes: readonly Route[]
  readonly envelope: Envelope
  /** Whether unknown paths below the prefix are answered in the envelope of the mount too. */
  readonly isWhole: boolean
}

/** The envelopes of all dialects, by dialect. */
export const ENVELOPES = {
  problem: { name: 'RFC 9457', schema: problemSchema },
  pyOcr: { name: 'Py OCR', schema: z.union([pyOcr.errorSchema, pyOcr.notCancellableSchema]) },
  dots: { name: 'dots', schema: dots.errorSchema },
  qianxia: { name: 'Qianxia', schema: qianxia.errorSchema },
  scnet: { name: 'SCNet', schema: z.union([scnet.errorSchema, scnet.unknownTaskSchema]) },
  deepseek: {
    name: 'DeepSeek',
    schema: z.union([deepseek.errorSchema, deepseek.outOfMemorySchema]),
  },
} as const satisfies Record<string, Envelope>

const bothSchema = z.strictObject({
  error: z.string(),
  detail: z.string(),
  detail_code: z.string(),
})

/** Of the paths that several dialects share: one that satisfies them all, or that of who answered. */
const SHARED: Envelope = {
  name: 'shared root',
  schema: z.union([bothSchema, ENVELOPES.dots.schema, ENVELOPES.deepseek.schema]),
}

const SCNET_PATH = '/api/llm/v1/ocrdoc'

/** Paths of the root that more than one dialect documents, or that the page has there. */
const SHARED_PATHS = ['/', '/health', '/ocr', '/static/{file}']

/** Everything on the main port, the most specific prefix first. */
export function mountsOfMain(deps: AppDeps): Mount[] {
  const alone = (routes: readonly Route[]): Route[] =>
    routes.filter(({ path }) => !SHARED_PATHS.includes(path))
  const part = { prefix: '', isWhole: false }
  return [
    whole('/pyocr/api', createPyOcrRoutes(deps), ENVELOPES.pyOcr),
    whole('/dots', createDotsRoutes(deps), ENVELOPES.dots),
    whole('/qianxia', createQianxiaRoutes(deps), ENVELOPES.qianxia),
    whole(`/scnet${SCNET_PATH}`, createScnetRoutes(deps), ENVELOPES.scnet),
    whole('/deepseek', createDeepseekRoutes(deps), ENVELOPES.deepseek),
    whole(SCNET_PATH, createScnetRoutes(deps), ENVELOPES.scnet),
    whole('/api', createPyOcrRoutes(deps), ENVELOPES.pyOcr),
    { ...part, routes: alone(createQianxiaRoutes(deps)), envelope: ENVELOPES.qianxia },
    { ...part, routes: alone(createDeepseekRoutes(deps)), envelope: ENVELOPES.deepseek },
    { ...part, routes: sharedRoutes(), envelope: SHARED },
    whole('', [...createV1Routes(deps), ...filesAndHealth(deps)], ENVELOPES.problem),
  ]
}

/** Everything on a documented port. */
export function mountsOfPort(port: 5000 | 8031 | 54188, deps: AppDeps): Mount[] {
  switch (port) {
    case 5000:
      return [
        whole('/api', createPyOcrRoutes(deps), ENVELOPES.pyOcr),
        { prefix: '', routes: [filesRoute(deps)], envelope: ENVELOPES.pyOcr, isWhole: false },
        whole('', createDotsRoutes(deps), ENVELOPES.dots),
      ]
    case 8031:
      return [whole('', createDeepseekRoutes(deps), ENVELOPES.deepseek)]
    case 54188:
      return [whole('', createQianxiaRoutes(deps), ENVELOPES.qianxia)]
  }
}

function whole(prefix: string, routes: readonly Route[], envelope: Envelope): Mount {
  return { prefix, routes, envelope, isWhole: true }
}

function filesAndHealth(deps: AppDeps): Route[] {
  return [filesRoute(deps), ...healthRoutes(deps, '0.0.0'), staticRoute(deps, 'page')]
}

/** Stand in for what dispatches at the root, which is no table of routes. */
function sharedRoutes(): Route[] {
  const answers = (schema: z.ZodType): Readonly<Record<number, ResponseSpec>> => ({
    200: { description: '', schema },
  })
  const health = z.strictObject({ ...deepseek.healthSchema.shape, timestamp: z.iso.datetime() })
  const common = { tag: '', summary: '', handler: () => ({ status: 500 }) }
  const ocr = route({
    ...common,
    method: 'post',
    path: '/ocr',
    multipart: z.object({ image: z.file(), prompt: z.string(), save_to_file: z.string() }),
    jsonInstead: dots.requestSchema,
    responses: answers(z.union([dots.answerSchema, deepseek.ocrSchema])),
  })
  return [
    route({ ...common, method: 'get', path: '/', responses: answers(deepseek.infoSchema) }),
    route({ ...common, method: 'get', path: '/health', responses: answers(health) }),
    ocr,
  ]
}
