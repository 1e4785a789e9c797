import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FailureCode } from '../../../../src/contract/failures.ts'
import { probeModels } from '../../../../src/engines/llm/probe-models.ts'
import { OcrError } from '../../../../src/platform/errors.ts'

const server = { baseUrl: 'http://127.0.0.1:1/v1', apiKey: null, model: 'seer' }

function probe(response: Response): Promise<void> {
  const transport = {
    fetch: () => Promise.resolve(response),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return probeModels(server, { transport, signal: AbortSignal.timeout(60_000) })
}

describe('probeModels', () => {
  for (const status of [404, 405, 501]) {
    it(`believes a server that answers ${status} for its list of models`, async () => {
      await probe(new Response('no', { status }))
    })
  }

  it('believes llama.cpp, which answers to any name', async () => {
    await probe(Response.json({ data: [{ id: '/models/x.gguf', owned_by: 'llamacpp' }] }))
  })

  it('passes where the model is, whatever else stands in the list', async () => {
    const odd = [
      { id: null },
      'seer',
      null,
      { id: '' },
      { id: 'x'.repeat(1_000) },
      { object: 'model' },
    ]

    await probe(Response.json({ data: [...odd, { id: 'seer', owned_by: 7 }] }))
  })

  const failures: readonly [what: string, response: Response, FailureCode][] = [
    ['a list without the model', Response.json({ data: [{ id: 'x' }] }), 'ENGINE_MISCONFIGURED'],
    ['an empty list', Response.json({ data: [] }), 'ENGINE_MISCONFIGURED'],
    ['no list', Response.json({ data: {} }), 'ENGINE_MISCONFIGURED'],
    ['HTML', new Response('<html></html>'), 'ENGINE_MISCONFIGURED'],
    ['a wrong key', new Response('no', { status: 401 }), 'ENGINE_MISCONFIGURED'],
    ['too many requests', new Response('no', { status: 429 }), 'ENGINE_RATE_LIMITED'],
    ['a bad gateway', new Response('no', { status: 502 }), 'ENGINE_REPLY_BROKEN'],
  ]
  for (const [what, response, code] of failures) {
    it(`fails as ${code} for ${what}`, async () => {
      await assert.rejects(
        probe(response),
        (error) => error instanceof OcrError && error.code === code,
      )
    })
  }
})
