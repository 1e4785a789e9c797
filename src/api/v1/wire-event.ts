import type { DocumentEvent } from '../live/live-documents.ts'
import { toDocumentBody, type LinkBases } from './document-body.ts'

/** An event as clients of `/v1` are told of it, whatever the transport. */
export type WireEvent = { readonly event: string; readonly data: unknown }

/** Translates an event. */
export function toWireEvent(event: DocumentEvent, bases: LinkBases): WireEvent {
  switch (event.kind) {
    case 'page': {
      const { page, outcome, code, characters, seconds } = event
      return { event: 'page', data: { page, outcome, code, characters, seconds } }
    }
    case 'retry': {
      const { page, attempt, code } = event
      return { event: 'retry', data: { page, attempt, code } }
    }
    case 'status':
      return { event: 'document', data: toDocumentBody(event.status, bases) }
  }
}
