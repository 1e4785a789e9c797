import { create as contentDisposition } from 'content-disposition'
import { z } from 'zod'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { requireTask } from './find-task.ts'
import { contentPieces } from './page-row.ts'
import { begun, innerJson, sendPieces } from './streamed-json.ts'
import { TAG, TASK_FAILURES, taskParams } from './task-answers.ts'
import { readTaskRow, type TaskRow } from './task-row.ts'

const FORMATS = {
  json: 'application/json; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
} as const

/** `GET /api/tasks/{id}/export`: the result as a file. */
export function exportTaskRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/api/tasks/{task_id}/export',
    tag: TAG,
    summary: '导出结果',
    params: taskParams,
    query: z.object({
      format: z.string().optional().meta({ description: 'json (default), txt or md' }),
    }),
    responses: {
      200: { description: '文件', contentType: 'text/plain', schema: z.string() },
      ...TASK_FAILURES,
    },
    async handler({ params, query, request, response }) {
      const status = await requireTask(deps, { taskId: params.task_id, request, response })
      const format = query.format ?? 'json'
      if (!isFormat(format))
        return { status: 400, body: { detail: '不支持的导出格式，支持: json, txt, md' } }
      if (status.state !== 'completed')
        throw new OcrError('RESULT_NOT_READY', 'Cannot export task: it is not completed')
      const source = { gateway: deps.gateway, config: deps.config.api.qianxia, status }
      const content = contentPieces(source)
      const row = await readTaskRow(deps, status)
      const fileName = `task_${status.documentId}_result.${format}`
      response.set({
        'Content-Type': FORMATS[format],
        'Content-Disposition': contentDisposition(fileName, { type: 'attachment' }),
      })
      await sendPieces(request, response, exported(format, row, content))
      return null
    },
  })
}

function isFormat(text: string): text is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, text)
}

/** The file, piece by piece; the first one once its content has begun. */
async function* exported(
  format: keyof typeof FORMATS,
  row: TaskRow,
  pieces: AsyncIterable<string>,
): AsyncGenerator<string> {
  const content = await begun(pieces)
  switch (format) {
    case 'txt':
      yield* content
      return
    case 'md':
      yield `# Task ${row.id} Result\n\n`
      yield* content
      return
    case 'json': {
      const exportTime = new Date().toISOString()
      const whole = { task_id: row.id, export_time: exportTime, task_info: row, content: '' }
      // The content is written between the last two quotes.
      yield JSON.stringify(whole, null, 2).slice(0, -'"\n}'.length)
      for await (const piece of content) yield innerJson(piece)
      yield '"\n}'
    }
  }
}
