import type { DocumentGateway } from '../../src/api/gateway/document-gateway.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import type { DocumentId, PageNumber } from '../../src/contract/identifiers.ts'
import type { PageRecord } from '../../src/contract/page.ts'
import {
  INITIAL_PROGRESS,
  PAGE_MARK,
  withPage,
  type Progress,
} from '../../src/contract/progress.ts'
import { completedStatus, sampleDocumentId, sampleStatus } from './document-status.ts'

/** Documents as a test changes them while they are watched. */
export type WatchedDocuments = Pick<DocumentGateway, 'status' | 'pageRecord'> & {
  /** What the next look sees. */
  readonly documents: Map<DocumentId, DocumentStatus>
  /** Thrown by everything while it is set. */
  failure: Error | null
  /** Looks so far. */
  looks: number
  /** Pages whose records were read, in order. */
  readonly reads: PageNumber[]
  /** Records that were being read at once, at most. */
  mostReadsAtOnce: number
  /** Gives the record of a page; `null`: there is none. */
  record: (page: PageNumber) => PageRecord | null
}

/** Makes documents that can be watched. */
export function watchedDocuments(...statuses: readonly DocumentStatus[]): WatchedDocuments {
  let readsUnderWay = 0
  const watched: WatchedDocuments = {
    documents: new Map(statuses.map((status) => [status.documentId, status])),
    failure: null,
    looks: 0,
    reads: [],
    mostReadsAtOnce: 0,
    record: (page) => pageRecordOf(page),
    async status(documentId, options) {
      if (options?.exact) watched.looks += 1
      if (watched.failure !== null) throw watched.failure
      return watched.documents.get(documentId) ?? null
    },
    async pageRecord(_documentId, page) {
      readsUnderWay += 1
      watched.mostReadsAtOnce = Math.max(watched.mostReadsAtOnce, readsUnderWay)
      await new Promise(setImmediate)
      readsUnderWay -= 1
      watched.reads.push(page)
      return watched.record(page)
    },
  }
  return watched
}

/** A running document with these marks, and the counts that belong to them. */
export function runningWith(marks: string, changes: Partial<DocumentStatus> = {}): DocumentStatus {
  return sampleStatus({
    mediaType: 'pdf',
    sizeBytes: 1_000,
    pages: null,
    pagesUnderWay: [],
    marks,
    progress: { ...progressOf(marks), phase: 'recognizing' },
    ...changes,
  })
}

/** A document that has ended well with these marks. */
export function endedWith(marks: string, changes: Partial<DocumentStatus> = {}): DocumentStatus {
  return completedStatus({
    ...runningWith(marks),
    state: 'completed',
    progress: { ...progressOf(marks), phase: 'completed' },
    endedAt: '2024-03-07T10:01:00.123Z',
    ...changes,
  })
}

/**
 * Record of a page that took a quarter of a second and has five characters, one of them astral; seven
 * in Markdown.
 */
export function pageRecordOf(page: PageNumber): PageRecord {
  const startedAtMs = Date.parse('2024-03-07T10:00:10.000Z')
  return {
    page,
    outcome: 'ok',
    engine: 'paddle',
    widthPx: 100,
    heightPx: 100,
    dpi: 200,
    text: '发票 1𠮷',
    markdown: '# 发票 1𠮷',
    blocks: [],
    warnings: [],
    usage: null,
    reading: { startedAtMs, endedAtMs: startedAtMs + 250, attempt: 1 },
  }
}

/** Ids of `count` documents. */
export function documentIds(count: number): DocumentId[] {
  return Array.from({ length: count }, (_, place) => sampleDocumentId(place))
}

function progressOf(marks: string): Progress {
  const outcomes = { [PAGE_MARK.ok]: 'ok', [PAGE_MARK.empty]: 'empty' } as const
  const others = { [PAGE_MARK.degraded]: 'degraded', [PAGE_MARK.failed]: 'failed' } as const
  const outcomeOf = new Map(Object.entries({ ...outcomes, ...others }))
  let progress: Progress = { ...INITIAL_PROGRESS, totalPages: marks.length, startedAtMs: 1_000 }
  for (const mark of marks) {
    const outcome = outcomeOf.get(mark)
    if (outcome !== undefined) progress = withPage(progress, outcome)
  }
  return progress
}
