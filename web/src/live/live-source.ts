import type { DocumentView, RunningPage } from '../model.ts'

/** Something that happened to a document. */
export type LiveEvent =
  | { readonly kind: 'document'; readonly document: DocumentView }
  /** A page is tried again. */
  | { readonly kind: 'retry'; readonly id: string; readonly running: RunningPage }
  | { readonly kind: 'removed'; readonly id: string }

/** A way to learn of changes: WebSocket, server-sent events or polling. */
export type LiveTransport = {
  readonly name: 'websocket' | 'sse' | 'polling'
  /**
   * Opens it. Never throws: what goes wrong is told through `onDown`. Tells nothing before it has
   * returned.
   */
  open(listener: LiveListener): LiveConnection
}

/** Whoever listens to a transport. */
export type LiveListener = {
  readonly onUp: () => void
  readonly onEvent: (event: LiveEvent) => void
  /** It is gone for good; the next try or the next transport is the caller's business. */
  readonly onDown: () => void
}

/** An open transport. */
export type LiveConnection = {
  /**
   * Sets which documents are followed: all of them, whatever was followed before. Who cannot follow
   * all of them follows the first ones.
   */
  follow(ids: ReadonlySet<string>): void
  close(): void
}

/** The transports of an API, best first. */
export type LiveSource = { readonly transports: readonly LiveTransport[] }
