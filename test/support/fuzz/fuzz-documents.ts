import {
  hasEnded,
  type DocumentState,
  type DocumentStatus,
} from '../../../src/contract/document-status.ts'
import { DIALECTS, type Dialect } from '../../../src/contract/document.ts'
import type { DocumentId } from '../../../src/contract/identifiers.ts'
import { parseSavedResultName } from '../../../src/api/dialects/deepseek/saved-results.ts'
import { resultKey } from '../../../src/storage/object-keys.ts'
import {
  completedStatus,
  sampleDocumentId,
  sampleManifest,
  sampleStatus,
} from '../document-status.ts'
import { samplePage } from '../qianxia-api.ts'
import { succeededStatus } from '../scnet-api.ts'
import type { TestApi } from '../test-api.ts'

const STATES = ['completed', 'queued', 'processing', 'cancelling', 'failed', 'cancelled'] as const

/** One of each state for each dialect. */
export const DOCUMENT_COUNT = DIALECTS.length * STATES.length

/** Name of a text that DeepSeek's routes have saved. */
export const SAVED_RESULT = 'ocr_result_20250127_143022_0123456789abcdef.txt'

/** Ids of a dialect's documents, of one that has ended well first. */
export function documentIdsOf(dialect: Dialect): readonly DocumentId[] {
  return STATES.map((_, row) => sampleDocumentId(row * DIALECTS.length + DIALECTS.indexOf(dialect)))
}

/**
 * Makes the gateway know a document of each state and dialect, and forget every change to one at once.
 * The one that every submit gives has ended, so that nothing waits.
 */
export async function layDocuments(api: TestApi, owner: string | null): Promise<void> {
  const { gateway, store } = api
  for (const dialect of DIALECTS)
    for (const [row, documentId] of documentIdsOf(dialect).entries()) {
      // A user sees what is his, everybody else what is nobody's.
      const document = { ...documentOf(STATES[row] ?? 'queued', documentId, dialect), owner }
      gateway.documents.set(documentId, document)
      if (document.state !== 'completed') continue
      for (const page of [1, 2, 3, 4]) gateway.pages.set(`${documentId}/${page}`, samplePage(page))
      for (const kind of ['text', 'markdown', 'json'] as const)
        await store.put(resultKey(documentId, kind), Buffer.from('{}'), {
          contentType: 'application/json',
        })
    }
  const saved = parseSavedResultName(SAVED_RESULT)
  if (saved !== null) await store.put(saved, Buffer.from('text'), { contentType: 'text/plain' })
  gateway.waitForEnd = (id) => gateway.status(id)
  gateway.delete = async (id) => (await gateway.status(id)) !== null
  gateway.cancel = async (id) => {
    const status = await gateway.status(id)
    return status === null ? null : { accepted: !hasEnded(status.state), status }
  }
}

function documentOf(
  state: DocumentState,
  documentId: DocumentId,
  dialect: Dialect,
): DocumentStatus {
  const common = { documentId, dialect }
  switch (state) {
    case 'completed':
      return dialect === 'scnet' ? succeededStatus(common) : completedStatus(common)
    case 'failed':
      return sampleStatus({
        ...common,
        state,
        failureCode: 'CORRUPT_PDF',
        endedAt: '2024-03-07T10:01:00.000Z',
        manifest: null,
      })
    case 'cancelled':
      return sampleStatus({
        ...common,
        state,
        endedAt: '2024-03-07T10:01:00.000Z',
        manifest: sampleManifest({ documentId, outcome: 'cancelled', results: null }),
      })
    case 'queued':
      return sampleStatus({ ...common, state, startedAt: null, queuedReason: 'NO_WORKER' })
    case 'processing':
    case 'cancelling':
      return sampleStatus({ ...common, state, marks: 'od..' })
  }
}
