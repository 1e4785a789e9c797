import type { Request, Response } from 'express'
import type { z } from 'zod'
import { FAILURES, type FailureCode } from '../../../contract/failures.ts'
import { pathOf } from '../../http/access-log.ts'
import type { PublicFailure } from '../../http/problem-response.ts'
import type { errorSchema, outOfMemorySchema } from './schemas.ts'

/** A documented status and body. */
export type ErrorAnswer = {
  readonly httpStatus: number
  readonly body: z.infer<typeof errorSchema> | z.infer<typeof outOfMemorySchema>
}

/** "Model not loaded". */
export const MODEL_NOT_LOADED = {
  status: 503,
  body: { detail: 'Model not loaded / 模型未加载' },
  // A worker tells every 10 s whether it is ready.
  headers: { 'Retry-After': '10' },
} as const

/** "Error Response Example", letter by letter. */
export const OUT_OF_MEMORY = {
  error: 'GPU out of memory / GPU 内存不足',
  message: 'The OCR process exceeded available GPU memory',
  suggestions: [
    'Reduce image size / 减小图片尺寸',
    'Close all other GPU applications / 关闭其他 GPU 应用程序',
    'Restart the API server / 重启 API 服务器',
  ],
}

const RETRY_AFTER_SECONDS = '5'

const MAX_SHOWN_CHARACTERS = 100

/** Texts of FastAPI where the document has none. */
const FRAMEWORK_ANSWERS: Partial<Record<FailureCode, ErrorAnswer>> = {
  NOT_FOUND: { httpStatus: 404, body: { detail: 'Not Found' } },
  METHOD_NOT_ALLOWED: { httpStatus: 405, body: { detail: 'Method Not Allowed' } },
  UNAUTHORIZED: { httpStatus: 401, body: { detail: 'Not authenticated' } },
  ORIGIN_NOT_ALLOWED: { httpStatus: 403, body: { detail: 'Origin not allowed' } },
  HOST_NOT_ALLOWED: { httpStatus: 421, body: { detail: 'Host not allowed' } },
}

/** The caller's fault: "Invalid input / 输入无效". */
const INVALID_INPUT = codes(
  'REQUEST_MALFORMED',
  'REQUEST_TIMEOUT',
  'FILE_TOO_LARGE',
  'INVALID_FILE_NAME',
)

/** The same, with an image that is none, or none that can be drawn. */
const INVALID_IMAGE = codes(
  'EMPTY_FILE',
  'UNSUPPORTED_FILE_TYPE',
  'CORRUPT_IMAGE',
  'IMAGE_DIMENSIONS',
  'IMAGE_TOO_LARGE',
  'PAGE_TOO_LARGE',
  'EMPTY_DOCUMENT',
  'PAGES_OUT_OF_RANGE',
  'TOO_MANY_PAGES',
)

/** "Service Unavailable", for other reasons than a model that is not there. */
const BUSY = codes('RATE_LIMITED', 'QUEUE_FULL', 'ENGINE_RATE_LIMITED')
const UNAVAILABLE = codes(
  'SERVICE_UNAVAILABLE',
  'STORAGE_UNAVAILABLE',
  'STORAGE_FULL',
  'QUOTA_EXCEEDED',
)

/** "Out of memory": of the GPU, or the guard of the drawing process. */
const MEMORY = codes('ENGINE_OUT_OF_MEMORY', 'TOO_COMPLEX')

/** The document's answer to a failure, with the finer cause as `detail_code`. */
export function toErrorAnswer(
  { code, detail }: Pick<PublicFailure, 'code' | 'detail'>,
  path: string,
): ErrorAnswer {
  if (path.includes('/results/') && code === 'REQUEST_MALFORMED') return fileNotFound('')
  const framework = FRAMEWORK_ANSWERS[code]
  if (framework !== undefined) return framework
  if (MEMORY.has(code))
    return { httpStatus: 507, body: { detail: OUT_OF_MEMORY, detail_code: code } }
  const say = (httpStatus: number, text: string): ErrorAnswer => ({
    httpStatus,
    body: { detail: text, detail_code: code },
  })
  const cause = detail ?? FAILURES[code].title
  if (INVALID_INPUT.has(code)) return say(400, `Invalid input / 输入无效: ${cause}`)
  if (INVALID_IMAGE.has(code)) return say(400, `${imageText(path)}: ${cause}`)
  if (code === 'ENGINE_DOWN') return say(503, MODEL_NOT_LOADED.body.detail)
  if (BUSY.has(code)) return say(503, 'Server is busy / 服务器繁忙')
  if (UNAVAILABLE.has(code)) return say(503, 'Service unavailable / 服务不可用')
  return say(500, `OCR failed / OCR 失败: ${FAILURES[code].title}`)
}

/** "File not found". The name is a stranger's: shown without control characters, and not all of it. */
export function fileNotFound(name: string): ErrorAnswer {
  const shown = name.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '_')
  const short = Array.from(shown).slice(0, MAX_SHOWN_CHARACTERS).join('')
  return { httpStatus: 404, body: { detail: `File not found / 文件未找到: ${short}` } }
}

/** Writes a failure in the document's envelope. */
export function writeError(failure: PublicFailure, req: Request, res: Response): void {
  const { httpStatus, body } = toErrorAnswer(failure, pathOf(req))
  // Set before by the status of /v1, which is another one for some failures.
  if (httpStatus !== 503) res.removeHeader('Retry-After')
  else if (!res.hasHeader('Retry-After')) res.setHeader('Retry-After', RETRY_AFTER_SECONDS)
  res.status(httpStatus).json(body)
}

function imageText(path: string): string {
  return path.includes('/ocr-base64')
    ? 'Failed to decode base64 image / 解码 base64 图片失败'
    : 'Invalid image / 图片无效'
}

function codes(...list: FailureCode[]): ReadonlySet<FailureCode> {
  return new Set(list)
}
