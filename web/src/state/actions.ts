import type { Signal } from '@preact/signals'
import { hasEnded } from '../../../src/contract/document-status.ts'
import type { DocumentsApi } from '../api/documents-api.ts'
import { asApiError } from '../api/http.ts'
import type { ApiError, DocumentView, Submission, Upload } from '../model.ts'
import type { DocumentTable } from './document-table.ts'
import { createUploads, type Uploads } from './uploads.ts'

/** What actions work with. */
export type ActionsOptions = {
  readonly api: DocumentsApi
  readonly table: DocumentTable
  readonly uploads: Signal<readonly Upload[]>
  readonly problem: Signal<ApiError | null>
  /** Loads a document; never rejects. */
  readonly look: (id: string) => Promise<void>
}

/** What a person can do with documents. */
export type Actions = {
  readonly uploads: Uploads
  readonly cancel: (id: string) => Promise<void>
  readonly remove: (id: string) => Promise<void>
  readonly runAgain: (id: string) => Promise<string | null>
}

/** The actions of a page; their code is loaded with the first one. */
export function createActions({ api, table, uploads, problem, look }: ActionsOptions): Actions {
  const attempt = async <Value>(work: Promise<Value>): Promise<Value | null> => {
    try {
      return await work
    } catch (error) {
      problem.value = asApiError(error)
      return null
    }
  }
  const accept = (id: string, submission: Submission): void => {
    table.put([toQueued(id, submission)])
    table.list([id])
    void look(id)
  }
  return {
    uploads: createUploads(api, uploads, accept),
    async cancel(id) {
      const before = table.documents.value.get(id)
      if (before !== undefined) table.put([{ ...before, state: 'cancelling' }])
      try {
        await api.cancel(id)
      } catch (error) {
        const document = await api.get(id).catch(() => before)
        if (document) table.replace(document)
        // Otherwise it has ended by itself.
        if (!document || !hasEnded(document.state)) problem.value = asApiError(error)
      }
    },
    async remove(id) {
      const removed = await attempt(api.remove(id).then(() => id))
      if (removed !== null) table.remove(removed)
    },
    async runAgain(id) {
      const created = await attempt(api.runAgain(id))
      if (created !== null) {
        table.list([created])
        await look(created)
      }
      return created
    },
  }
}

/** What can be shown of a document before the service has told anything of it. */
function toQueued(id: string, { source, engine }: Submission): DocumentView {
  return {
    id,
    state: 'queued',
    engine: engine ?? '',
    fileName: 'file' in source ? source.file.name : source.url,
    mediaType: null,
    sizeBytes: 'file' in source ? source.file.size : null,
    createdAtMs: Date.now(),
    startedAtMs: null,
    endedAtMs: null,
    pages: { total: 0, done: 0, ok: 0, empty: 0, degraded: 0, failed: 0 },
    marks: null,
    selection: null,
    running: [],
    failedPages: [],
    failure: null,
    queuedReason: null,
    runUrl: null,
    hasResults: false,
  }
}
