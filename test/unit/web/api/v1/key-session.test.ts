import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { createV1Api } from '../../../../../web/src/api/v1/v1-api.ts'
import { serve } from '../../../../support/serve.ts'

describe('createV1Api', () => {
  it('opens a session with a key, and ends it', async () => {
    const seen: (string | undefined)[][] = []
    await using service = await serve((request, response) => {
      void text(request).then((body) => {
        seen.push([request.method, request.url, body])
        response.writeHead(204).end()
      })
    })
    const api = createV1Api(service.url)

    await api.logIn?.('a key')
    await api.logOut()

    assert.deepEqual(seen, [
      ['POST', '/v1/session', '{"api_key":"a key"}'],
      ['DELETE', '/v1/session', ''],
    ])
  })
})
