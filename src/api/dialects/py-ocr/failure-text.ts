import type { DocumentStatus } from '../../../contract/document-status.ts'
import type { FailureCode } from '../../../contract/failures.ts'
import { MAX_IMAGE_SIDE_PX } from './limits.ts'
import { taskKindOf } from './task-kind.ts'

/** Codes that answer a request and that no document ends with. */
type RequestFailure =
  | 'FILE_TOO_LARGE'
  | 'EMPTY_FILE'
  | 'INVALID_FILE_NAME'
  | 'REQUEST_MALFORMED'
  | 'REQUEST_TIMEOUT'
  | 'PATH_INPUT_DISABLED'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'DOCUMENT_NOT_FOUND'
  | 'PAGE_NOT_FOUND'
  | 'RESULT_NOT_READY'
  | 'DOCUMENT_FINISHED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'UNAUTHORIZED'
  | 'ORIGIN_NOT_ALLOWED'
  | 'HOST_NOT_ALLOWED'
  | 'WEBHOOKS_DISABLED'
  | 'QUEUE_FULL'
  | 'RATE_LIMITED'
  | 'QUOTA_EXCEEDED'

/** Why a task failed, in the language of the document. */
const CAUSES: Readonly<Record<Exclude<FailureCode, RequestFailure>, string>> = {
  UNSUPPORTED_FILE_TYPE: '不支持的文件类型',
  URL_NOT_ALLOWED: '不允许的文件地址',
  BLOB_MISSING: '文件已不存在',
  ENCRYPTED_PDF: '文件已加密',
  CORRUPT_PDF: '文件损坏',
  CORRUPT_IMAGE: '文件损坏',
  EMPTY_DOCUMENT: '文件没有页面',
  TOO_MANY_PAGES: '页数超过限制',
  PAGES_OUT_OF_RANGE: '所选页面不存在',
  IMAGE_DIMENSIONS: '图片分辨率超过限制',
  PAGE_TOO_LARGE: '页面尺寸过大',
  IMAGE_TOO_LARGE: '页面中的图片过大',
  TOO_COMPLEX: '页面过于复杂，内存不足',
  PAGE_TIMEOUT: '页面处理超时',
  TIME_BUDGET: '任务处理超时',
  PAGE_POISON: '页面多次导致处理进程崩溃',
  SUSPECT_OUTPUT: '识别结果不可信',
  ENGINE_UNREACHABLE: '服务不可用',
  ENGINE_TIMED_OUT: '识别引擎超时',
  ENGINE_DIED: '识别引擎崩溃',
  ENGINE_REPLY_BROKEN: '识别引擎的回答中断',
  ENGINE_OUTPUT_INVALID: '识别引擎返回无效结果',
  ENGINE_OUTPUT_TRUNCATED: '识别引擎的回答过长',
  ENGINE_OUTPUT_REPEATS: '识别引擎的回答重复',
  ENGINE_REFUSED: '识别引擎拒绝识别页面',
  ENGINE_OUT_OF_MEMORY: '识别引擎内存不足',
  ENGINE_DOWN: '服务不可用',
  ENGINE_RATE_LIMITED: '识别引擎繁忙',
  ENGINE_REJECTED_REQUEST: '识别引擎拒绝处理',
  ENGINE_MISCONFIGURED: '识别引擎配置错误',
  PROGRAM_MISSING: '缺少必要的程序',
  PROGRAM_FAILED: '处理程序出错',
  FETCH_REFUSED: '文件服务器拒绝提供文件',
  FETCH_FAILED: '无法获取文件',
  STORAGE_UNAVAILABLE: '存储服务不可用',
  STORAGE_FULL: '存储空间已满',
  CANCELLED: '任务被终止',
  SERVICE_UNAVAILABLE: '服务暂时不可用',
  INTERNAL_SERVER_ERROR: '服务器内部错误',
}

/**
 * The documented `error` of a failed task, "OCR处理失败: 文件损坏". It names the limit that was
 * exceeded, where the document has one.
 */
export function toFailureText(label: string, code: FailureCode, status: DocumentStatus): string {
  // Widened: the codes of requests have no text here.
  const causes: Partial<Record<FailureCode, string>> = CAUSES
  const cause = causes[code] ?? CAUSES.INTERNAL_SERVER_ERROR
  const limit = limitOf(code, status)
  return limit === null ? `${label}: ${cause}` : `${label}: ${cause}，${limit}`
}

function limitOf(code: FailureCode, { dialect, engine }: DocumentStatus): string | null {
  // Others came in under limits of their own.
  if (dialect !== 'py-ocr') return null
  const { maxPages, deadlineMs } = taskKindOf(engine)
  if (code === 'TOO_MANY_PAGES') return `最多 ${maxPages} 页`
  if (code === 'IMAGE_DIMENSIONS') return `最大 ${MAX_IMAGE_SIDE_PX}x${MAX_IMAGE_SIDE_PX}`
  if (code === 'TIME_BUDGET' && deadlineMs !== null) return `最长 ${deadlineMs / 60_000} 分钟`
  return null
}
