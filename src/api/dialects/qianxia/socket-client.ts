import type { WebSocket } from 'ws'
import type { DocumentId } from '../../../contract/identifiers.ts'
import { codeOf, coerceError, OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import type { DocumentStatus } from '../../../contract/document-status.ts'
import { SocketConnection } from '../../sockets/connection.ts'
import type { SocketClient } from '../../sockets/socket-server.ts'
import type { ContentPreviews } from './content-preview.ts'
import { parseTaskId } from './find-task.ts'
import { isTaskOf, type Caller } from './session.ts'
import { errorMessage, parseClientMessage, type ServerMessage } from './socket-messages.ts'
import { TaskEvents } from './task-events.ts'
import { readTaskRow } from './task-row.ts'
import { TaskSubscription } from './task-subscription.ts'

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

/** One connected client. */
export class TaskClient implements SocketClient {
  readonly #peer: SocketPeer
  readonly #deps: SocketDeps
  readonly #connection: SocketConnection
  readonly #subscriptions = new Map<DocumentId, TaskSubscription>()

  constructor(peer: SocketPeer, deps: SocketDeps) {
    this.#peer = peer
    this.#deps = deps
    this.#connection = new SocketConnection({
      socket: peer.socket,
      logger: deps.logger,
      onMessage: (text) => this.#answer(text),
      onGone: () => {
        for (const subscription of this.#subscriptions.values()) subscription[Symbol.dispose]()
        this.#subscriptions.clear()
      },
    })
    this.#send({ type: 'connection_established', client_id: peer.clientId })
  }

  /** Tasks that it follows. */
  get subscribedTasks(): Iterable<DocumentId> {
    return this.#subscriptions.keys()
  }

  /** See {@link SocketConnection.beat}. */
  beat(idleTimeoutMs: number): void {
    this.#connection.beat(idleTimeoutMs)
  }

  /** Closes the connection; follows nothing from now on. */
  close(code: number, reason: string): void {
    this.#connection.close(code, reason)
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
    if (status === null || this.#connection.isGone) return
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
      reader: {
        send: (message) => this.#send(message),
        caughtUp: () => this.#connection.caughtUp(),
      },
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
    this.#connection.send({ ...message, timestamp: new Date().toISOString() })
  }

  #logFailure(thrown: unknown): void {
    const line = { code: codeOf(thrown), err: coerceError(thrown) }
    if (thrown instanceof OcrError) this.#deps.logger.warn(line, 'socket message failed')
    else this.#deps.logger.error(line, 'socket message failed')
  }
}
