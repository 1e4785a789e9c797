import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { createV1Api } from '../../../../../web/src/api/v1/v1-api.ts'
import { serve } from '../../../../support/serve.ts'

/** Takes any key, and refuses the page afterwards when its cookie was not kept. */
async function startService({ isKept }: { readonly isKept: boolean }) {
  const seen: (string | undefined)[][] = []
  const server = await serve((request, response) => {
    void text(request).then((body) => {
      seen.push([request.method, request.url, body])
      if (request.url === '/v1/session') response.writeHead(204).end()
      else response.writeHead(isKept ? 200 : 401).end('{}')
    })
  })
  return {
    api: createV1Api(server.url),
    seen,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe('createV1Api', () => {
  it('opens a session with a key, and ends it', async () => {
    await using service = await startService({ isKept: true })

    await service.api.logIn?.('a key')
    await service.api.logOut()

    assert.deepEqual(service.seen, [
      ['POST', '/v1/session', '{"api_key":"a key"}'],
      ['GET', '/v1/config', ''],
      ['DELETE', '/v1/session', ''],
    ])
  })

  it('says that a right key was not kept, where the browser drops the cookie', async () => {
    await using service = await startService({ isKept: false })

    await assert.rejects(async () => service.api.logIn?.('a key'), { code: 'KEY_NOT_KEPT' })
  })
})
