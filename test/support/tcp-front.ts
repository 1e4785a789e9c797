import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What stands before several api processes, as a load balancer does. Disposing closes it. */
export type TcpFront = AsyncDisposable & {
  readonly url: string
  /** Connections that no backend took. */
  readonly refused: () => number
}

/** Hands each connection to one of the ports in turn, and to another one when that refuses it. */
export async function startTcpFront(ports: readonly number[]): Promise<TcpFront> {
  const sockets = new Set<Socket>()
  let turn = 0
  let refused = 0
  const server = createServer((client) => {
    sockets.add(client)
    client.once('close', () => sockets.delete(client)).on('error', () => client.destroy())
    const first = turn++
    void (async () => {
      for (let place = 0; place < ports.length; place++) {
        const backend = connect(ports[(first + place) % ports.length] ?? 0, '127.0.0.1')
        if (!(await isConnected(backend))) continue
        backend.on('error', () => client.destroy()).once('close', () => client.end())
        client.once('close', () => backend.destroy())
        client.pipe(backend).pipe(client)
        return
      }
      refused += 1
      client.destroy()
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // of a server that listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    refused: () => refused,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function isConnected(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
}
