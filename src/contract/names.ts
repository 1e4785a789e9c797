import { parseDocumentId, type DocumentId } from './identifiers.ts'

/** Task queues. One per engine that needs its own slots: each of its workers can run all of it. */
export const TASK_QUEUE = {
  documents: 'documents',
  cpu: 'ocr-cpu',
  remote: 'ocr-remote',
  ollama: 'ocr-remote-ollama',
  dots: 'ocr-gpu-dots',
  deepseek: 'ocr-gpu-deepseek',
} as const

/** Name of a task queue; tests pass names of their own. */
export type TaskQueue = string

/** Workflow type of a document. */
export const PROCESS_DOCUMENT = 'processDocument'

/** Query that answers a `ProgressAnswer`. */
export const PROGRESS_QUERY = 'progress'

/** Memo keys. Under 2 KB together: ids, hashes and numbers only. */
export const MEMO = { progress: 'progress', fingerprint: 'fingerprint', bytes: 'bytes' } as const

/** Custom search attributes, registered when the namespace is created. */
export const SEARCH_ATTRIBUTE = {
  owner: 'OcrOwner',
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

/** The document of a workflow id; `null` for other workflows. */
export function documentIdOf(workflowId: string): DocumentId | null {
  if (!workflowId.startsWith(WORKFLOW_PREFIX)) return null
  return parseDocumentId(workflowId.slice(WORKFLOW_PREFIX.length))
}
