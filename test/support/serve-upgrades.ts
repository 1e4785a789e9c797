import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Upgrades } from '../../src/api/http/listen.ts'

/** A server that takes upgrades and answers everything else with 404. */
export type UpgradeServer = AsyncDisposable & { readonly port: number }

/** Serves WebSockets on a free port of this machine. Disposing closes what is open. */
export async function serveUpgrades(upgrades: Upgrades): Promise<UpgradeServer> {
  const server = createServer(
    { shouldUpgradeCallback: (request) => upgrades.isMine(request) },
    (_request, response) => response.writeHead(404).end(),
  )
  server.on('upgrade', (request, socket, head) => upgrades.upgrade(request, socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
