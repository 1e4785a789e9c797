import type { Request, Response } from 'express'
import { z } from 'zod'
import { codeOf, OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { readIdempotencyKey } from '../../http/idempotency-key.ts'
import { closedSignal } from '../../http/request-context.ts'
import { route, type Route } from '../../http/route.ts'
import { receiveUploads, type OversizedFile } from '../../uploads/receive-uploads.ts'
import type { Upload } from '../../uploads/receive-upload.ts'
import { awaitInspection } from './await-inspection.ts'
import { NO_FILE, toErrorAnswer } from './error-body.ts'
import { asyncBatchSchema } from './schemas.ts'
import { requireCaller, type Caller } from './session.ts'
import { estimateOf, SUBMIT_FAILURES } from './submit-routes.ts'
import { kindOf, maxBytesOf, submitFile, tooLarge, type AcceptedTask } from './submit-task.ts'
import { TAG } from './task-answers.ts'

const MAX_FILES = 20

type SubmittedTask = z.infer<typeof asyncBatchSchema>['submitted_tasks'][number]

/** What became of one file. */
type FileOutcome =
  | { readonly task: SubmittedTask }
  | { readonly failure: OcrError; readonly name: string }

/** `POST /api/async/batch`: up to 20 files, each a task of its own. */
export function submitBatchRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/api/async/batch',
    tag: TAG,
    summary: '批量提交',
    multipart: z.object({ files: z.array(z.file()) }),
    responses: {
      200: { description: '批量任务已提交', schema: asyncBatchSchema },
      ...SUBMIT_FAILURES,
    },
    async handler({ request, response }) {
      const caller = await requireCaller(request, deps)
      const signal = closedSignal(response)
      const received = await receive(deps, request, response)
      if (received === null) return NO_FILE
      if (received === 'too-many')
        return { status: 400, body: { detail: '批量上传最多支持20个文件' } }
      await using uploads = received
      const outcomes = await submitFiles(deps, uploads.files, { caller, request, signal })
      const tasks = outcomes.flatMap((outcome) => ('task' in outcome ? outcome.task : []))
      const failed = outcomes.flatMap((outcome) => ('task' in outcome ? [] : outcome))
      const outage = failed.find(({ failure }) => isOutage(failure))
      if (tasks.length === 0 && outage !== undefined) throw outage.failure
      return {
        status: 200,
        body: {
          status: 'success',
          message: `批量任务提交完成，成功: ${tasks.length}, 失败: ${failed.length}`,
          submitted_tasks: tasks,
          failed_files: failed.map(({ name, failure }) => toFailedFile(name, failure)),
          total_tasks: tasks.length,
          total_estimated_time: tasks.reduce((sum, task) => sum + task.estimated_time, 0),
          endpoints: { batch_status: '/api/tasks/batch/status', websocket: '/ws' },
        },
      }
    },
  })
}

async function receive(deps: AppDeps, request: Request, response: Response) {
  const maxBytes = maxBytesOfBatch(deps)
  try {
    return await receiveUploads(request, response, {
      maxBytes,
      maxFiles: MAX_FILES,
      temporaryDirectory: deps.temporaryDirectory,
    })
  } catch (error) {
    if (codeOf(error) === 'FILE_TOO_LARGE') throw tooLarge(maxBytes)
    throw error
  }
}

/** What a file is decides later. */
function maxBytesOfBatch(deps: AppDeps): number {
  return Math.max(maxBytesOf(deps, 'image'), maxBytesOf(deps, 'pdf'))
}

/** Who sent the files. */
type Sender = { readonly caller: Caller; readonly request: Request; readonly signal: AbortSignal }

/** One after the other, so that quotas count; then all inspections are waited for together. */
async function submitFiles(
  deps: AppDeps,
  files: readonly (Upload | OversizedFile)[],
  sender: Sender,
): Promise<FileOutcome[]> {
  const key = readIdempotencyKey(sender.request)
  const outcomes: (() => Promise<FileOutcome>)[] = []
  for (const [place, file] of files.entries()) {
    try {
      if ('isTooLarge' in file) throw tooLarge(maxBytesOfBatch(deps))
      const accepted = await submitFile(deps, file, {
        ...sender,
        // One key stands for the whole batch.
        route: `qianxia/api/async/batch/${place}`,
        idempotencyKey: key,
        askedPages: place + 1,
      })
      outcomes.push(() => outcomeOf(deps, { file, accepted, otherPages: place }, sender))
    } catch (error) {
      if (!(error instanceof OcrError)) throw error
      outcomes.push(async () => ({ failure: error, name: file.fileName }))
    }
  }
  return Promise.all(outcomes.map((outcome) => outcome()))
}

async function outcomeOf(
  deps: AppDeps,
  { file, accepted, otherPages }: { file: Upload; accepted: AcceptedTask; otherPages: number },
  { caller, signal }: Sender,
): Promise<FileOutcome> {
  const base = { task_id: accepted.documentId, filename: file.fileName }
  if (kindOf(file.mediaType) === 'image')
    return { task: { ...base, type: 'image', estimated_time: estimateOf(null) } }
  try {
    const pages = await awaitInspection(deps, { ...accepted, caller, signal, otherPages })
    const task = { ...base, type: 'pdf' as const, estimated_time: estimateOf(pages) }
    return { task: pages === null ? task : { ...task, total_pages: pages } }
  } catch (error) {
    if (!(error instanceof OcrError)) throw error
    return { failure: error, name: file.fileName }
  }
}

function toFailedFile(filename: string, failure: OcrError) {
  const { detail, detail_code: detailCode } = toErrorAnswer(failure.code, failure.publicDetail).body
  return {
    filename,
    error: detail,
    ...(detailCode === undefined ? {} : { detail_code: detailCode }),
  }
}

function isOutage({ code }: OcrError): boolean {
  return code === 'SERVICE_UNAVAILABLE' || code === 'STORAGE_UNAVAILABLE'
}
