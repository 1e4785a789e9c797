import { cancellationSignal, heartbeat } from '@temporalio/activity'
import type { DocumentId } from '../../../src/contract/identifiers.ts'

/** Where a document can be held while its cancel is sent. */
export type HoldPoint =
  | 'inspect'
  | 'draw'
  | 'page 1'
  | 'page 2'
  | 'page 3'
  | 'before results'
  | 'after manifest'
  | 'ending'

type Hold = {
  readonly point: HoldPoint
  readonly reached: PromiseWithResolvers<void>
  readonly released: PromiseWithResolvers<void>
  isPassed: boolean
}

/** Holds each armed document once, at its point. */
export class RaceGates {
  readonly #holds = new Map<DocumentId, Hold>()

  /** Arms a document before it starts. */
  arm(documentId: DocumentId, point: HoldPoint): void {
    this.#holds.set(documentId, {
      point,
      reached: Promise.withResolvers(),
      released: Promise.withResolvers(),
      isPassed: false,
    })
  }

  /** Resolves when the document is held. */
  async reached(documentId: DocumentId): Promise<void> {
    await this.#holds.get(documentId)?.reached.promise
  }

  /** Lets every document go on: of a race that failed nobody else would. */
  releaseAll(): void {
    for (const { released } of this.#holds.values()) released.resolve()
  }

  /** Lets the document go on. */
  release(documentId: DocumentId): void {
    this.#holds.get(documentId)?.released.resolve()
  }

  /**
   * Holds an activity that is at `point`, with heartbeats. A hold in an activity ends with its cancel,
   * like work; one in the store (`isWork` false) does not, like a write that the server has taken.
   */
  async pass(documentId: DocumentId, point: HoldPoint, isWork = true): Promise<void> {
    const hold = this.#holds.get(documentId)
    if (hold?.point !== point || hold.isPassed) return
    // The ending of a cancelled run writes the same objects, and is not held.
    hold.isPassed = true
    hold.reached.resolve()
    const beats = setInterval(() => heartbeat(), 50)
    try {
      await Promise.race([hold.released.promise, ...(isWork ? [cancelled()] : [])])
    } finally {
      clearInterval(beats)
    }
  }
}

function cancelled(): Promise<never> {
  const signal = cancellationSignal()
  return new Promise((_resolve, reject) => {
    // Temporal's reason is an Error; thrown as it is, the attempt counts as cancelled.
    if (signal.aborted) reject(signal.reason as Error)
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
