import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readFailedReply } from '../../../../src/engines/model-server/failed-reply.ts'

/** A hundred pieces of a body, with a look at how many of them somebody wanted. */
function bodyOf(piece: Uint8Array): {
  body: ReadableStream<Uint8Array>
  state: { wanted: number }
} {
  const state = { wanted: 0 }
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      state.wanted += 1
      if (state.wanted > 100) controller.close()
      else controller.enqueue(piece)
    },
  })
  return { body, state }
}

describe('readFailedReply', () => {
  it('has the status, the wait and the JSON', async () => {
    const response = Response.json({ error: 'x' }, { status: 503, headers: { 'retry-after': '7' } })

    assert.deepEqual(await readFailedReply(response), {
      status: 503,
      body: { error: 'x' },
      retryAfter: '7',
    })
  })

  it('has the text of what is no JSON, and nothing where there is nothing', async () => {
    const replies = await Promise.all(
      ['<html>', '{"cut', '', null].map((body) =>
        readFailedReply(new Response(body, { status: 500 })),
      ),
    )

    assert.deepEqual(
      replies.map(({ body }) => body),
      ['<html>', '{"cut', '', ''],
    )
  })

  it('reads 64 KB of a body and leaves the rest', async () => {
    const { body, state } = bodyOf(Buffer.alloc(10_000, 'x'))

    const reply = await readFailedReply(new Response(body, { status: 500 }))

    assert.equal(reply.body, 'x'.repeat(64 * 1024))
    assert.ok(state.wanted < 10, `${state.wanted} pieces`)
  })

  it('has a body that breaks off without its text', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('reset')),
    })

    const reply = await readFailedReply(new Response(body, { status: 502 }))

    assert.deepEqual([reply.status, reply.body], [502, ''])
  })
})
