import type { Request, Response } from 'express'
import type { z } from 'zod'
import type { FailureCode } from '../../../contract/failures.ts'
import type { PublicFailure } from '../../http/problem-response.ts'
import { toFailureText } from './failure-text.ts'
import type { errorSchema } from './schemas.ts'

/** A documented status and body. */
export type ErrorAnswer = {
  readonly status: number
  readonly body: z.infer<typeof errorSchema>
}

/** "任务不存在". */
export const UNKNOWN_TASK = answer(404, '任务不存在')

/** "未收到文件". */
export const NO_FILE = answer(400, '未收到文件')

const UNAVAILABLE = '服务暂时不可用'

/** What the dialect says, or our texts where it has no answer. */
const ANSWERS: Partial<Record<FailureCode, ErrorAnswer>> = {
  EMPTY_FILE: answer(400, '文件内容为空'),
  UNSUPPORTED_FILE_TYPE: answer(400, '不支持的文件类型'),
  FILE_TOO_LARGE: answer(400, '请求内容过大'),
  REQUEST_MALFORMED: answer(400, '请求格式错误'),
  REQUEST_TIMEOUT: answer(408, '请求超时'),
  CORRUPT_PDF: answer(400, 'PDF文件格式错误或损坏'),
  ENCRYPTED_PDF: answer(400, 'PDF文件格式错误或损坏', 'ENCRYPTED_PDF'),
  EMPTY_DOCUMENT: answer(400, 'PDF文件格式错误或损坏', 'EMPTY_DOCUMENT'),
  TOO_MANY_PAGES: answer(400, toFailureText('TOO_MANY_PAGES')),
  NOT_FOUND: answer(404, 'Not Found'),
  METHOD_NOT_ALLOWED: answer(405, 'Method Not Allowed'),
  DOCUMENT_NOT_FOUND: UNKNOWN_TASK,
  PAGE_NOT_FOUND: answer(404, '页面结果不存在'),
  BLOB_MISSING: answer(404, '任务不存在', 'BLOB_MISSING'),
  DOCUMENT_FINISHED: answer(400, '任务已结束，无法取消'),
  RESULT_NOT_READY: answer(400, '任务未完成，无法导出'),
  IDEMPOTENCY_KEY_REUSED: answer(422, '幂等键已用于其他请求', 'IDEMPOTENCY_KEY_REUSED'),
  UNAUTHORIZED: answer(401, '未登录'),
  ORIGIN_NOT_ALLOWED: answer(403, '来源不被允许'),
  QUOTA_EXCEEDED: answer(403, '配额不足'),
  HOST_NOT_ALLOWED: answer(421, '主机名不被允许'),
  RATE_LIMITED: answer(429, '请求过于频繁'),
  QUEUE_FULL: answer(429, '排队任务过多', 'QUEUE_FULL'),
  SERVICE_UNAVAILABLE: answer(503, UNAVAILABLE),
  STORAGE_UNAVAILABLE: answer(503, UNAVAILABLE, 'STORAGE_UNAVAILABLE'),
  STORAGE_FULL: answer(503, UNAVAILABLE, 'STORAGE_FULL'),
}

const INNER_ERROR = answer(500, '服务器内部错误')

/** Failures whose `publicDetail` is a text of this dialect. */
const TOLD_EXACTLY: readonly FailureCode[] = [
  'REQUEST_MALFORMED',
  'UNSUPPORTED_FILE_TYPE',
  'FILE_TOO_LARGE',
  'TOO_MANY_PAGES',
  'UNAUTHORIZED',
  'QUOTA_EXCEEDED',
  'RATE_LIMITED',
]

/**
 * The dialect's answer to a failure, with the finer cause as `detail_code` where it says more.
 *
 * @param detail Takes the place of the usual text where the dialect knows several
 */
export function toErrorAnswer(code: FailureCode, detail: string | null): ErrorAnswer {
  const known = ANSWERS[code] ?? INNER_ERROR
  if (detail === null || !TOLD_EXACTLY.includes(code)) return known
  return { status: known.status, body: { ...known.body, detail } }
}

/** Writes a failure in the envelope of the dialect. */
export function writeError(failure: PublicFailure, _req: Request, res: Response): void {
  const { status, body } = toErrorAnswer(failure.code, failure.detail)
  // A route may have said already what it would have sent.
  res.status(status).type('json').json(body)
}

function answer(status: number, detail: string, detailCode?: FailureCode): ErrorAnswer {
  return {
    status,
    body: { detail, ...(detailCode === undefined ? {} : { detail_code: detailCode }) },
  }
}
