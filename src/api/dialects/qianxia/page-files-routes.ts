import { z } from 'zod'
import { parsePicturePath, toPageJson } from '../../../contract/page-json.ts'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { sendPng } from '../../http/send-png.ts'
import { route, type Route } from '../../http/route.ts'
import { pageSchema } from '../../v1/schemas.ts'
import { requireTask } from './find-task.ts'
import { TAG, TASK_FAILURES, taskParams } from './task-answers.ts'

const pageParams = taskParams.extend({
  page_number: z.string().meta({ override: { type: 'integer', minimum: 1 } }),
})

const PNG = { description: '成功', contentType: 'image/png', schema: z.file() }

/** What the web page shows of a page beside its Markdown: boxes, the image, and pictures. */
export function pageFilesRoutes(deps: AppDeps): Route[] {
  return [viewRoute(deps), imageRoute(deps), pictureRoute(deps)]
}

function viewRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}/pages/{page_number}/view',
    tag: TAG,
    isSinglePage: true,
    summary: '单页结果与版面（扩展）',
    params: pageParams,
    responses: { 200: { description: '成功', schema: pageSchema }, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      const page = readPageNumber(params.page_number)
      const task = { taskId: params.task_id, request, response, isExact: false }
      const { documentId } = await requireTask(deps, task)
      const record = page === null ? null : await deps.gateway.pageRecord(documentId, page)
      if (record === null) throw noSuchPage()
      const headers = { 'Cache-Control': 'private, no-cache' }
      return { status: 200, body: toPageJson(record), headers }
    },
  })
}

function imageRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}/pages/{page_number}/image',
    tag: TAG,
    isSinglePage: true,
    summary: '页面图像（扩展）',
    params: pageParams,
    responses: { 200: PNG, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      const page = readPageNumber(params.page_number)
      const task = { taskId: params.task_id, request, response, isExact: false }
      const { documentId } = await requireTask(deps, task)
      const blob = page === null ? null : await deps.gateway.pageImage(documentId, page)
      if (blob === null) throw noSuchPage()
      await sendPng(request, response, { blob, fileName: `${documentId}-${page}.png` })
      return null
    },
  })
}

function pictureRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}/images/{file}',
    tag: TAG,
    isSinglePage: true,
    summary: '页面中的图片（扩展）',
    params: taskParams.extend({ file: z.string() }),
    responses: { 200: PNG, ...TASK_FAILURES },
    async handler({ params, request, response }) {
      const named = parsePicturePath(`images/${params.file}`)
      const task = { taskId: params.task_id, request, response, isExact: false }
      const { documentId } = await requireTask(deps, task)
      const record = named === null ? null : await deps.gateway.pageRecord(documentId, named.page)
      const blob = named && record && (await deps.gateway.picture(record, named.place))
      if (blob === null) throw noSuchPage()
      await sendPng(request, response, { blob, fileName: `${documentId}-${params.file}` })
      return null
    },
  })
}

function readPageNumber(text: string): number | null {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null
}

function noSuchPage(): OcrError {
  return new OcrError('PAGE_NOT_FOUND', 'Cannot show page: it is not there')
}
