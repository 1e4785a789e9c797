import type { Logger } from 'pino'
import { hasEnded, type DocumentStatus } from '../../contract/document-status.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { codeOf, coerceError, OcrError } from '../../platform/errors.ts'
import { pause } from '../../platform/pause.ts'
import type { DocumentGateway } from '../gateway/document-gateway.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import { changesOf, toPageEnded, type EndedPage, type Known } from './document-changes.ts'
import { EventLog } from './event-log.ts'
import type { DocumentChange, DocumentEvent, FollowOptions, PageEnded } from './live-documents.ts'

/** Reads of page records of one document under way at once. */
const PAGE_READS = 10

/** What a watch works with. */
export type WatchOptions = {
  readonly documentId: DocumentId
  readonly gateway: Pick<DocumentGateway, 'status' | 'pageRecord'>
  readonly logger: Logger
  /** How long to wait until the next look. */
  readonly pauseMs: () => number
  /** Called when the last follower has gone. */
  readonly onAlone: (watch: DocumentWatch) => void
}

type Follower = {
  readonly listener: (event: DocumentEvent) => void
  readonly onGone: () => void
  readonly isFromNow: boolean
  /** Has been told everything so far. */
  isUpToDate: boolean
}

/**
 * Looks at one document again and again, for as long as somebody follows it and it has not ended.
 *
 * It is asleep before the first follower and after the last: nothing is looked at, the log stays.
 * The next follower wakes it, and a look tells what has happened meanwhile. One that has ended, or is
 * gone, looks no more.
 */
export class DocumentWatch {
  readonly documentId: DocumentId
  readonly #options: WatchOptions
  readonly #log = new EventLog()
  readonly #followers = new Set<Follower>()
  #known: Known | null = null
  /** Pages that ended before the first look, while nobody wants to be told of them. */
  #untold: readonly EndedPage[] = []
  #isGone = false
  /** The look under way: there is one at a time. */
  #look: Promise<void> | null = null
  /** The reading of the untold pages, for all who wait for it. */
  #reading: Promise<void> | null = null
  #awakening: Promise<void> | null = null
  #asleep = new AbortController()

  constructor(options: WatchOptions) {
    this.#options = options
    this.documentId = options.documentId
  }

  /** Whether its log is of use to somebody who comes back. */
  get isWorthKeeping(): boolean {
    return this.#known !== null && !this.#isGone
  }

  /** See `LiveDocuments.follow`. */
  async follow(
    listener: Follower['listener'],
    { afterId = null, isFromNow = false, onGone = () => undefined }: FollowOptions,
  ): Promise<Disposable | null> {
    const follower: Follower = { listener, onGone, isFromNow, isUpToDate: false }
    this.#followers.add(follower)
    const leave = (): void => {
      const hasLeft = this.#followers.delete(follower)
      if (!hasLeft || this.#followers.size > 0) return
      this.sleep()
      this.#options.onAlone(this)
    }
    try {
      await (this.#awakening ??= this.#wakeUp())
      if (!isFromNow) await (this.#reading ??= this.#readUntold())
    } catch (error) {
      leave()
      throw error
    }
    if (this.#isGone) {
      leave()
      return null
    }
    // Without a pause from here, so that nothing is told twice or left out.
    const lastStatus = this.#log.lastStatus()
    const past = isFromNow ? (lastStatus ? [lastStatus] : []) : this.#log.since(afterId)
    for (const event of past) this.#tell(follower, event)
    follower.isUpToDate = true
    return { [Symbol.dispose]: leave }
  }

  /** Stops looking. */
  sleep(): void {
    this.#asleep.abort()
    this.#awakening = null
  }

  async #wakeUp(): Promise<void> {
    this.#asleep = new AbortController()
    const { signal } = this.#asleep
    try {
      await this.#lookOnce()
    } catch (error) {
      this.#awakening = null
      throw error
    }
    void this.#watch(signal)
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { pauseMs } = this.#options
    let isFailing = false
    while (!this.#isOver() && (await pause(pauseMs(), signal))) {
      try {
        await this.#lookOnce()
        isFailing = false
      } catch (error) {
        // An outage is no event: whoever follows is told when it is over.
        if (!isFailing && !signal.aborted) this.#warn(error)
        isFailing = true
      }
    }
    // The next follower has to look whether the document still exists.
    if (!signal.aborted) this.#awakening = null
  }

  #isOver(): boolean {
    return this.#isGone || (this.#known !== null && hasEnded(this.#known.status.state))
  }

  async #lookOnce(): Promise<void> {
    this.#look ??= this.#lookNow().finally(() => {
      this.#look = null
    })
    await this.#look
  }

  async #lookNow(): Promise<void> {
    const { gateway, documentId } = this.#options
    const status = await gateway.status(documentId, { exact: true })
    if (status === null) this.#tellGone()
    if (status === null || this.#isOver()) return
    const { known, endedPages, retries, isStatusChanged } = changesOf(this.#known, status)
    const isPastWanted = [...this.#followers].some(({ isFromNow }) => !isFromNow)
    const isUntold = this.#known === null && !isPastWanted
    const ended = isUntold ? [] : await this.#read(endedPages, known.status)
    if (isUntold) {
      this.#untold = endedPages
      this.#log.reserve(endedPages.length)
    }
    // Nothing is known before everything was read, so a failure on the way loses no event.
    this.#known = known
    for (const change of [...ended, ...retries]) this.#publish(change)
    if (isStatusChanged) this.#publish({ kind: 'status', status: known.status })
  }

  /** Reads what only the first who wants to be told of it needs. */
  async #readUntold(): Promise<void> {
    const pages = this.#untold
    try {
      if (pages.length === 0 || this.#known === null) return
      this.#log.fill(await this.#read(pages, this.#known.status))
      this.#untold = []
    } finally {
      this.#reading = null
    }
  }

  #read(pages: readonly EndedPage[], status: DocumentStatus): Promise<PageEnded[]> {
    return mapConcurrently(pages, PAGE_READS, async (page) =>
      toPageEnded(page, await this.#recordOf(page), status),
    )
  }

  #recordOf({ page, outcome }: EndedPage) {
    const { gateway, documentId } = this.#options
    return outcome === 'failed' ? null : gateway.pageRecord(documentId, page)
  }

  #publish(change: DocumentChange): void {
    const event = this.#log.append(change)
    for (const follower of this.#followers) if (follower.isUpToDate) this.#tell(follower, event)
  }

  #tellGone(): void {
    this.#isGone = true
    for (const follower of this.#followers) if (follower.isUpToDate) this.#guard(follower.onGone)
  }

  #tell(follower: Follower, event: DocumentEvent): void {
    this.#guard(() => follower.listener(event))
  }

  #guard(listen: () => void): void {
    try {
      listen()
    } catch (error) {
      // A bug of that listener, and no matter of the others.
      const { logger, documentId } = this.#options
      logger.error({ documentId, err: coerceError(error) }, 'listener of live events failed')
    }
  }

  #warn(error: unknown): void {
    const { logger, documentId } = this.#options
    const line = { documentId, code: codeOf(error), err: coerceError(error) }
    if (error instanceof OcrError) logger.warn(line, 'watching a document fails')
    else logger.error(line, 'watching a document fails')
  }
}
