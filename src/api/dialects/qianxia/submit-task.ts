import type { Request, Response } from 'express'
import type { MediaType } from '../../../contract/document.ts'
import { ENGINES } from '../../../contract/engines.ts'
import { codeOf, OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { readIdempotencyKey, setSubmitHeaders } from '../../http/idempotency-key.ts'
import { noteDocument } from '../../http/request-context.ts'
import { receiveUpload, type Upload } from '../../uploads/receive-upload.ts'
import type { AcceptedTask } from './accepted-task.ts'
import { tooLargeText } from './failure-text.ts'
import { readAllowance, type PageAllowance } from './quota.ts'
import { requireCaller, type Caller } from './session.ts'
import { requireNotWithdrawn, withdrawTask } from './withdraw-task.ts'

/** What a route takes. */
export type FileKind = 'image' | 'pdf'

/** How a file came. */
export type Submitter = {
  readonly caller: Caller
  readonly request: Request
  /** For the idempotency key, which counts for one route. */
  readonly route: string
  readonly idempotencyKey: string | null
  readonly allowance: PageAllowance
}

/** "PNG、JPG、JPEG、GIF、BMP、WEBP", by content. */
const IMAGES: readonly (MediaType | null)[] = ['png', 'jpeg', 'gif', 'bmp', 'webp']

/** The largest file of a kind in bytes. */
export function maxBytesOf({ config }: AppDeps, kind: FileKind): number {
  const { maxImageBytes, maxPdfBytes } = config.api.qianxia
  return kind === 'pdf' ? maxPdfBytes : maxImageBytes
}

/** What a file is by its content; `null`: nothing that this dialect takes. */
export function kindOf(mediaType: MediaType | null): FileKind | null {
  if (mediaType === 'pdf') return 'pdf'
  return IMAGES.includes(mediaType) ? 'image' : null
}

/**
 * Receives the one file of a request, which must be of a kind, and starts its task.
 *
 * @returns `null` when there is no file
 * @throws {OcrError} everything that `submitFile` and `receiveUpload` throw, and `UNAUTHORIZED`
 */
export async function submitOne(
  deps: AppDeps,
  kind: FileKind,
  { request, response, route }: { request: Request; response: Response; route: string },
): Promise<AcceptedTask | null> {
  const caller = await requireCaller(request, deps)
  const idempotencyKey = readIdempotencyKey(request)
  const maxBytes = maxBytesOf(deps, kind)
  await using upload = await receive(deps, { request, response, maxBytes })
  if (upload === null) return null
  requireFile(upload)
  if (kindOf(upload.mediaType) !== kind)
    throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept upload: not what the route takes', {
      publicDetail: `不支持的文件类型，请上传${kind === 'pdf' ? 'PDF' : '图片'}文件`,
    })
  const allowance = await readAllowance(deps, caller)
  const submitter = { caller, request, route, idempotencyKey, allowance }
  const accepted = await submitFile(deps, upload, submitter)
  noteDocument(response, accepted.documentId)
  setSubmitHeaders(response, {
    location: `${request.baseUrl}/api/tasks/${accepted.documentId}`,
    isReplayed: accepted.isReplayed,
  })
  return accepted
}

/**
 * Starts the task of a file that this dialect takes. The first of its pages counts against the
 * allowance, unless it was accepted before: of a key, only submitting tells.
 *
 * @throws {OcrError} `EMPTY_FILE`, `FILE_TOO_LARGE`, `UNSUPPORTED_FILE_TYPE`, `QUOTA_EXCEEDED`, and
 *   what `DocumentGateway.submit` throws
 */
export async function submitFile(
  deps: AppDeps,
  upload: Upload,
  { caller, request, route, idempotencyKey, allowance }: Submitter,
): Promise<AcceptedTask> {
  requireFile(upload)
  const kind = kindOf(upload.mediaType)
  if (kind === null)
    throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept upload: not a documented type')
  if (upload.sizeBytes > maxBytesOf(deps, kind)) throw tooLarge(maxBytesOf(deps, kind))
  const isKeyed = idempotencyKey !== null
  if (!isKeyed) allowance.require(1)
  const { qianxia } = deps.config.api
  const { documentId, replayed } = await deps.gateway.submit({
    source: { kind: 'upload', upload },
    dialect: 'qianxia',
    owner: caller.owner,
    senderAddress: request.ip ?? null,
    route,
    idempotencyKey,
    engine: 'llm',
    languages: null,
    dpi: kind === 'pdf' ? qianxia.pdfDpi : ENGINES.llm.dpi,
    pages: null,
    password: null,
    maxPages: qianxia.maxPdfPages,
    maxImageSidePx: null,
    textStyle: 'form-feed',
    clientAddress: request.ip ?? null,
    windowPages: qianxia.concurrency,
    maxRetries: qianxia.maxRetries,
    deadlineMs: null,
  })
  const { sizeBytes } = upload
  const accepted = { documentId, sizeBytes, isReplayed: replayed, isKeyed, allowance }
  if (replayed) await requireNotWithdrawn(deps, accepted)
  else await takeFirstPage(deps, accepted)
  return accepted
}

async function takeFirstPage(deps: AppDeps, task: AcceptedTask): Promise<void> {
  try {
    task.allowance.take(1)
  } catch (error) {
    await withdrawTask(deps, task)
    throw error
  }
}

/** What a file is refused with that is larger than allowed. */
export function tooLarge(maxBytes: number): OcrError {
  return new OcrError('FILE_TOO_LARGE', 'Cannot accept upload: it is too large', {
    publicDetail: tooLargeText(maxBytes),
  })
}

function requireFile(upload: Upload): void {
  if (upload.sizeBytes === 0) throw new OcrError('EMPTY_FILE', 'Cannot accept upload: 0 bytes')
}

async function receive(
  { temporaryDirectory }: AppDeps,
  { request, response, maxBytes }: { request: Request; response: Response; maxBytes: number },
): Promise<Upload | null> {
  try {
    return await receiveUpload(request, response, { maxBytes, temporaryDirectory })
  } catch (error) {
    // Our reader of bodies knows no limit of this dialect.
    if (codeOf(error) === 'FILE_TOO_LARGE') throw tooLarge(maxBytes)
    throw error
  }
}
