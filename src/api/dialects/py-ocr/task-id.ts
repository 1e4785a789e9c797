import type { Response } from 'express'
import { parseDocumentId, type DocumentId } from '../../../contract/identifiers.ts'
import { noteDocument } from '../../http/request-context.ts'
import { isTaskId } from '../task-id.ts'

/** Reads a task id: `invalid` when it can be none, `unknown` when it is none of ours. */
export function parseTaskId(text: string): DocumentId | 'invalid' | 'unknown' {
  if (!isTaskId(text)) return 'invalid'
  return parseDocumentId(text) ?? 'unknown'
}

/** Like {@link parseTaskId}, and remembers the document for the log. */
export function readTaskId(text: string, res: Response): DocumentId | 'invalid' | 'unknown' {
  const taskId = parseTaskId(text)
  if (taskId !== 'invalid' && taskId !== 'unknown') noteDocument(res, taskId)
  return taskId
}
