import { once } from 'node:events'
import { isIP, connect as connectTcp, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { isAmong } from './address-rules.ts'
import { failureOfNetwork, fetchFailed } from './fetch-failure.ts'

/** Where a TCP connection may lead. */
export type TcpTarget = {
  /** All of them checked; at least one. */
  readonly addresses: readonly string[]
  readonly port: number
  /** Ends the attempt to connect. */
  readonly signal: AbortSignal
}

/** Opens a TCP connection to one of the addresses; fails as Node's `connect` does. */
export type OpenSocket = (target: TcpTarget) => Promise<Socket>

/** A connection with TLS on top, if that is what the URL says. */
export type ConnectionTarget = TcpTarget & {
  /** As in the URL: the name that the certificate must have. */
  readonly host: string
  readonly isSecure: boolean
}

/**
 * Opens a TCP connection to one of the addresses, as soon as one of them answers: a host with a dead
 * IPv6 address does not have to wait for it.
 */
export const openSocket: OpenSocket = async ({ addresses, port, signal }) => {
  const socket = connectTcp({
    // Never an address: Node does not call `lookup` for one, and must not resolve anything itself.
    host: 'checked-addresses.invalid',
    port,
    lookup: listOf(addresses),
    autoSelectFamily: true,
  })
  // Errors after `once` has ended its watch belong to whoever reads the socket.
  socket.on('error', () => undefined)
  try {
    await once(socket, 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/**
 * Connects to one of the checked addresses and looks again where the connection leads before the
 * first byte is sent over it. A proxy of the environment is not used: it would resolve the name anew.
 *
 * @throws {OcrError} `FETCH_FAILED`. The signal's reason when it fires
 */
export async function guardedConnection(
  target: ConnectionTarget,
  open: OpenSocket = openSocket,
): Promise<Socket> {
  const { addresses, signal } = target
  signal.throwIfAborted()
  let socket: Socket | null = null
  try {
    socket = await open(target)
    if (!isAmong(socket.remoteAddress ?? '', addresses)) {
      throw fetchFailed('the connection leads to another address')
    }
    return target.isSecure ? await secured(socket, target) : socket
  } catch (error) {
    socket?.destroy()
    signal.throwIfAborted()
    throw failureOfNetwork(error)
  }
}

async function secured(socket: Socket, { host, signal }: ConnectionTarget): Promise<Socket> {
  const secure = connectTls({
    socket,
    host,
    // A server name must be no address, and has no final dot.
    servername: isIP(host) === 0 ? host.replace(/\.$/, '') : '',
    ALPNProtocols: ['http/1.1'],
    // Also when NODE_TLS_REJECT_UNAUTHORIZED says otherwise for the engines of a test stand.
    rejectUnauthorized: true,
  })
  secure.on('error', () => undefined)
  await once(secure, 'secureConnect', { signal })
  return secure
}

function listOf(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }))
  // Node asks for all of them when it selects the family itself.
  return (_host, _options, answer) => answer(null, answers)
}
