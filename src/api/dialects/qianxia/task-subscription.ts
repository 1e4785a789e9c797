import { hasEnded, type DocumentStatus } from '../../../contract/document-status.ts'
import type { DocumentId } from '../../../contract/identifiers.ts'
import type { DocumentEvent, LiveDocuments } from '../../live/live-documents.ts'
import type { ServerMessage } from './socket-messages.ts'
import type { TaskEvents } from './task-events.ts'

/** What a subscription works with. */
export type SubscriptionOptions = {
  readonly documentId: DocumentId
  readonly live: Pick<LiveDocuments, 'follow'>
  readonly events: TaskEvents
  readonly reader: SubscriptionReader
  /** The preview of a completed task; must not throw. */
  readonly readPreview: (status: DocumentStatus) => Promise<string>
  /** Called when the end of the task was told. */
  readonly onEnd: () => void
  /** Called with what should not have been thrown. */
  readonly onBug: (thrown: unknown) => void
}

/** Whom a subscription tells. */
export type SubscriptionReader = {
  readonly send: (message: ServerMessage) => void
  /** Resolves once little of what was sent before is still on its way. */
  readonly caughtUp: () => Promise<void>
}

/**
 * One task that one socket follows. What happened before is told at the reader's pace, and what
 * happens meanwhile waits for that; from then on everything is told at once.
 */
export class TaskSubscription implements Disposable {
  readonly #options: SubscriptionOptions
  #following: Disposable | null = null
  #isTelling = false
  #untold: DocumentEvent[] = []
  #isOver = false

  constructor(options: SubscriptionOptions) {
    this.#options = options
  }

  /**
   * Begins to follow; `false` for an unknown task. Nothing is told before {@link tell}.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`, `STORAGE_UNAVAILABLE`
   */
  async follow(): Promise<boolean> {
    const { live, documentId } = this.#options
    const following = await live.follow(documentId, (event) => this.#take(event))
    this.#following = following
    if (this.#isOver) following?.[Symbol.dispose]()
    return following !== null
  }

  /** Begins to tell: first what has happened so far. */
  tell(): void {
    this.#tellBacklog().catch(this.#options.onBug)
  }

  /** Ends it: nothing more is told. */
  [Symbol.dispose](): void {
    this.#isOver = true
    this.#untold = []
    this.#following?.[Symbol.dispose]()
  }

  async #tellBacklog(): Promise<void> {
    // What comes while this waits is added at the end of the list that is walked.
    for (const event of this.#untold) {
      await this.#tellEvent(event, true)
      if (this.#isOver) return
    }
    this.#untold = []
    this.#isTelling = true
  }

  #take(event: DocumentEvent): void {
    if (this.#isOver) return
    if (this.#isTelling) this.#tellEvent(event, false).catch(this.#options.onBug)
    else this.#untold.push(event)
  }

  /** Runs without a pause, unless it is paced or the event is the last of the task. */
  async #tellEvent(event: DocumentEvent, isPaced: boolean): Promise<void> {
    const { events, reader, readPreview, onEnd } = this.#options
    for (const message of events.translate(event)) {
      if (isPaced) await reader.caughtUp()
      const isCompleted = message.type === 'task_completed' && event.kind === 'status'
      const told = isCompleted
        ? { ...message, content_preview: await readPreview(event.status) }
        : message
      if (this.#isOver) return
      reader.send(told)
    }
    if (event.kind === 'status' && hasEnded(event.status.state)) onEnd()
  }
}
