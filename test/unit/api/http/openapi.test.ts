import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { createApp } from '../../../../src/api/app.ts'
import { startTestApi } from '../../../support/test-api.ts'

const operation = z.object({
  operationId: z.string(),
  summary: z.string().min(1),
  parameters: z.array(z.object({ in: z.string(), name: z.string() })).default([]),
  responses: z.record(z.string(), z.object({ description: z.string().min(1) })),
})

const openApi = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.partialRecord(z.enum(['get', 'post', 'delete']), operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
})

async function readOpenApi() {
  await using api = await startTestApi()
  const response = await api.fetch('/openapi.json')
  const text = await response.text()
  return { text, document: openApi.parse(JSON.parse(text)) }
}

/** Paths of all routes below a router of Express, in OpenAPI's spelling. */
function pathsOf(stack: readonly unknown[]): string[] {
  return stack.flatMap((layer) => {
    if (typeof layer !== 'object' || layer === null) return []
    if ('route' in layer && layer.route) {
      const { path } = layer.route as { path: string | string[] } // Express' Route; its types are any
      return [path].flat().map((each) => each.replaceAll(/[:*](\w+)/g, '{$1}'))
    }
    const { handle } = layer as { handle?: { stack?: unknown[] } } // a nested router, or middleware
    return handle?.stack ? pathsOf(handle.stack) : []
  })
}

/** Where the dialects stand in the document; a router knows nothing of it. */
const PREFIXES = ['/api', '/dots', '/qianxia', '/api/llm/v1/ocrdoc', '/deepseek']

describe('createOpenApiDocument', () => {
  it('is a valid document whose references all lead somewhere', async () => {
    const { text, document } = await readOpenApi()

    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
    assert.ok(references.length > 0)
    for (const [, name] of references) assert.ok(name && name in document.components.schemas, name)
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((each) => each?.operationId),
    )
    assert.equal(new Set(ids).size, ids.length)
  })

  it('declares every parameter of every path, and answers of every operation', async () => {
    const { document } = await readOpenApi()

    for (const [path, operations] of Object.entries(document.paths))
      for (const each of Object.values(operations)) {
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
        const declared = each?.parameters
          .filter((parameter) => parameter.in === 'path')
          .map((parameter) => parameter.name)
        assert.deepEqual(declared, inPath, path)
        assert.ok(Object.keys(each?.responses ?? {}).length > 0, path)
      }
  })

  it('covers every route that is served', async () => {
    const { document } = await readOpenApi()
    const served: string[] = []
    await using _ = await startTestApi({
      createApp(deps) {
        const app = createApp(deps)
        served.push(...pathsOf(app.router.stack))
        return app
      },
    })

    const documented = new Set(
      Object.keys(document.paths).flatMap((path) => [
        path,
        ...PREFIXES.filter((prefix) => path.startsWith(`${prefix}/`)).map((prefix) =>
          path.slice(prefix.length),
        ),
      ]),
    )
    // Pages are not part of the API; nor is what workers post to.
    const pages =
      /^\/(?:docs.*|redoc.*|openapi\.json|errors|login|register|main|static.*|internal.*)?$/
    const undocumented = served.filter((path) => !pages.test(path) && !documented.has(path))
    assert.deepEqual(undocumented, [])
    assert.ok(served.includes('/v1/documents/{id}') && served.includes('/status/{task_id}'))
  })

  it('documents fields of an upload as they are sent', async () => {
    const { text } = await readOpenApi()

    const { paths } = JSON.parse(text)
    const { schema } = paths['/v1/documents'].post.requestBody.content['multipart/form-data']
    assert.partialDeepStrictEqual(schema.properties, {
      file: { type: 'string', format: 'binary' },
      dpi: { type: 'integer', minimum: 72, maximum: 600 },
      engine: { type: 'string', enum: ['paddle', 'tesseract'] },
      languages: { type: 'string' },
      pages: { type: 'string' },
      password: { type: 'string', maxLength: 1_000 },
    })
    assert.deepEqual(schema.required, ['file'])
  })
})
