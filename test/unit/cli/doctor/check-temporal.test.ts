import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http2'
import { describe, it } from 'node:test'
import { checkTemporal } from '../../../../src/cli/doctor/check-temporal.ts'
import { loadConfig } from '../../../../src/config/config.ts'

const UNAUTHENTICATED = 16
const PERMISSION_DENIED = 7

/** A gRPC server that answers with the status that `statusOf` gives for a method. */
async function serveGrpc(statusOf: (method: string) => number) {
  const sessions = new Set<{ destroy(): void }>()
  const server = createServer()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', (stream, headers) => {
    stream.resume()
    const method = String(headers[':path']).split('/').at(-1) ?? ''
    const status = statusOf(method)
    const answer = { ':status': 200, 'content-type': 'application/grpc' }
    if (status !== 0) {
      stream.respond(
        { ...answer, 'grpc-status': status, 'grpc-message': 'no' },
        { endStream: true },
      )
      return
    }
    stream.respond(answer, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    // An empty message: every field has its default.
    stream.end(Buffer.alloc(5))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return {
    address: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function detailOf(statusOf: (method: string) => number): Promise<string> {
  await using temporal = await serveGrpc(statusOf)
  const findings = await checkTemporal(loadConfig({ TEMPORAL_ADDRESS: temporal.address }))
  assert.deepEqual(
    findings.map(({ name, status }) => [name, status]),
    [['Temporal', 'failed']],
  )
  return findings[0]?.detail ?? ''
}

describe('checkTemporal', () => {
  it('names the key of a Temporal that takes no connection without one, and not its address', async () => {
    const detail = await detailOf(() => UNAUTHENTICATED)

    assert.match(detail, /refuses us \(16 UNAUTHENTICATED: no\): change TEMPORAL_API_KEY$/)
  })

  it('names the key and the namespace where the key is not good for it', async () => {
    const detail = await detailOf((method) =>
      method === 'DescribeNamespace' ? PERMISSION_DENIED : 0,
    )

    assert.match(detail, /PERMISSION_DENIED.*: change TEMPORAL_API_KEY or TEMPORAL_NAMESPACE$/)
  })
})
