import type { Request, Response } from 'express'
import { z } from 'zod'
import type { DocumentStatus } from '../../../contract/document-status.ts'
import { parseDocumentId } from '../../../contract/identifiers.ts'
import type { AppDeps } from '../../app-deps.ts'
import { noteDocument, requestIdOf } from '../../http/request-context.ts'
import { route, type Route } from '../../http/route.ts'
import { toUnknownTaskBody } from './error-body.ts'
import { toResultBody } from './result-body.ts'
import { resultUrlSigner } from './result-url.ts'
import { errorSchema, resultSchema, taskIdsSchema, unknownTaskSchema } from './schemas.ts'
import { readQueryTaskIds, readTaskIds } from './task-ids.ts'
import { toTask, type Task } from './task.ts'

const RESPONSES = {
  200: { description: '任务状态', schema: resultSchema },
  400: { description: 'InvalidParameter', schema: errorSchema },
  401: { description: 'unauthorized', schema: errorSchema },
  429: { description: 'limit_burst_rate', schema: errorSchema },
  500: { description: 'SystemError', schema: errorSchema },
}

/** `POST /result`: "任务状态查询 API". A task that nobody knows is an item `unknown`. */
export function postResultRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/result',
    tag: 'SCNet',
    summary: '任务状态查询',
    body: taskIdsSchema,
    responses: RESPONSES,
    async handler({ body, request, response }) {
      const tasks = await readTasks(deps, readTaskIds(body), { request, response })
      return { status: 200, body: toResultBody(tasks, contextOf(deps, response)) }
    },
  })
}

/** `GET /result?taskId=`: as the sample programs ask. One task that nobody knows is a 404. */
export function getResultRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/result',
    tag: 'SCNet',
    summary: '任务状态查询',
    query: taskIdsSchema,
    responses: {
      ...RESPONSES,
      404: { description: 'task_not_found', schema: z.union([unknownTaskSchema, errorSchema]) },
    },
    async handler({ query, request, response }) {
      const tasks = await readTasks(deps, readQueryTaskIds(query), { request, response })
      const [first] = tasks
      if (first?.state === 'unknown' && tasks.length === 1)
        return { status: 404, body: toUnknownTaskBody(first.taskId, response) }
      return { status: 200, body: toResultBody(tasks, contextOf(deps, response)) }
    },
  })
}

function contextOf({ config }: AppDeps, response: Response) {
  return { requestId: requestIdOf(response), scnet: config.api.scnet }
}

/** The asked tasks in their order; documents of other dialects are unknown here. */
async function readTasks(
  { config, store, gateway }: AppDeps,
  taskIds: readonly string[],
  { request, response }: { request: Request; response: Response },
): Promise<Task[]> {
  const asked = taskIds.map((taskId) => ({ taskId, documentId: parseDocumentId(taskId) }))
  const documentIds = asked.flatMap(({ documentId }) => documentId ?? [])
  const [onlyId] = documentIds
  if (onlyId !== undefined && asked.length === 1) noteDocument(response, onlyId)
  const statuses = await gateway.statuses([...new Set(documentIds)])
  const context = { signResultUrl: resultUrlSigner({ config, store }, request), nowMs: Date.now() }
  return Promise.all(
    asked.map(async ({ taskId, documentId }): Promise<Task> => {
      const status = documentId === null ? null : (statuses.get(documentId) ?? null)
      return isTask(status) ? toTask(status, context) : { state: 'unknown', taskId }
    }),
  )
}

function isTask(status: DocumentStatus | null): status is DocumentStatus {
  return status?.dialect === 'scnet'
}
