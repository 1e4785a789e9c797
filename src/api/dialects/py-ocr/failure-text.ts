import { FAILURES, type FailureCode, type FailureKind } from '../../../contract/failures.ts'

/** "PDF 页数: 最大 100 页". */
export const MAX_PAGES = 100

/** "最大文件大小: 10MB", exactly 10,485,760 bytes (`max_size`). */
export const MAX_FILE_BYTES = 10_485_760

/** "图片分辨率: 最大 4096x4096". */
export const MAX_IMAGE_SIDE_PX = 4_096

/** Why a task failed, in the language of the document. Only causes of whole documents are listed. */
const CAUSES: Partial<Record<FailureCode, string>> = {
  UNSUPPORTED_FILE_TYPE: '不支持的文件类型',
  ENCRYPTED_PDF: '文件已加密',
  CORRUPT_PDF: '文件损坏',
  CORRUPT_IMAGE: '文件损坏',
  EMPTY_DOCUMENT: '文件没有页面',
  TOO_MANY_PAGES: `页数超过限制，最多 ${MAX_PAGES} 页`,
  IMAGE_DIMENSIONS: `图片分辨率超过限制，最大 ${MAX_IMAGE_SIDE_PX}x${MAX_IMAGE_SIDE_PX}`,
  PAGE_TOO_LARGE: '页面尺寸过大',
  IMAGE_TOO_LARGE: '页面中的图片过大',
  TOO_COMPLEX: '页面过于复杂，内存不足',
  PAGE_TIMEOUT: '页面处理超时',
  TIME_BUDGET: '任务处理超时',
  PAGE_POISON: '页面多次导致处理进程崩溃',
  SUSPECT_OUTPUT: '识别结果不可信',
  ENGINE_UNREACHABLE: '识别引擎不可用',
  ENGINE_TIMED_OUT: '识别引擎超时',
  ENGINE_OUTPUT_INVALID: '识别引擎返回无效结果',
  ENGINE_RATE_LIMITED: '识别引擎繁忙',
  ENGINE_REJECTED_REQUEST: '识别引擎拒绝处理',
  ENGINE_MISCONFIGURED: '识别引擎配置错误',
  PROGRAM_MISSING: '缺少必要的程序',
  PROGRAM_FAILED: '处理程序出错',
  STORAGE_UNAVAILABLE: '存储服务不可用',
  BLOB_MISSING: '文件已不存在',
}

/** The documented `error` of a failed task: "OCR处理失败: 文件损坏". */
export function toFailureText(code: FailureCode): string {
  return `OCR处理失败: ${CAUSES[code] ?? '服务器内部错误'}`
}

/**
 * Retries that were spent before a task failed with a code: what its retry class allows, because
 * only the last failure of a page is kept. Input is never tried again; nonsense
 * gets one step of the ladder; busy is retried without counting, once at least.
 */
export function retryCountOf(code: FailureCode): number {
  switch (kindOf(code)) {
    case 'input':
      return 0
    case 'nonsense':
    case 'busy':
    case 'engineDeath':
      return 1
    case 'bug':
      return 2
    case 'transient':
      return 4
  }
}

// Widened, because no code of the table is an engine's death today.
function kindOf(code: FailureCode): FailureKind {
  return FAILURES[code].kind
}
