import assert from 'node:assert/strict'
import { mkdtempDisposable, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { withJsonBody } from '../../../../src/api/uploads/with-json-body.ts'
import { codeOf } from '../../../../src/platform/errors.ts'
import { serve } from '../../../support/serve.ts'

const MAX_BYTES = 1_000_000

type JsonServer = AsyncDisposable & {
  readonly directory: string
  /** The answer: what `use` gave, or the code of a failure. */
  send(body: string, headers?: Record<string, string>): Promise<string>
}

async function startJsonServer(use: (body: unknown) => Promise<string>): Promise<JsonServer> {
  await using setUp = new AsyncDisposableStack()
  const { path } = setUp.use(await mkdtempDisposable(join(tmpdir(), 'json-')))
  const { url } = setUp.use(
    await serve((req, res) => {
      const options = { maxBytes: MAX_BYTES, temporaryDirectory: path }
      void withJsonBody({ req, res }, options, use)
        .catch((error: unknown) => codeOf(error))
        .then((answer) => res.end(answer))
    }),
  )
  const running = setUp.move()
  return {
    directory: path,
    async send(body, headers = { 'content-type': 'application/json; charset=utf-8' }) {
      return (await fetch(url, { method: 'POST', body, headers })).text()
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

describe('withJsonBody', () => {
  it('passes on what was sent, and leaves nothing behind', async () => {
    await using server = await startJsonServer(async (body) => JSON.stringify(body))
    const text = JSON.stringify({ long: 'x'.repeat(900_000), 文: ['件'] })

    assert.equal(await server.send(text), text)
    assert.deepEqual(await readdir(server.directory), [])
  })

  const json = { 'content-type': 'application/json' }
  const refused: [string, string, Record<string, string>, string][] = [
    ['a body that is too large', 'x'.repeat(MAX_BYTES + 1), json, 'FILE_TOO_LARGE'],
    ['what is no JSON', '{"a":', json, 'REQUEST_MALFORMED'],
    ['an empty body', '', json, 'REQUEST_MALFORMED'],
    ['a body of many objects', `[${'{},'.repeat(20_000)}0]`, json, 'REQUEST_MALFORMED'],
    ['a form', '{}', { 'content-type': 'text/plain' }, 'REQUEST_MALFORMED'],
    ['a compressed body', '{}', { ...json, 'content-encoding': 'gzip' }, 'REQUEST_MALFORMED'],
  ]
  for (const [what, body, headers, code] of refused)
    it(`refuses ${what} as ${code}`, async () => {
      await using server = await startJsonServer(async () => 'used')

      assert.equal(await server.send(body, headers), code)
      assert.deepEqual(await readdir(server.directory), [])
    })

  it('uses one body at a time, and goes on after one that failed', async () => {
    let inUse = 0
    let most = 0
    await using server = await startJsonServer(async (body) => {
      most = Math.max(most, ++inUse)
      await new Promise((resolve) => setImmediate(resolve))
      inUse--
      if (body === 3) throw new Error('a bug')
      return String(body)
    })

    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => server.send(String(n))))

    assert.deepEqual(answers, ['1', '2', 'INTERNAL_SERVER_ERROR', '4', '5'])
    assert.equal(most, 1)
  })
})
