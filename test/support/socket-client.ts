import assert from 'node:assert/strict'
import { once } from 'node:events'
import { WebSocket, type ClientOptions } from 'ws'
import { until } from './until.ts'

/** A message of the server, its fields untyped. */
export type SocketMessage = { readonly type: string; readonly [field: string]: unknown }

/** A real WebSocket client, with everything that it was told. */
export type TestSocket = Disposable & {
  readonly socket: WebSocket
  readonly messages: readonly SocketMessage[]
  /** How it was closed; `null` while it is open. */
  readonly closed: { readonly code: number; readonly reason: string } | null
  /** Sends JSON; a text goes as it is. */
  send(message: unknown): void
  /** Waits for the first message of a type. */
  told(type: string): Promise<SocketMessage>
  /** Sends a message and waits for whatever is told next, without its time. */
  ask(message: unknown): Promise<Omit<SocketMessage, 'timestamp'>>
  untilClosed(): Promise<number>
}

/** Opens a socket and waits until it is established; fails with the status when it is refused. */
export async function openSocket(url: string, options: ClientOptions = {}): Promise<TestSocket> {
  const socket = new WebSocket(url, options)
  const messages: SocketMessage[] = []
  let closed: TestSocket['closed'] = null
  socket.on('message', (data) => {
    // One buffer, as long as nobody sets `binaryType`. Whatever it says, the test looks at its fields.
    messages.push(JSON.parse((data as Buffer).toString()) as SocketMessage)
  })
  socket.on('close', (code, reason) => {
    closed = { code, reason: String(reason) }
  })
  await once(socket, 'open')
  socket.on('error', () => undefined)
  await until(() => messages.length > 0, 'the connection is established')
  const client: TestSocket = {
    socket,
    messages,
    get closed() {
      return closed
    },
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async told(type) {
      const find = () => messages.find((message) => message.type === type)
      await until(() => find() !== undefined, `${type} is told`)
      const message = find()
      assert.ok(message)
      return message
    },
    async ask(message) {
      const before = messages.length
      client.send(message)
      await until(() => messages.length > before, 'the message is answered')
      return withoutTime(messages[before])
    },
    async untilClosed() {
      await until(() => closed !== null, 'the socket is closed')
      return client.closed?.code ?? 0
    },
    [Symbol.dispose]: () => socket.terminate(),
  }
  return client
}

/** The status that an upgrade is refused with. */
export async function refusedStatus(url: string, options: ClientOptions = {}): Promise<number> {
  const socket = new WebSocket(url, options)
  socket.on('error', () => undefined)
  const [, response] = (await Promise.race([
    once(socket, 'unexpected-response'),
    once(socket, 'open').then(() => [null, { statusCode: 101, destroy: () => undefined }]),
  ])) as [unknown, { statusCode: number; destroy(): void }]
  response.destroy()
  socket.terminate()
  return response.statusCode
}

/** A message without its time, which must be ISO 8601 in UTC. */
export function withoutTime(message: SocketMessage | undefined): Omit<SocketMessage, 'timestamp'> {
  assert.ok(message)
  const { timestamp, ...rest } = message
  assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  return rest
}
