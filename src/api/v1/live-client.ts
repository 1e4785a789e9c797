import type { WebSocket } from 'ws'
import { hasEnded } from '../../contract/document-status.ts'
import { parseDocumentId, type DocumentId } from '../../contract/identifiers.ts'
import { codeOf, coerceError, OcrError } from '../../platform/errors.ts'
import type { AppDeps } from '../app-deps.ts'
import type { DocumentEvent } from '../live/live-documents.ts'
import { POLICY_VIOLATION, SocketConnection, TRY_AGAIN_LATER } from '../sockets/connection.ts'
import type { SocketClient } from '../sockets/socket-server.ts'
import type { LinkBases } from './document-body.ts'
import { readLiveMessage } from './live-message.ts'
import { toWireEvent } from './wire-event.ts'

/** What a client works with; its gateway knows the documents that it may see. */
export type LiveClientDeps = Pick<AppDeps, 'gateway' | 'live' | 'logger'> & {
  readonly bases: LinkBases
}

/** Documents that one socket follows at most. */
export const MAX_FOLLOWED = 200

/** Documents that are looked up at once for one socket. */
const MAX_LOOK_UPS = 8

/** One socket of `/v1/live`: any number of documents, a few of which are looked up at a time. */
export class LiveClient implements SocketClient {
  readonly #deps: LiveClientDeps
  readonly #connection: SocketConnection
  readonly #followed = new Map<DocumentId, DisposableStack>()
  readonly #lookUps = new Map<DocumentId, Promise<void>>()

  constructor(socket: WebSocket, deps: LiveClientDeps) {
    this.#deps = deps
    this.#connection = new SocketConnection({
      socket,
      logger: deps.logger,
      onMessage: (text) => this.#answer(text),
      onGone: () => {
        for (const documentId of this.#followed.keys()) this.#end(documentId)
      },
    })
  }

  /** See {@link SocketConnection.beat}. Said aloud too: pages see no pings, and would trust a dead socket. */
  beat(idleTimeoutMs: number): void {
    this.#connection.beat(idleTimeoutMs)
    this.#connection.send({ event: 'pulse' })
  }

  /** See {@link SocketConnection.close}. */
  close(code: number, reason: string): void {
    this.#connection.close(code, reason)
  }

  async #answer(text: string): Promise<void> {
    const message = readLiveMessage(text)
    if (message === null) {
      this.close(POLICY_VIOLATION, 'expected {"follow": "<document id>"} or {"unfollow": …}')
      return
    }
    const documentId = parseDocumentId(message.documentId)
    if (message.kind === 'unfollow') {
      if (documentId !== null) this.#end(documentId)
      return
    }
    if (documentId === null) {
      this.#tellUnknown(message.documentId)
      return
    }
    // Meanwhile the next messages wait.
    while (this.#lookUps.has(documentId) || this.#lookUps.size >= MAX_LOOK_UPS)
      await Promise.race(this.#lookUps.values())
    const lookUp = this.#follow(documentId)
      .catch((error: unknown) => this.#giveUp(error))
      .finally(() => this.#lookUps.delete(documentId))
    this.#lookUps.set(documentId, lookUp)
  }

  async #follow(documentId: DocumentId): Promise<void> {
    const { gateway, live } = this.#deps
    this.#end(documentId)
    if (this.#followed.size >= MAX_FOLLOWED) {
      this.#tellRefused(documentId)
      return
    }
    const following = new DisposableStack()
    this.#followed.set(documentId, following)
    // The hub knows the documents of everybody.
    const isKnown = (await gateway.status(documentId)) !== null
    // Left, or followed anew, or the socket was closed meanwhile.
    if (following.disposed) return
    if (!isKnown) {
      this.#end(documentId)
      this.#tellUnknown(documentId)
      return
    }
    const earlier: DocumentEvent[] = []
    let isCaughtUp = false
    const listener = (event: DocumentEvent): void => {
      if (isCaughtUp) this.#tellEvent(documentId, event)
      // What became of the pages so far stands in the status.
      else if (event.kind === 'status') earlier[0] = event
    }
    const onGone = (): void => {
      this.#end(documentId)
      this.#tell(documentId, { event: 'removed', data: {} })
    }
    let followed: Disposable | null
    try {
      followed = await live.follow(documentId, listener, { isFromNow: true, onGone })
    } catch (error) {
      if (codeOf(error) !== 'RATE_LIMITED' || following.disposed) throw error
      this.#end(documentId)
      this.#tellRefused(documentId)
      return
    }
    if (following.disposed) {
      followed?.[Symbol.dispose]()
      return
    }
    if (followed === null) {
      this.#end(documentId)
      this.#tellUnknown(documentId)
      return
    }
    following.use(followed)
    isCaughtUp = true
    for (const event of earlier) this.#tellEvent(documentId, event)
  }

  #tellEvent(documentId: DocumentId, event: DocumentEvent): void {
    this.#tell(documentId, toWireEvent(event, this.#deps.bases))
    if (event.kind === 'status' && hasEnded(event.status.state)) this.#end(documentId)
  }

  #tell(documentId: DocumentId, told: { readonly event: string; readonly data: unknown }): void {
    this.#connection.send({ document_id: documentId, ...told })
  }

  #tellRefused(documentId: DocumentId): void {
    this.#tell(documentId, { event: 'refused', data: { code: 'RATE_LIMITED' } })
  }

  #tellUnknown(id: string): void {
    this.#connection.send({ document_id: id, event: 'unknown' })
  }

  #end(documentId: DocumentId): void {
    this.#followed.get(documentId)?.dispose()
    this.#followed.delete(documentId)
  }

  /** Whoever comes back follows everything anew, so that nothing is left out in silence. */
  #giveUp(error: unknown): void {
    const line = { code: codeOf(error), err: coerceError(error) }
    if (error instanceof OcrError) this.#deps.logger.warn(line, 'live socket failed')
    else this.#deps.logger.error(line, 'live socket failed')
    this.close(TRY_AGAIN_LATER, 'the document cannot be looked up')
  }
}
