import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { runSample } from '../../../scripts/start/run-sample.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { serve } from '../../support/serve.ts'

/** An api that answers each status of the list once, the last one for ever. */
async function fakeApi(statuses: readonly { status: string; done: number; code?: string }[]) {
  const left = [...statuses]
  const authorizations = new Set<string | undefined>()
  const server = createServer((request, response) => {
    request.resume()
    authorizations.add(request.headers.authorization)
    const path = request.url ?? ''
    if (request.method === 'POST') response.writeHead(202).end(JSON.stringify({ id: 'x' }))
    else if (path.endsWith('result?format=markdown')) response.end('# Sample')
    else {
      const now = left.length > 1 ? left.shift() : left[0]
      const failure = now?.code ? { code: now.code, title: 'Broken' } : null
      const pages = { total: 2, done: now?.done ?? 0 }
      response.end(JSON.stringify({ status: now?.status, pages, failure }))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return {
    authorizations,
    origin: `http://127.0.0.1:${address.port}`,
    [Symbol.dispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('runSample', () => {
  it('returns the Markdown and tells every change once', async () => {
    using api = await fakeApi([
      { status: 'queued', done: 0 },
      { status: 'processing', done: 1 },
      { status: 'processing', done: 1 },
      { status: 'completed', done: 2 },
    ])
    const said: string[] = []

    const markdown = await runSample(api.origin, {
      apiKey: new Secret('a key'),
      say: (line) => said.push(line),
      signal: new AbortController().signal,
    })

    assert.equal(markdown, '# Sample')
    assert.deepEqual([...api.authorizations], ['Bearer a key'])
    assert.deepEqual(said, [
      'sample: queued, page 0 of 2 done',
      'sample: processing, page 1 of 2 done',
      'sample: completed, page 2 of 2 done',
    ])
  })

  it('names the setting of a key that the api refuses', async () => {
    await using api = await serve((_, response) => response.writeHead(401).end('{}'))

    await assert.rejects(
      runSample(api.url, {
        apiKey: new Secret('hunter2'),
        say: () => undefined,
        signal: new AbortController().signal,
      }),
      /^Error: The api refuses the key in OCR_API_KEY: .*OCR_API_KEYS$/,
    )
  })

  it('says why the sample failed', async () => {
    using api = await fakeApi([{ status: 'failed', done: 0, code: 'PROGRAM_MISSING' }])

    await assert.rejects(
      runSample(api.origin, {
        apiKey: null,
        say: () => undefined,
        signal: new AbortController().signal,
      }),
      /PROGRAM_MISSING/,
    )
  })
})
