import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findServer } from '../../../../src/cli/server/find-server.ts'
import { loadConfig } from '../../../../src/config/config.ts'
import { serve } from '../../../support/serve.ts'

const BODIES: Readonly<Record<string, unknown>> = {
  '/v1/config': { version: '1', limits: { max_upload_bytes: 7 } },
  '/v1/documents?limit=1': { documents: [], next_cursor: null },
}

describe('findServer', () => {
  it('says that a server lets it wait, at the first look and at every other call', async () => {
    const asked: string[] = []
    await using server = await serve(({ url = '' }, response) => {
      asked.push(url)
      const isFirst = asked.filter((path) => path === url).length === 1
      if (isFirst) response.writeHead(429, { 'Retry-After': '1' }).end()
      else response.end(JSON.stringify(BODIES[url]))
    })
    const waits: number[] = []
    const { signal } = new AbortController()

    const found = await findServer({
      config: loadConfig({}),
      serverUrl: server.url,
      signal,
      onWait: (waitMs) => waits.push(waitMs),
    })
    const documents = await found?.client.list({ limit: 1, status: null }, { signal })

    assert.equal(found?.maxUploadBytes, 7)
    assert.deepEqual(documents, [])
    assert.deepEqual(waits, [1_000, 1_000])
  })
})
