import { randomBytes } from 'node:crypto'
import { hasEnded } from '../../contract/document-status.ts'
import type { DocumentChange, DocumentEvent } from './live-documents.ts'

const FINAL = 'end'

/** Tells whether an id is one of a final event: whoever names it has seen everything. */
export function isFinalEventId(id: string): boolean {
  return placeIn(id)?.place === Number.POSITIVE_INFINITY
}

/**
 * The events of one document in their order: all of its pages, but only the last of its statuses, so
 * that it grows with the pages and not with time.
 *
 * An id is `<epoch of the log>.<place>`, of the final event `<epoch>.end`; the epoch is random, so
 * that ids of an earlier log, or of another process, are not taken for places in this one.
 */
export class EventLog {
  readonly #epoch = randomBytes(6).toString('hex')
  readonly #entries: { readonly place: number; readonly event: DocumentEvent }[] = []
  #lastPlace = 0
  #reservedPlaces = 0

  /** Keeps the first places for what happened before anything else was added; see {@link fill}. */
  reserve(places: number): void {
    this.#reservedPlaces = places
    this.#lastPlace += places
  }

  /** Adds what the first places were kept for. */
  fill(changes: readonly DocumentChange[]): void {
    const first = changes.slice(0, this.#reservedPlaces).map((change, position) => {
      const place = position + 1
      return { place, event: { ...change, id: `${this.#epoch}.${place}` } }
    })
    this.#entries.unshift(...first)
    this.#reservedPlaces = 0
  }

  /** Adds what happened last. Nothing can follow a final status. */
  append(change: DocumentChange): DocumentEvent {
    this.#lastPlace += 1
    const isFinal = change.kind === 'status' && hasEnded(change.status.state)
    const event = { ...change, id: `${this.#epoch}.${isFinal ? FINAL : this.#lastPlace}` }
    if (change.kind === 'status') {
      const earlier = this.#entries.findLastIndex((entry) => entry.event.kind === 'status')
      if (earlier !== -1) this.#entries.splice(earlier, 1)
    }
    this.#entries.push({ place: this.#lastPlace, event })
    return event
  }

  /** The last status. */
  lastStatus(): DocumentEvent | null {
    return this.#entries.findLast(({ event }) => event.kind === 'status')?.event ?? null
  }

  /** What came after an event; everything when there is none of that id in this log. */
  since(afterId: string | null): readonly DocumentEvent[] {
    const after = afterId === null ? null : placeIn(afterId)
    const afterPlace = after?.epoch === this.#epoch ? after.place : 0
    return this.#entries.filter(({ place }) => place > afterPlace).map(({ event }) => event)
  }
}

function placeIn(id: string): { epoch: string; place: number } | null {
  const { 1: epoch, 2: place } = /^([0-9a-f]{12})\.(end|[1-9]\d{0,8})$/.exec(id) ?? []
  if (epoch === undefined || place === undefined) return null
  return { epoch, place: place === FINAL ? Number.POSITIVE_INFINITY : Number(place) }
}
