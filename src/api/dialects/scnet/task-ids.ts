import type { z } from 'zod'
import { RequestError } from '../../http/request-error.ts'
import { isTaskId, MAX_TASK_IDS } from '../task-id.ts'
import type { taskIdsSchema } from './schemas.ts'

/**
 * The asked ids in their order, whichever spelling they came in.
 *
 * @throws {RequestError} `REQUEST_MALFORMED` when there are none, more than 100, or one is no id
 */
export function readTaskIds(asked: z.infer<typeof taskIdsSchema>): readonly string[] {
  const given = asked.task_ids ?? asked.taskIds ?? asked.task_id ?? asked.taskId ?? []
  const ids = typeof given === 'string' ? [given] : given
  if (ids.length === 0) throw new RequestError('task_ids: at least one id is needed')
  if (ids.length > MAX_TASK_IDS) throw new RequestError('task_ids: at most 100 ids are accepted')
  if (!ids.every(isTaskId))
    throw new RequestError('task_ids: an id has 1 to 64 letters, digits, "_" and "-"')
  return ids
}

/** Ids of a query: a list is separated by commas, or the parameter repeated. */
export function readQueryTaskIds(query: z.infer<typeof taskIdsSchema>): readonly string[] {
  const { task_ids: snakeCase, taskIds: camelCase, ...single } = query
  return readTaskIds({ task_ids: splitList(snakeCase ?? camelCase), ...single })
}

function splitList(value: string | readonly string[] | null | undefined): string[] | undefined {
  if (value === null || value === undefined) return undefined
  return [value].flat().flatMap((part) => part.split(','))
}
