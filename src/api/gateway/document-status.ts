import type { DocumentOutcome, Manifest } from '../../contract/document.ts'
import type { DocumentState, DocumentStatus } from '../../contract/document-status.ts'
import type { FailureCode } from '../../contract/failures.ts'
import {
  INITIAL_PROGRESS,
  PAGE_MARK,
  type Progress,
  type ProgressAnswer,
} from '../../contract/progress.ts'
import type { KnownRequest } from './document-facts.ts'
import type { DocumentRun, RunState } from './document-run.ts'

/**
 * How a run that is no longer running counts; `null` while it runs.
 *
 * A run that an operator terminated or whose time ran out has failed: no code of ours could end it.
 */
export function outcomeOf(state: RunState): DocumentOutcome | null {
  switch (state) {
    case 'running':
    case 'continued':
      return null
    case 'completed':
      return 'completed'
    case 'cancelled':
      return 'cancelled'
    case 'failed':
    case 'terminated':
    case 'timedOut':
      return 'failed'
  }
}

/** Status of a document whose workflow runs. */
export function statusOfRunning(request: KnownRequest, run: DocumentRun): DocumentStatus {
  const progress = run.progress ?? INITIAL_PROGRESS
  return {
    ...identityOf(request),
    state: runningState(run, progress),
    progress,
    failedPages: [],
    marks: null,
    pagesUnderWay: run.pagesUnderWay,
    failureCode: null,
    queuedReason: null,
    startedAt: isoOf(progress.startedAtMs),
    endedAt: null,
    manifest: null,
  }
}

/** The same with the exact counts of a worker. */
export function withExactProgress(status: DocumentStatus, answer: ProgressAnswer): DocumentStatus {
  const { progress, failed, marks } = answer
  const hasStarted = status.state === 'queued' && progress.startedAtMs !== null
  return {
    ...status,
    state: hasStarted ? 'processing' : status.state,
    progress,
    failedPages: failed,
    marks,
    startedAt: isoOf(progress.startedAtMs),
  }
}

/** Status of a document that has ended. `request` is `null` where only the manifest is left. */
export function statusOfEnded(request: KnownRequest | null, manifest: Manifest): DocumentStatus {
  return {
    ...identityOf(
      request ?? { ...manifest, fileName: 'document', mediaType: null, sizeBytes: null },
    ),
    state: manifest.outcome,
    progress: manifest.progress,
    failedPages: manifest.failed,
    marks: manifest.marks,
    pagesUnderWay: [],
    failureCode: manifest.failureCode,
    queuedReason: null,
    startedAt: manifest.startedAt,
    endedAt: manifest.endedAt,
    manifest,
  }
}

/**
 * The manifest of an ended run as Temporal tells its end: the stored one when it agrees, else one
 * that is made here, because the run was terminated, timed out or could not write its ending.
 */
export function manifestOf(
  request: KnownRequest,
  run: DocumentRun & { outcome: DocumentOutcome },
  stored: Manifest | null,
): Manifest {
  if (stored?.outcome === run.outcome) return stored
  const known = stored?.progress ?? run.progress ?? INITIAL_PROGRESS
  const failureCode = failureOf(run, known)
  const progress: Progress = { ...known, phase: run.outcome, failureCode }
  if (stored !== null)
    return { ...stored, outcome: run.outcome, failureCode, progress, endedAt: endOf(run) }
  return {
    documentId: request.documentId,
    documentSha256: request.sha256,
    dialect: request.dialect,
    owner: request.owner,
    engine: request.engine,
    outcome: run.outcome,
    failureCode,
    progress,
    pageCount: progress.totalPages,
    pages: request.pages,
    // Which pages were done went with the run.
    marks: PAGE_MARK.waiting.repeat(progress.totalPages),
    failed: [],
    createdAt: request.createdAt,
    startedAt: isoOf(progress.startedAtMs),
    endedAt: endOf(run),
    results: null,
    usage: null,
  }
}

/**
 * Keeps a row of a list, which may be seconds old and knows no cancel requests, from taking back
 * what was answered before.
 */
export function notOlderThan(last: DocumentStatus | null, listed: DocumentStatus): DocumentStatus {
  if (last === null || listed.endedAt !== null) return listed
  if (last.endedAt !== null || last.progress.donePages > listed.progress.donePages) return last
  return last.state === 'cancelling' ? { ...listed, state: 'cancelling' } : listed
}

function identityOf(
  request: Pick<
    KnownRequest,
    | 'documentId'
    | 'dialect'
    | 'engine'
    | 'fileName'
    | 'owner'
    | 'createdAt'
    | 'mediaType'
    | 'sizeBytes'
    | 'pages'
  >,
) {
  const { documentId, dialect, engine, fileName, owner, createdAt, mediaType, sizeBytes } = request
  const { pages } = request
  return {
    documentId,
    dialect,
    engine,
    fileName,
    owner,
    createdAt,
    mediaType,
    sizeBytes,
    pages,
  }
}

function runningState(run: DocumentRun, progress: Progress): DocumentState {
  if (run.isCancelRequested) return 'cancelling'
  return progress.startedAtMs === null ? 'queued' : 'processing'
}

function failureOf(run: DocumentRun, progress: Progress): FailureCode | null {
  switch (run.state) {
    case 'running':
    case 'continued':
    case 'completed':
    case 'cancelled':
      return null
    case 'terminated':
      return 'CANCELLED'
    case 'timedOut':
      return 'TIME_BUDGET'
    case 'failed':
      return progress.failureCode ?? 'INTERNAL_SERVER_ERROR'
  }
}

function endOf(run: DocumentRun): string {
  return new Date(run.endedAtMs ?? Date.now()).toISOString()
}

function isoOf(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString()
}
