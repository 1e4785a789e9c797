import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { Server as NetServer, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { coerceError } from '../../platform/errors.ts'
import { answerClientErrors } from './answer-client-errors.ts'
import { createCloseNotice } from './close-notice.ts'

// Slow and idle clients must not crowd out the others. `requestTimeout` covers the whole request, so it must let a
// 200 MB upload over a 1 Mbit/s line pass (27 min); slow bodies are cut off by the byte guard.
const SERVER_OPTIONS = {
  headersTimeout: 15_000,
  requestTimeout: 3_600_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 5_000,
} as const
const MAX_HEADERS = 100
/**
 * Connections that a server has at most. More than the 2,000 idle ones that new clients must survive;
 * `headersTimeout` ends those.
 */
export const MAX_CONNECTIONS = 4_000

// An api process that was told to stop has 30 s; uploads under way get most of it.
const CLOSE_GRACE_MS = 20_000

/** Why the api cannot start, in one sentence for the operator. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** A listening server; disposing it stops accepting, lets requests end for 20 s, then cuts them off. */
export type Listener = AsyncDisposable & { readonly port: number }

/** What takes connections that leave HTTP, such as WebSockets. */
export type Upgrades = {
  /** Whether the request is one of its own; all others are answered as if they had not asked. */
  isMine(request: IncomingMessage): boolean
  /** Takes the connection, or refuses it with an answer. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/**
 * Listens on an address.
 *
 * @param address.port 0 takes a free one
 * @throws {StartError} when the port is taken or not ours to open
 */
export async function listen(
  handler: RequestListener,
  address: { readonly host: string; readonly port: number },
  upgrades: Upgrades | null = null,
): Promise<Listener> {
  const shouldUpgradeCallback = (request: IncomingMessage): boolean =>
    upgrades?.isMine(request) ?? false
  const server = createServer({ ...SERVER_OPTIONS, shouldUpgradeCallback }, handler)
  if (upgrades !== null)
    server.on('upgrade', (request, socket, head) => upgrades.upgrade(request, socket, head))
  answerClientErrors(server)
  const announceClose = createCloseNotice(server)
  server.maxHeadersCount = MAX_HEADERS
  server.maxConnections = MAX_CONNECTIONS
  server.listen(address.port, address.host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new StartError(`Cannot listen on ${address.host}:${address.port}: ${reasonOf(error)}`, {
      cause: error,
    })
  }
  return { port: portOf(server), [Symbol.asyncDispose]: () => close(server, announceClose) }
}

async function close(server: Server, announceClose: () => void): Promise<void> {
  const closed = once(server, 'close')
  announceClose()
  // Not http's own: it also closes connections whose first request is still on its way, and ends the
  // look for slow heads. What is idle, now or later, is closed a moment later.
  NetServer.prototype.close.call(server)
  const closeIdle = setInterval(() => server.closeIdleConnections(), 100)
  const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
  await closed
  clearInterval(closeIdle)
  clearTimeout(cutOff)
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string')
    throw new TypeError('A TCP server has an address with a port')
  return address.port
}

function reasonOf(error: unknown): string {
  const { message } = coerceError(error)
  if (!(error instanceof Error) || !('code' in error)) return message
  if (error.code === 'EADDRINUSE') return 'the port is taken by another program'
  if (error.code === 'EACCES') return 'this user may not open the port'
  if (error.code === 'EADDRNOTAVAIL') return 'the address is not of this machine'
  return message
}
