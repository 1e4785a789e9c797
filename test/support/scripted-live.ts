import type {
  DocumentEvent,
  LiveDocuments,
  PageEnded,
  PageRetried,
} from '../../src/api/live/live-documents.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import type { DocumentId } from '../../src/contract/identifiers.ts'

/** A hub whose events a test makes up. */
export type ScriptedLive = LiveDocuments & {
  /** Tells everybody who follows the document, and whoever comes later. */
  publish(documentId: DocumentId, ...changes: readonly ScriptedChange[]): void
  /** Tells everybody who follows the document that it was deleted. */
  remove(documentId: DocumentId): void
  /** How many follow a document. */
  followers(documentId: DocumentId): number
  /** Thrown by `follow` while it is set. */
  failure: Error | null
}

/** An event without its id; a status alone is one of its kind. */
export type ScriptedChange = PageEnded | PageRetried | DocumentStatus

/** Makes a hub that has the log of the real one: every page event, and the last status. */
export function createScriptedLive(): ScriptedLive {
  const listeners = new Map<DocumentId, Set<(event: DocumentEvent) => void>>()
  const gone = new Map<(event: DocumentEvent) => void, () => void>()
  const logs = new Map<DocumentId, DocumentEvent[]>()
  let lastId = 0
  const live: ScriptedLive = {
    failure: null,
    async follow(documentId, listener, { onGone = () => undefined } = {}) {
      if (live.failure !== null) throw live.failure
      await new Promise(setImmediate)
      for (const event of logs.get(documentId) ?? []) listener(event)
      const followers = listeners.get(documentId) ?? new Set()
      listeners.set(documentId, followers.add(listener))
      gone.set(listener, onGone)
      return { [Symbol.dispose]: () => void followers.delete(listener) }
    },
    publish(documentId, ...changes) {
      for (const change of changes) {
        lastId += 1
        const id = String(lastId)
        const event: DocumentEvent =
          'kind' in change ? { ...change, id } : { kind: 'status', status: change, id }
        const log = (logs.get(documentId) ?? []).filter(
          ({ kind }) => event.kind !== 'status' || kind !== 'status',
        )
        logs.set(documentId, [...log, event])
        for (const listener of listeners.get(documentId) ?? []) listener(event)
      }
    },
    remove(documentId) {
      for (const listener of listeners.get(documentId) ?? []) gone.get(listener)?.()
    },
    followers: (documentId) => listeners.get(documentId)?.size ?? 0,
    async [Symbol.asyncDispose]() {
      listeners.clear()
    },
  }
  return live
}

/** A page that has ended: well, with twenty characters, thirty of Markdown, after half a second, unless told otherwise. */
export function pageEnded(page: number, changes: Partial<PageEnded> = {}): PageEnded {
  return {
    kind: 'page',
    page,
    outcome: 'ok',
    code: null,
    characters: 20,
    markdownCharacters: 30,
    seconds: 0.5,
    ...changes,
  }
}
