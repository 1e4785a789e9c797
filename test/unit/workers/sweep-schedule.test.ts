import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { Client, Connection } from '@temporalio/client'
import { startSweepSchedule } from '../../../src/workers/sweep-schedule.ts'
import { until } from '../../support/until.ts'

describe('startSweepSchedule', () => {
  it('does not keep a worker from its end while Temporal says nothing', async () => {
    const sockets = new Set<Socket>()
    const silent = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined))
    }).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    assert.ok(address !== null && typeof address === 'object')
    const connection = Connection.lazy({ address: `127.0.0.1:${address.port}` })
    const client = new Client({ connection })
    let isGivenUp = false
    const watched = Object.assign(Object.create(client) as Client, {
      withAbortSignal: async (signal: AbortSignal, work: () => Promise<void>) => {
        try {
          await client.withAbortSignal(signal, work)
        } finally {
          isGivenUp = true
        }
      },
    })
    try {
      const schedule = startSweepSchedule(watched, { documentsQueue: 'documents', input: {} })
      await until(() => sockets.size > 0, 'Temporal is called')

      schedule[Symbol.dispose]()

      // Sooner than the call has a deadline.
      await until(() => isGivenUp, 'the call is given up', 5_000)
    } finally {
      await connection.close()
      for (const socket of sockets) socket.destroy()
      silent.close()
    }
  })
})
