import type { Request, Response } from 'express'
import type { DocumentStatus } from '../../../contract/document-status.ts'
import { parseDocumentId, type DocumentId } from '../../../contract/identifiers.ts'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { noteDocument } from '../../http/request-context.ts'
import { isTaskOf, requireCaller } from './session.ts'

/** Which task is asked for. */
export type TaskQuestion = {
  readonly taskId: string
  readonly request: Request
  readonly response: Response
  /** Asks a worker which pages have ended. Default: true. */
  readonly isExact?: boolean
}

/**
 * Finds a task of the caller; one of another owner or another dialect is unknown.
 *
 * @throws {OcrError} `UNAUTHORIZED`, `DOCUMENT_NOT_FOUND`, `SERVICE_UNAVAILABLE`, `STORAGE_UNAVAILABLE`
 */
export async function requireTask(deps: AppDeps, question: TaskQuestion): Promise<DocumentStatus> {
  const { taskId, request, response, isExact = true } = question
  const caller = await requireCaller(request, deps)
  const documentId = parseTaskId(taskId)
  if (documentId === null) throw unknownTask()
  noteDocument(response, documentId)
  const status = await deps.gateway.status(documentId, { exact: isExact })
  if (status === null || !isTaskOf(caller, status)) throw unknownTask()
  return status
}

/** Reads the id of a task, in letters of either case; `null` for what cannot be one. */
export function parseTaskId(text: string): DocumentId | null {
  return parseDocumentId(text.toLowerCase())
}

function unknownTask(): OcrError {
  return new OcrError('DOCUMENT_NOT_FOUND', 'Cannot find task: there is none for this caller')
}
