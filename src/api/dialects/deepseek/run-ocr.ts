import type { Request, Response } from 'express'
import { ENGINES } from '../../../contract/engines.ts'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { requestIdOf } from '../../http/request-context.ts'
import type { Answer } from '../../http/route.ts'
import { SYNCHRONOUS_DEADLINE_MS } from '../../synchronous/limits.ts'
import { readPageText } from '../../synchronous/page-text.ts'
import { runDocument, type Run } from '../../synchronous/run-document.ts'
import { closeAfterAnswer } from '../../uploads/close-after-answer.ts'
import type { Upload } from '../../uploads/receive-upload.ts'
import { MODEL_NOT_LOADED } from './error-body.ts'
import { ignoredFields, type OcrFields } from './ocr-fields.ts'
import { saveResult } from './saved-results.ts'
import { errorSchema, ocrSchema, outOfMemorySchema } from './schemas.ts'

/** The answers of both routes. */
export const OCR_RESPONSES = {
  200: { description: 'OCR completed successfully / OCR 成功完成', schema: ocrSchema },
  400: { description: 'Invalid input / 输入无效', schema: errorSchema },
  500: { description: 'OCR failed / OCR 失败', schema: errorSchema },
  503: { description: 'Model not loaded / 模型未加载', schema: errorSchema },
  507: { description: 'GPU out of memory / GPU 内存不足', schema: outOfMemorySchema },
} as const

/** At some seconds per page, the last one in line waits for a minute or two of its fifteen. */
const WAITING_PER_SLOT = 16

/** A received image and what is asked of it. */
export type OcrInput = AsyncDisposable & { readonly upload: Upload; readonly fields: OcrFields }

/** One of the two routes. */
export type OcrRun = {
  readonly deps: AppDeps
  readonly name: 'ocr' | 'ocr-base64'
  /** Called only when the model is there. */
  readonly receive: () => Promise<OcrInput>
}

/**
 * Receives an image, has its first page read by the model with the caller's prompt, and answers with
 * what the model said.
 *
 * @throws {OcrError} the failure of the run; see error-body.ts
 */
export async function runOcr(run: OcrRun, request: Request, response: Response): Promise<Answer> {
  const { deps } = run
  const { isReady, slots } = await deps.gpuStatus('deepseek')
  if (!isReady) {
    closeAfterAnswer(request, response)
    return MODEL_NOT_LOADED
  }
  await using input = await run.receive()
  const { upload, fields } = input
  requireImage(upload)
  // Not before the body is here: connections that send none would keep everybody else out.
  using place = deps.inFlight.deepseek.enter(slots * WAITING_PER_SLOT)
  if (place === null)
    throw new OcrError('RATE_LIMITED', 'Cannot accept request: too many are waiting')
  const ignored = ignoredFields(fields)
  if (ignored.length > 0)
    deps.logger.info({ requestId: requestIdOf(response), fields: ignored }, 'fields ignored')
  const status = await runDocument(
    deps,
    toRun(run, upload, { prompt: fields.prompt, senderAddress: request.ip ?? null }),
    response,
  )
  const text = await readPageText(deps.gateway, status)
  return {
    status: 200,
    body: {
      success: true,
      message: 'OCR completed successfully / OCR 成功完成',
      text,
      output_file: fields.save_to_file ? await saveResult(deps.store, text, deps) : null,
    },
  }
}

function requireImage({ sizeBytes, mediaType }: Upload): void {
  if (sizeBytes === 0) throw new OcrError('EMPTY_FILE', 'Cannot accept image: 0 bytes')
  if (mediaType === null || mediaType === 'pdf')
    throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept image: it is none')
}

function toRun(
  { deps, name }: OcrRun,
  upload: Upload,
  { prompt, senderAddress }: Pick<OcrFields, 'prompt'> & Pick<Run, 'senderAddress'>,
): Run {
  return {
    source: { kind: 'upload', upload },
    dialect: 'deepseek',
    owner: deps.owner,
    senderAddress,
    route: `deepseek/${name}`,
    idempotencyKey: null,
    engine: 'deepseek',
    question: { model: 'deepseek', prompt },
    languages: null,
    dpi: ENGINES.deepseek.dpi,
    // The documented answer has one text: of an image with several frames, the first.
    pages: [[1, 1]],
    password: null,
    maxPages: deps.config.api.maxPages,
    maxImageSidePx: null,
    textStyle: 'form-feed',
    deadlineMs: SYNCHRONOUS_DEADLINE_MS,
  }
}
