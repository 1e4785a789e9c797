import type { RawData, WebSocket } from 'ws'
import type { DocumentId } from '../../../contract/identifiers.ts'
import { codeOf, coerceError, OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import type { DocumentStatus } from '../../../contract/document-status.ts'
import type { ContentPreviews } from './content-preview.ts'
import { parseTaskId } from './find-task.ts'
import { isTaskOf, type Caller } from './session.ts'
import { errorMessage, parseClientMessage, type ServerMessage } from './socket-messages.ts'
import { TaskEvents } from './task-events.ts'
import { readTaskRow } from './task-row.ts'
import { TaskSubscription } from './task-subscription.ts'

/** Close code of a client that does not keep to what sockets are for. */
export const POLICY_VIOLATION = 1008

/** What clients work with. */
export type SocketDeps = Pick<AppDeps, 'config' | 'gateway' | 'live' | 'logger' | 'store'> & {
  readonly previews: ContentPreviews
}

/** Who is at the other end. */
export type SocketPeer = {
  readonly socket: WebSocket
  readonly clientId: string
  readonly caller: Caller
}

const MAX_SUBSCRIPTIONS = 100
// Messages of a client that wait for their turn; a burst of subscriptions stays below.
const MAX_WAITING_MESSAGES = 256
// A reader with more than this on its way is dropped, or it would fill the memory.
const MAX_BUFFERED_BYTES = 1024 * 1024
// What happened long ago is sent only so far ahead of the reader.
const PACED_BYTES = 256 * 1024

/** One connected client. Its messages are answered one after another, in their order. */
export class SocketClient {
  readonly #peer: SocketPeer
  readonly #deps: SocketDeps
  readonly #subscriptions = new Map<DocumentId, TaskSubscription>()
  #waitingForSpace: (() => void)[] = []
  #work: Promise<void> = Promise.resolve()
  #waitingMessages = 0
  #isGone = false
  #heardAtMs = performance.now()

  constructor(peer: SocketPeer, deps: SocketDeps) {
    this.#peer = peer
    this.#deps = deps
    const { socket } = peer
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
    this.#send({ type: 'connection_established', client_id: peer.clientId })
  }

  /** Tasks that it follows. */
  get subscribedTasks(): Iterable<DocumentId> {
    return this.#subscriptions.keys()
  }

  /** Asks the other end for a sign of life, and gives up one that gave none for too long. */
  beat(idleTimeoutMs: number): void {
    if (performance.now() - this.#heardAtMs > idleTimeoutMs) this.#peer.socket.terminate()
    else this.#peer.socket.ping()
  }

  /** Closes the connection; follows nothing from now on. */
  close(code: number, reason: string): void {
    this.#leave()
    this.#peer.socket.close(code, reason)
  }

  #leave(): void {
    this.#isGone = true
    for (const subscription of this.#subscriptions.values()) subscription[Symbol.dispose]()
    this.#subscriptions.clear()
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
      if (!this.#isGone) await this.#answer(text)
      this.#waitingMessages -= 1
    })
  }

  async #answer(text: string): Promise<void> {
    try {
      const message = parseClientMessage(text)
      switch (message.type) {
        case 'ping':
          this.#send({ type: 'pong' })
          break
        case 'refused':
          this.#send(errorMessage(message.message))
          break
        case 'subscribe':
          await this.#subscribe(message.taskId)
          break
        case 'unsubscribe':
          this.#unsubscribe(message.taskId)
          break
        case 'status':
          await this.#tellStatus(message.taskId)
          break
      }
    } catch (error) {
      this.#logFailure(error)
      const isExpected = error instanceof OcrError
      this.#send(errorMessage(isExpected ? '服务暂时不可用' : '服务器内部错误'))
    }
  }

  async #subscribe(taskId: string): Promise<void> {
    const status = await this.#find(taskId)
    if (status === null || this.#isGone) return
    const { documentId } = status
    this.#end(documentId)
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      this.#send(errorMessage(`最多同时订阅${MAX_SUBSCRIPTIONS}个任务`))
      return
    }
    const subscription = this.#subscriptionTo(status)
    this.#subscriptions.set(documentId, subscription)
    try {
      if (await subscription.follow()) {
        this.#send({ type: 'task_subscribed', task_id: documentId })
        subscription.tell()
        return
      }
    } catch (error) {
      this.#end(documentId)
      throw error
    }
    this.#end(documentId)
    this.#send(errorMessage('任务不存在'))
  }

  #subscriptionTo(status: DocumentStatus): TaskSubscription {
    const { config, live, previews } = this.#deps
    const { documentId } = status
    const subscription = new TaskSubscription({
      documentId,
      live,
      events: new TaskEvents({ status, config: config.api.qianxia }),
      reader: { send: (message) => this.#send(message), caughtUp: () => this.#caughtUp() },
      readPreview: (seen) =>
        previews.read(seen).catch((error: unknown) => {
          this.#logFailure(error)
          return ''
        }),
      onEnd: () => {
        if (this.#subscriptions.get(documentId) === subscription) this.#end(documentId)
      },
      onBug: (thrown) => this.#logFailure(thrown),
    })
    return subscription
  }

  #unsubscribe(taskId: string): void {
    const documentId = parseTaskId(taskId)
    if (documentId !== null) this.#end(documentId)
    this.#send({ type: 'task_unsubscribed', task_id: documentId ?? taskId })
  }

  async #tellStatus(taskId: string): Promise<void> {
    const status = await this.#find(taskId)
    if (status === null) return
    const task_info = await readTaskRow(this.#deps, status)
    this.#send({ type: 'task_status_response', task_id: status.documentId, task_info })
  }

  /** The task of an id, if it is the client's; otherwise the client is told that there is none. */
  async #find(taskId: string): Promise<DocumentStatus | null> {
    const documentId = parseTaskId(taskId)
    const status = documentId === null ? null : await this.#deps.gateway.status(documentId)
    if (status !== null && isTaskOf(this.#peer.caller, status)) return status
    this.#send(errorMessage('任务不存在'))
    return null
  }

  #end(documentId: DocumentId): void {
    this.#subscriptions.get(documentId)?.[Symbol.dispose]()
    this.#subscriptions.delete(documentId)
  }

  #send(message: ServerMessage): void {
    const { socket } = this.#peer
    if (this.#isGone || socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#deps.logger.info('dropped a socket whose reader is too slow')
      socket.terminate()
      return
    }
    socket.send(JSON.stringify({ ...message, timestamp: new Date().toISOString() }), () => {
      if (socket.bufferedAmount <= PACED_BYTES) this.#tellSpace()
    })
  }

  async #caughtUp(): Promise<void> {
    while (!this.#isGone && this.#peer.socket.bufferedAmount > PACED_BYTES)
      await new Promise<void>((resolve) => this.#waitingForSpace.push(resolve))
  }

  #tellSpace(): void {
    const waiting = this.#waitingForSpace
    this.#waitingForSpace = []
    for (const proceed of waiting) proceed()
  }

  #logFailure(thrown: unknown): void {
    const line = { code: codeOf(thrown), err: coerceError(thrown) }
    if (thrown instanceof OcrError) this.#deps.logger.warn(line, 'socket message failed')
    else this.#deps.logger.error(line, 'socket message failed')
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data).toString('utf8')
}
