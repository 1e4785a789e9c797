import type { Request, Response } from 'express'
import type { z } from 'zod'
import type { FailureCode } from '../../../contract/failures.ts'
import { pathOf } from '../../http/access-log.ts'
import type { PublicFailure } from '../../http/problem-response.ts'
import { MAX_FILE_BYTES } from './limits.ts'
import type { errorSchema } from './schemas.ts'

/** A documented status and body. */
export type ErrorAnswer = {
  readonly httpStatus: number
  readonly body: z.infer<typeof errorSchema>
}

/** "没有上传文件": no file part, no file name, nothing in the file. */
export const NO_FILE_UPLOADED = { error: '没有上传文件', code: 'NO_FILE_UPLOADED' } as const

/** "无效的任务 ID". */
export const INVALID_TASK_ID = { error: '无效的任务 ID', code: 'INVALID_TASK_ID' } as const

/** "任务不存在". */
export const TASK_NOT_FOUND = { error: 'Task ID not found', code: 'TASK_NOT_FOUND' } as const

/** "取消任务失败". */
export const CANCEL_FAILED = { error: '取消任务失败', code: 'CANCEL_FAILED' } as const

const UNAVAILABLE = { error: '服务暂时不可用', code: 'SERVICE_UNAVAILABLE' } as const

/** What the document says, or our texts where it has no answer. */
const ANSWERS: Partial<Record<FailureCode, ErrorAnswer>> = {
  EMPTY_FILE: answer(400, { ...NO_FILE_UPLOADED, detail_code: 'EMPTY_FILE' }),
  UNSUPPORTED_FILE_TYPE: answer(400, {
    error: '不支持的文件类型',
    code: 'UNSUPPORTED_FILE_TYPE',
    supported_types: ['pdf', 'png', 'jpg', 'jpeg', 'tiff'],
  }),
  INVALID_FILE_NAME: answer(400, {
    error: '文件名仅支持字母、数字、下划线和连字符',
    code: 'INVALID_FILE_NAME',
    detail_code: 'INVALID_FILE_NAME',
  }),
  QUOTA_EXCEEDED: answer(400, { error: '存储配额已用完', code: 'QUOTA_EXCEEDED' }),
  DOCUMENT_NOT_FOUND: answer(404, TASK_NOT_FOUND),
  BLOB_MISSING: answer(404, { ...TASK_NOT_FOUND, detail_code: 'BLOB_MISSING' }),
  NOT_FOUND: answer(404, { error: '接口不存在', code: 'NOT_FOUND' }),
  METHOD_NOT_ALLOWED: answer(405, { error: '方法不允许', code: 'METHOD_NOT_ALLOWED' }),
  REQUEST_TIMEOUT: answer(408, { error: '请求超时', code: 'REQUEST_TIMEOUT' }),
  IDEMPOTENCY_KEY_REUSED: answer(422, {
    error: '幂等键已用于其他请求',
    code: 'IDEMPOTENCY_KEY_REUSED',
  }),
  UNAUTHORIZED: answer(401, { error: '未提供有效的密钥', code: 'UNAUTHORIZED' }),
  ORIGIN_NOT_ALLOWED: answer(403, { error: '来源不被允许', code: 'ORIGIN_NOT_ALLOWED' }),
  HOST_NOT_ALLOWED: answer(421, { error: '主机名不被允许', code: 'HOST_NOT_ALLOWED' }),
  RATE_LIMITED: answer(429, { error: '请求过于频繁', code: 'RATE_LIMITED' }),
  QUEUE_FULL: answer(429, {
    error: '排队任务过多',
    code: 'RATE_LIMITED',
    detail_code: 'QUEUE_FULL',
  }),
  SERVICE_UNAVAILABLE: answer(503, UNAVAILABLE),
  STORAGE_UNAVAILABLE: answer(503, { ...UNAVAILABLE, detail_code: 'STORAGE_UNAVAILABLE' }),
  STORAGE_FULL: answer(503, { ...UNAVAILABLE, detail_code: 'STORAGE_FULL' }),
}

const INNER_ERROR = answer(500, { error: '服务器内部错误', code: 'INTERNAL_SERVER_ERROR' })

/**
 * The document's answer to a failure, with the finer cause as `detail_code` where it says more.
 *
 * @param takesFile whether the route is an upload: what is malformed or too large is a file there, and
 *   a list of task ids elsewhere
 */
export function toErrorAnswer(code: FailureCode, takesFile: boolean): ErrorAnswer {
  if (code === 'REQUEST_MALFORMED')
    return answer(400, takesFile ? { ...NO_FILE_UPLOADED, detail_code: code } : INVALID_TASK_ID)
  if (code === 'FILE_TOO_LARGE')
    return answer(
      400,
      takesFile
        ? { error: '文件大小超过限制', code, max_size: MAX_FILE_BYTES }
        : { ...INVALID_TASK_ID, detail_code: code },
    )
  return ANSWERS[code] ?? INNER_ERROR
}

/** Writes a failure in the document's envelope. */
export function writeError(failure: PublicFailure, req: Request, res: Response): void {
  const { httpStatus, body } = toErrorAnswer(failure.code, /\/upload\/?$/.test(pathOf(req)))
  res.status(httpStatus).json(body)
}

function answer(httpStatus: number, body: ErrorAnswer['body']): ErrorAnswer {
  return { httpStatus, body }
}
