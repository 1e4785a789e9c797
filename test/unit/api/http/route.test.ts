import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import express from 'express'
import { z } from 'zod'
import { handleFailures, writeProblem } from '../../../../src/api/http/problem-response.ts'
import { mountRoutes, route, type Route } from '../../../../src/api/http/route.ts'
import { refuseUnknown } from '../../../../src/api/http/unknown-route.ts'
import { wholeNumber } from '../../../../src/api/http/wire-number.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { createRootLogger } from '../../../../src/platform/logger.ts'
import { serve } from '../../../support/serve.ts'
import { readJson } from '../../../support/read-json.ts'

const SILENT = createRootLogger({ write: () => {} })

function serveRoutes(routes: readonly Route[]) {
  const app = express()
  app.use(express.json())
  mountRoutes(app, routes, { guards: [], checkResponses: true })
  app.use(refuseUnknown, handleFailures(writeProblem, SILENT))
  return serve(app)
}

const things = route({
  method: 'post',
  path: '/things/{id}',
  tag: 'test',
  summary: 'A thing',
  params: z.object({ id: z.string() }),
  query: z.object({
    count: wholeNumber({ minimum: 1, maximum: 9, description: 'How many' }).optional(),
  }),
  body: z.object({ name: z.string() }),
  responses: { 201: { description: 'Made', schema: z.strictObject({ said: z.string() }) } },
  failures: ['EMPTY_FILE'],
  handler({ params, query, body }) {
    if (body.name === 'empty') throw new OcrError('EMPTY_FILE', 'x')
    if (body.name === 'undocumented') throw new OcrError('UNAUTHORIZED', 'x')
    if (body.name === 'more') return { status: 201, body: { said: 'x', extra: 1 } }
    if (body.name === 'other') return { status: 202 }
    return { status: 201, body: { said: `${params.id} ${query.count ?? 1} ${body.name}` } }
  },
})

async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await readJson(response) }
}

describe('route', () => {
  it('hands parsed parameters, query and body to the handler', async () => {
    await using server = await serveRoutes([things])

    const answer = await post(`${server.url}/things/a?count=3`, { name: 'b' })

    assert.deepEqual(answer, { status: 201, body: { said: 'a 3 b' } })
  })

  it('answers 400 with what is wrong and where', async () => {
    await using server = await serveRoutes([things])

    const badQuery = await post(`${server.url}/things/a?count=10`, { name: 'b' })
    const badBody = await post(`${server.url}/things/a`, { name: 7 })

    assert.deepEqual([badQuery.status, badBody.status], [400, 400])
    assert.partialDeepStrictEqual(badQuery.body, {
      code: 'REQUEST_MALFORMED',
      errors: [{ in: 'query', path: 'count' }],
    })
    assert.partialDeepStrictEqual(badBody.body, { errors: [{ in: 'body', path: 'name' }] })
  })

  it('lets documented failures through when responses are checked', async () => {
    await using server = await serveRoutes([things])

    assert.equal((await post(`${server.url}/things/a`, { name: 'empty' })).status, 400)
  })

  for (const name of ['more', 'other', 'undocumented'])
    it(`fails an answer that is not as documented: ${name}`, async () => {
      await using server = await serveRoutes([things])

      assert.equal((await post(`${server.url}/things/a`, { name })).status, 500)
    })
})

describe('mountRoutes', () => {
  it('answers 405 with the methods of the path, 204 to OPTIONS and 404 elsewhere', async () => {
    await using server = await serveRoutes([things])

    const wrong = await fetch(`${server.url}/things/a`, { method: 'PUT' })
    const options = await fetch(`${server.url}/things/a`, { method: 'OPTIONS' })
    const unknown = await fetch(`${server.url}/nothing`)

    assert.deepEqual([wrong.status, options.status, unknown.status], [405, 204, 404])
    assert.equal(wrong.headers.get('allow'), 'POST, OPTIONS')
    assert.partialDeepStrictEqual(await readJson(wrong), { code: 'METHOD_NOT_ALLOWED' })
    assert.partialDeepStrictEqual(await readJson(unknown), { code: 'NOT_FOUND' })
  })
})
