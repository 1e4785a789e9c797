import type { Logger } from 'pino'
import type { RawData, WebSocket } from 'ws'

/** Close code of a client that does not keep to what sockets are for. */
export const POLICY_VIOLATION = 1008

/** Close code that tells clients to come back: the server restarts. */
export const SERVICE_RESTART = 1012

/** Close code that tells clients to come back later: something does not answer. */
export const TRY_AGAIN_LATER = 1013

/** What a connection works with. */
export type ConnectionOptions = {
  readonly socket: WebSocket
  readonly logger: Logger
  /** Answers one message; `''` for a binary one. Must not reject. */
  readonly onMessage: (text: string) => Promise<void>
  /** Called once, when nothing more can be said. */
  readonly onGone: () => void
}

// Messages of a client that wait for their turn, 4 KB each at most: a client that leaves all that it
// follows for as much that is new stays far below.
const MAX_WAITING_MESSAGES = 1024
// A reader with more than this on its way is dropped, or it would fill the memory.
const MAX_BUFFERED_BYTES = 1024 * 1024
// What happened long ago is sent only so far ahead of the reader.
const PACED_BYTES = 256 * 1024

/** One open socket. Its messages are answered one after another, in their order. */
export class SocketConnection {
  readonly #options: ConnectionOptions
  #waitingForSpace: (() => void)[] = []
  #work: Promise<void> = Promise.resolve()
  #waitingMessages = 0
  #isGone = false
  #heardAtMs = performance.now()

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { socket } = options
    const hear = (): void => {
      this.#heardAtMs = performance.now()
    }
    socket.on('message', (data, isBinary) => {
      hear()
      this.#take(isBinary ? '' : textOf(data))
    })
    socket.on('pong', hear)
    socket.on('ping', hear)
    socket.once('close', () => this.#leave())
    // What is wrong closes the socket; a stranger's broken frames are no matter for the log.
    socket.on('error', () => undefined)
  }

  /** Nothing is told any more. */
  get isGone(): boolean {
    return this.#isGone
  }

  /** Asks the other end for a sign of life, and gives up one that gave none for too long. */
  beat(idleTimeoutMs: number): void {
    const { socket } = this.#options
    if (performance.now() - this.#heardAtMs > idleTimeoutMs) socket.terminate()
    else socket.ping()
  }

  /** Closes the connection; takes and tells nothing from now on. */
  close(code: number, reason: string): void {
    this.#leave()
    this.#options.socket.close(code, reason)
  }

  /** Sends JSON; a reader that is too slow loses its connection. */
  send(message: unknown): void {
    const { socket, logger } = this.#options
    if (this.#isGone || socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      logger.info('dropped a socket whose reader is too slow')
      socket.terminate()
      return
    }
    socket.send(JSON.stringify(message), () => {
      if (socket.bufferedAmount <= PACED_BYTES) this.#tellSpace()
    })
  }

  /** Resolves once little of what was sent before is still on its way. */
  async caughtUp(): Promise<void> {
    while (!this.#isGone && this.#options.socket.bufferedAmount > PACED_BYTES)
      await new Promise<void>((resolve) => this.#waitingForSpace.push(resolve))
  }

  #leave(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#options.onGone()
    this.#tellSpace()
  }

  #take(text: string): void {
    if (this.#isGone) return
    if (this.#waitingMessages >= MAX_WAITING_MESSAGES) {
      this.close(POLICY_VIOLATION, 'too many messages at once')
      return
    }
    this.#waitingMessages += 1
    this.#work = this.#work.then(async () => {
      if (!this.#isGone) await this.#options.onMessage(text)
      this.#waitingMessages -= 1
    })
  }

  #tellSpace(): void {
    const waiting = this.#waitingForSpace
    this.#waitingForSpace = []
    for (const proceed of waiting) proceed()
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data).toString('utf8')
}
