import { z } from 'zod'
import type { DocumentId } from '../../../contract/identifiers.ts'
import type { AppDeps } from '../../app-deps.ts'
import { closedSignal } from '../../http/request-context.ts'
import { route, type ResponseSpec, type Route } from '../../http/route.ts'
import { acceptInspected, awaitInspection } from './await-inspection.ts'
import { NO_FILE } from './error-body.ts'
import { megabytesText } from './failure-text.ts'
import {
  asyncImageSchema,
  asyncPdfSchema,
  errorSchema,
  processImageSchema,
  processPdfSchema,
  submittedSchema,
} from './schemas.ts'
import { submitOne, type FileKind } from './submit-task.ts'
import { COMMON_FAILURES, TAG } from './task-answers.ts'

const IMAGE_SECONDS = 30
const PAGE_SECONDS = 3

/** Failures of the routes that take files. */
export const SUBMIT_FAILURES: Readonly<Record<number, ResponseSpec>> = {
  ...COMMON_FAILURES,
  403: { description: '配额不足', schema: errorSchema },
  404: { description: '此幂等键的任务已删除', schema: errorSchema },
  408: { description: '请求超时', schema: errorSchema },
  422: { description: 'IDEMPOTENCY_KEY_REUSED', schema: errorSchema },
}

/** A task whose answer is being written. */
type Submitted = {
  readonly id: DocumentId
  /** Seconds. */
  readonly estimate: number
  /** Of a PDF; the pages only if it was opened in time. */
  readonly pdf: { readonly total_pages?: number; readonly file_size_mb: string } | null
}

/** One of the routes that take one file. */
type SubmitRoute = {
  readonly path: string
  readonly kind: FileKind
  readonly summary: string
  readonly schema: z.ZodType
  readonly toBody: (task: Submitted) => unknown
}

const ROUTES: readonly SubmitRoute[] = [
  {
    path: '/process/image',
    kind: 'image',
    summary: '识别图片',
    schema: processImageSchema,
    toBody: processBody,
  },
  {
    path: '/process/pdf',
    kind: 'pdf',
    summary: '识别PDF',
    schema: processPdfSchema,
    toBody: processBody,
  },
  {
    path: '/api/tasks/image',
    kind: 'image',
    summary: '提交图片任务',
    schema: submittedSchema,
    toBody: taskBody,
  },
  {
    path: '/api/tasks/pdf',
    kind: 'pdf',
    summary: '提交PDF任务',
    schema: submittedSchema,
    toBody: taskBody,
  },
  {
    path: '/api/async/image',
    kind: 'image',
    summary: '异步提交图片',
    schema: asyncImageSchema,
    toBody: asyncBody,
  },
  {
    path: '/api/async/pdf',
    kind: 'pdf',
    summary: '异步提交PDF',
    schema: asyncPdfSchema,
    toBody: asyncBody,
  },
]

/** The routes that take one file each; those for PDFs wait up to 10 s for it to be opened. */
export function submitRoutes(deps: AppDeps): Route[] {
  return ROUTES.map(({ path, kind, summary, schema, toBody }) =>
    route({
      method: 'post',
      path,
      tag: TAG,
      summary,
      multipart: z.object({ file: z.file() }),
      isSubmit: true,
      isForUsers: true,
      responses: { 200: { description: '任务已提交', schema }, ...SUBMIT_FAILURES },
      async handler({ request, response }) {
        const signal = closedSignal(response)
        const accepted = await submitOne(deps, kind, { request, response, route: `qianxia${path}` })
        if (accepted === null) return NO_FILE
        const { documentId: id, sizeBytes } = accepted
        if (kind === 'image')
          return { status: 200, body: toBody({ id, estimate: IMAGE_SECONDS, pdf: null }) }
        const inspected = await awaitInspection(deps, accepted, signal)
        const pages = await acceptInspected(deps, accepted, inspected)
        const pdf = {
          ...(pages === null ? {} : { total_pages: pages }),
          file_size_mb: megabytesText(sizeBytes),
        }
        return { status: 200, body: toBody({ id, estimate: estimateOf(pages), pdf }) }
      },
    }),
  )
}

/** Seconds that a task is announced to take; `null`: its pages are not known. */
export function estimateOf(pages: number | null): number {
  return pages === null ? IMAGE_SECONDS : pages * PAGE_SECONDS
}

function processBody({ id, estimate, pdf }: Submitted): unknown {
  return {
    status: 'accepted',
    task_id: id,
    message: '任务已提交，正在后台处理',
    estimated_time: estimate,
    ...pdf,
    websocket_url: `/ws?client_id=sync_${id}`,
    status_url: `/api/tasks/${id}`,
    result_url: `/api/tasks/${id}/result`,
  }
}

function taskBody({ id }: Submitted): unknown {
  return { status: 'success', task_id: id, message: '任务提交成功' }
}

function asyncBody({ id, estimate, pdf }: Submitted): unknown {
  return {
    status: 'success',
    task_id: id,
    message: pdf === null ? '图片任务已提交' : 'PDF任务已提交',
    estimated_time: estimate,
    ...pdf,
    endpoints: {
      status: `/api/tasks/${id}`,
      result: `/api/tasks/${id}/result`,
      cancel: `/api/tasks/${id}`,
      websocket: '/ws',
    },
  }
}
