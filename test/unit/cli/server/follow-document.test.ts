import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import { followDocument } from '../../../../src/cli/server/follow-document.ts'
import { createServerClient } from '../../../../src/cli/server/server-client.ts'
import { serve } from '../../../support/serve.ts'

const ID = '550e8400-e29b-41d4-a716-446655440000'
const { signal } = new AbortController()

function body(status: string, done: number) {
  return {
    id: ID,
    status,
    engine: 'paddle',
    file_name: 'a.pdf',
    created_at: '2026-01-01T00:00:00.000Z',
    completed_at: null,
    pages: { total: 2, done, ok: done, empty: 0, degraded: 0, failed: 0 },
    failed_pages: [],
    failure: null,
    queued_reason: null,
  }
}

const event = (name: string, id: string, data: unknown): string =>
  `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`
const page = (number: number) => ({
  page: number,
  outcome: 'ok',
  code: null,
  characters: 3,
  seconds: 1,
})

/** What a follower is told, in short. */
async function follow(listener: RequestListener): Promise<string[]> {
  await using server = await serve(listener)
  const told: string[] = []
  const events = followDocument(createServerClient(server.url), ID, { signal, pollMs: 5 })
  for await (const happened of events)
    told.push(
      happened.kind === 'document'
        ? happened.document.status
        : `${happened.kind} ${happened.kind === 'page' ? happened.page.page : happened.retry.page}`,
    )
  return told
}

describe('followDocument', () => {
  it('goes on after the last event that it was told, when the stream breaks off', async () => {
    const lastIds: (string | undefined)[] = []

    const told = await follow((request, response) => {
      if (!request.url?.endsWith('/events')) {
        response.end(JSON.stringify(body('processing', 1)))
        return
      }
      lastIds.push(request.headers['last-event-id']?.toString())
      if (lastIds.length === 1) {
        response.write(event('page', 'x.1', page(1)))
        response.write(event('later', 'x.2', {}), () => response.destroy())
        return
      }
      response.write(event('retry', 'x.3', { page: 2, attempt: 2, code: 'ENGINE_DIED' }))
      response.end(event('document', 'x.end', body('completed', 2)))
    })

    assert.deepEqual(told, ['page 1', 'processing', 'retry 2', 'completed'])
    assert.deepEqual(lastIds, [undefined, 'x.1'])
  })

  it('asks for the status where no stream is to be had', async () => {
    const states = ['queued', 'processing', 'failed']

    const told = await follow((request, response) => {
      if (request.url?.endsWith('/events')) response.writeHead(502).end()
      else response.end(JSON.stringify(body(states.shift() ?? 'failed', 0)))
    })

    assert.deepEqual(told, ['queued', 'processing', 'failed'])
  })

  it('ends with what the server says of a document that was deleted', async () => {
    const problem = { title: 'Document does not exist', code: 'DOCUMENT_NOT_FOUND' }

    const following = follow((_, response) => response.writeHead(404).end(JSON.stringify(problem)))

    await assert.rejects(following, { message: 'Document does not exist', httpStatus: 404 })
  })
})
