import { z } from 'zod'
import type { DocumentState, DocumentStatus } from '../../../contract/document-status.ts'
import type { AppDeps } from '../../app-deps.ts'
import { mapConcurrently } from '../../../platform/map-concurrently.ts'
import { route, type Route } from '../../http/route.ts'
import { wholeNumber } from '../../http/wire-number.ts'
import { taskListSchema, taskStateSchema } from './schemas.ts'
import { requireCaller } from './session.ts'
import { COMMON_FAILURES, TAG } from './task-answers.ts'
import { readTaskRow, taskStateOf, type TaskState } from './task-row.ts'

const MAX_LIMIT = 1_000
const MAX_OFFSET = 10_000
// A page of the gateway's list may be short, so their number is bounded as well as the offset.
const MAX_LIST_CALLS = 20
const FIRST_LOOK = 100
const CONCURRENCY = 8

/** States of documents that may show as a state of tasks; open ones are told apart afterwards. */
const DOCUMENT_STATE = {
  pending: 'open',
  processing: 'open',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<TaskState, DocumentState | 'open'>

/** `GET /api/tasks`: the caller's tasks, the newest first. */
export function listTasksRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks',
    tag: TAG,
    summary: '任务列表',
    query: z.object({
      status: z.union([taskStateSchema, z.literal('')]).optional(),
      limit: wholeNumber({
        minimum: 1,
        maximum: MAX_LIMIT,
        description: 'Default: 100',
      }).optional(),
      offset: wholeNumber({
        minimum: 0,
        maximum: MAX_OFFSET,
        description: 'Default: 0',
      }).optional(),
    }),
    responses: { 200: { description: '成功', schema: taskListSchema }, ...COMMON_FAILURES },
    async handler({ query, request }) {
      const { owner } = await requireCaller(request, deps)
      const { limit = 100, offset = 0 } = query
      const state = query.status === '' ? undefined : query.status
      const found = await findTasks(deps, { owner, state: state ?? null, wanted: offset + limit })
      const shown = found.slice(offset, offset + limit)
      const data = await mapConcurrently(shown, CONCURRENCY, (status) => readTaskRow(deps, status))
      return { status: 200, body: { status: 'success', data } }
    },
  })
}

/** Which tasks are wanted, and how many from the newest on. */
type TaskSearch = {
  readonly owner: string | null
  readonly state: TaskState | null
  readonly wanted: number
}

/** The newest of the wanted tasks. */
async function findTasks(
  deps: AppDeps,
  { owner, state, wanted }: TaskSearch,
): Promise<DocumentStatus[]> {
  const found: DocumentStatus[] = []
  let cursor: string | null = null
  for (let call = 0; call < MAX_LIST_CALLS && found.length < wanted; call++) {
    // Few of those that are listed may be wanted, so more and more of them are looked at.
    const fewest = state === null ? 1 : FIRST_LOOK * 2 ** call
    const list = await deps.gateway.list({
      dialect: 'qianxia',
      owner,
      ...(state === null ? {} : { state: DOCUMENT_STATE[state] }),
      limit: Math.min(MAX_LIMIT, Math.max(fewest, wanted - found.length)),
      cursor,
    })
    found.push(
      ...list.documents.filter((status) => state === null || taskStateOf(status) === state),
    )
    cursor = list.nextCursor
    if (cursor === null) break
  }
  return found
}
