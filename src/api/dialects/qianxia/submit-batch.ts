import type { Request, Response } from 'express'
import { z } from 'zod'
import type { FailureCode } from '../../../contract/failures.ts'
import type { DocumentStatus } from '../../../contract/document-status.ts'
import { codeOf, OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { readIdempotencyKey, setSubmitHeaders } from '../../http/idempotency-key.ts'
import { closedSignal } from '../../http/request-context.ts'
import { route, type Route } from '../../http/route.ts'
import { receiveUploads, type OversizedFile } from '../../uploads/receive-uploads.ts'
import type { Upload } from '../../uploads/receive-upload.ts'
import { acceptInspected, awaitInspection } from './await-inspection.ts'
import { NO_FILE, toErrorAnswer } from './error-body.ts'
import { readAllowance } from './quota.ts'
import { asyncBatchSchema } from './schemas.ts'
import { requireCaller, type Caller } from './session.ts'
import { estimateOf, SUBMIT_FAILURES } from './submit-routes.ts'
import type { AcceptedTask } from './accepted-task.ts'
import { kindOf, maxBytesOf, submitFile, tooLarge } from './submit-task.ts'
import { TAG } from './task-answers.ts'

const MAX_FILES = 20

/** Of the service, and not of a file: when it meets all files, it is the answer. */
const OUTAGES: readonly FailureCode[] = [
  'SERVICE_UNAVAILABLE',
  'STORAGE_UNAVAILABLE',
  'STORAGE_FULL',
  'QUEUE_FULL',
]

type SubmittedTask = z.infer<typeof asyncBatchSchema>['submitted_tasks'][number]

/** What became of one file. */
type FileOutcome = AcceptedFile | { readonly failure: OcrError; readonly name: string }

type AcceptedFile = { readonly task: SubmittedTask; readonly isReplayed: boolean }

/** `POST /api/async/batch`: up to 20 files, each a task of its own. */
export function submitBatchRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/api/async/batch',
    tag: TAG,
    summary: '批量提交',
    multipart: z.object({ files: z.array(z.file()) }),
    isSubmit: true,
    isForUsers: true,
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
      const accepted = outcomes.flatMap((outcome) => ('task' in outcome ? outcome : []))
      const failed = outcomes.flatMap((outcome) => ('task' in outcome ? [] : outcome))
      const outage = failed.find(({ failure }) => isOutage(failure))
      const tasks = accepted.map(({ task }) => task)
      if (tasks.length === 0 && outage !== undefined) throw outage.failure
      setBatchHeaders(request, response, accepted)
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
    // A file that is too large is told of by itself: it is all of them together.
    if (codeOf(error) === 'FILE_TOO_LARGE') throw tooLarge(MAX_FILES * maxBytes)
    throw error
  }
}

/** What a file is decides its content, later. */
function maxBytesOfBatch(deps: AppDeps): number {
  return Math.max(maxBytesOf(deps, 'image'), maxBytesOf(deps, 'pdf'))
}

/** The limit of a file of which only the name is known, since nothing of it was kept. */
function maxBytesOfName(deps: AppDeps, fileName: string): number {
  if (/\.pdf$/i.test(fileName)) return maxBytesOf(deps, 'pdf')
  if (/\.(?:png|jpe?g|gif|bmp|webp)$/i.test(fileName)) return maxBytesOf(deps, 'image')
  return maxBytesOfBatch(deps)
}

/** Who sent the files. */
type Sender = {
  readonly caller: Caller
  readonly request: Request
  /** Fires when the client has left. */
  readonly signal: AbortSignal
}

/** A file whose task was started, or that was refused. */
type SentFile =
  | { readonly file: Upload; readonly accepted: AcceptedTask }
  | { readonly failure: OcrError; readonly name: string }

/** One after the other, so that quotas count; then all inspections are waited for together. */
async function submitFiles(
  deps: AppDeps,
  files: readonly (Upload | OversizedFile)[],
  sender: Sender,
): Promise<FileOutcome[]> {
  const allowance = await readAllowance(deps, sender.caller)
  const idempotencyKey = readIdempotencyKey(sender.request)
  const sent: SentFile[] = []
  for (const [place, file] of files.entries()) {
    try {
      if ('isTooLarge' in file) throw tooLarge(maxBytesOfName(deps, file.fileName))
      // One key stands for the whole batch.
      const route = `qianxia/api/async/batch/${place}`
      const accepted = await submitFile(deps, file, { ...sender, route, idempotencyKey, allowance })
      sent.push({ file, accepted })
    } catch (error) {
      sent.push(refusedFile(file.fileName, error))
    }
  }
  const inspections = await Promise.all(
    sent.map(async (one) =>
      'accepted' in one && kindOf(one.file.mediaType) === 'pdf'
        ? awaitInspection(deps, one.accepted, sender.signal)
        : null,
    ),
  )
  // In their order, so that every file counts before those behind it.
  return Promise.all(sent.map((one, place) => outcomeOf(deps, one, inspections[place] ?? null)))
}

async function outcomeOf(
  deps: AppDeps,
  sent: SentFile,
  inspected: DocumentStatus | null,
): Promise<FileOutcome> {
  if ('failure' in sent) return sent
  const { file, accepted } = sent
  const { isReplayed } = accepted
  const base = { task_id: accepted.documentId, filename: file.fileName }
  if (kindOf(file.mediaType) === 'image')
    return { task: { ...base, type: 'image', estimated_time: estimateOf(null) }, isReplayed }
  try {
    const pages = await acceptInspected(deps, accepted, inspected)
    const task = { ...base, type: 'pdf' as const, estimated_time: estimateOf(pages) }
    return { task: pages === null ? task : { ...task, total_pages: pages }, isReplayed }
  } catch (error) {
    return refusedFile(file.fileName, error)
  }
}

function refusedFile(name: string, error: unknown): { failure: OcrError; name: string } {
  if (!(error instanceof OcrError)) throw error
  return { failure: error, name }
}

/** What a batch can be asked about: its one task, or the list that has them all. */
function setBatchHeaders(
  request: Request,
  response: Response,
  accepted: readonly AcceptedFile[],
): void {
  const [first, ...others] = accepted
  if (first === undefined) return
  const list = `${request.baseUrl}/api/tasks`
  setSubmitHeaders(response, {
    location: others.length === 0 ? `${list}/${first.task.task_id}` : list,
    isReplayed: accepted.every(({ isReplayed }) => isReplayed),
  })
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
  return OUTAGES.includes(code)
}
