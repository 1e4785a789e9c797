import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startLiveServer } from '../../../support/live-sockets.ts'

describe('an open socket of /v1/live', () => {
  it('hears a pulse again and again, because pages do not see the pings of the server', async () => {
    await using server = await startLiveServer({ heartbeatMs: 20 })
    using client = await server.connect()

    const told = await client.told(2)

    assert.deepEqual(told.slice(0, 2), [{ event: 'pulse' }, { event: 'pulse' }])
  })
})
