import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'

/** An HTTP server on a free port of 127.0.0.1. */
export type TestServer = AsyncDisposable & { readonly url: string; readonly port: number }

/** Serves a handler until it is disposed. */
export async function serve(handler: RequestListener): Promise<TestServer> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
