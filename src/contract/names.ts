import { parseDocumentId, type DocumentId } from './identifiers.ts'

/**
 * Task queues. One per engine that needs its own slots: each of its workers can run all of it. Webhooks
 * have one too: receivers that are slow must keep nobody's pages waiting.
 */
export const TASK_QUEUE = {
  documents: 'documents',
  cpu: 'ocr-cpu',
  webhooks: 'webhooks',
  remote: 'ocr-remote',
  ollama: 'ocr-remote-ollama',
  dots: 'ocr-gpu-dots',
  deepseek: 'ocr-gpu-deepseek',
} as const

/** Name of a task queue; tests pass names of their own. */
export type TaskQueue = string

/** Workflow type of a document. */
export const PROCESS_DOCUMENT = 'processDocument'

/** Workflow type that tells the receiver of a document's webhooks how it ended. */
export const DELIVER_WEBHOOKS = 'deliverWebhooks'

/** Workflow type that tells him of every page. */
export const DELIVER_PAGE_WEBHOOKS = 'deliverPageWebhooks'

/** Signals of these. */
export const WEBHOOK_SIGNAL = {
  /** Pages have ended; with the list of events. */
  pages: 'pages',
  /** No more pages will end. */
  lastPage: 'lastPage',
  /** All that was to be told of pages has been told, or never will be. */
  pagesTold: 'pagesTold',
  /** What waits for its next try is tried now. */
  tryNow: 'tryNow',
} as const

/** Query that answers a `ProgressAnswer`. */
export const PROGRESS_QUERY = 'progress'

/** Memo keys. Under 2 KB together: ids, hashes and numbers only. */
export const MEMO = { progress: 'progress', fingerprint: 'fingerprint', bytes: 'bytes' } as const

/** Custom search attributes, registered when the namespace is created. */
export const SEARCH_ATTRIBUTE = {
  owner: 'OcrOwner',
  /** Whose documents share a quota and a turn: the owner, or who knows which address. */
  submitter: 'OcrSubmitter',
  dialect: 'OcrDialect',
  engine: 'OcrEngine',
  phase: 'OcrPhase',
  pages: 'OcrPages',
  /** `image` or `pdf`; absent for a file that was not fetched yet. */
  format: 'OcrFormat',
} as const

/** Days that Temporal keeps a closed run: as long as its results are kept. */
export const RETENTION_DAYS = 30

const WORKFLOW_PREFIX = 'document-'

/** Workflow id of a document. */
export function workflowIdFor(documentId: DocumentId): string {
  return WORKFLOW_PREFIX + documentId
}

/** Workflow ids of a document's webhooks: of its end, and of its pages. */
export function webhookWorkflowIdsFor(documentId: DocumentId): {
  readonly end: string
  readonly pages: string
} {
  return { end: `webhook-${documentId}`, pages: `webhook-pages-${documentId}` }
}

/** The document of a workflow id; `null` for other workflows. */
export function documentIdOf(workflowId: string): DocumentId | null {
  if (!workflowId.startsWith(WORKFLOW_PREFIX)) return null
  return parseDocumentId(workflowId.slice(WORKFLOW_PREFIX.length))
}
