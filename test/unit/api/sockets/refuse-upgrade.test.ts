import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { refuseUpgrade } from '../../../../src/api/sockets/refuse-upgrade.ts'

describe('refuseUpgrade', () => {
  for (const [status, retryAfterMs, header] of [
    [429, 12_400, 'Retry-After: 13'],
    [429, null, 'Retry-After: 60'],
    [503, undefined, 'Retry-After: 5'],
    [404, undefined, null],
  ] as const)
    it(`says ${header ?? 'nothing of coming back'} where ${status} names ${retryAfterMs} ms`, async () => {
      const socket = new PassThrough()
      const written = socket.toArray()

      refuseUpgrade(socket, {
        status,
        body: {},
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      })

      const answer = Buffer.concat(await written).toString()
      assert.equal(/^Retry-After.*(?=\r)/m.exec(answer)?.[0] ?? null, header)
    })
})
