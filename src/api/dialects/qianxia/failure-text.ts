import type { FailureCode } from '../../../contract/failures.ts'

const BYTES_PER_MIB = 1024 * 1024

/** Why a task or a page failed, in the language of the dialect; our own texts. */
const CAUSES: Partial<Record<FailureCode, string>> = {
  UNSUPPORTED_FILE_TYPE: '不支持的文件类型',
  ENCRYPTED_PDF: 'PDF文件已加密',
  CORRUPT_PDF: 'PDF文件格式错误或损坏',
  CORRUPT_IMAGE: '图片文件损坏',
  EMPTY_DOCUMENT: '文件没有页面',
  TOO_MANY_PAGES: 'PDF页数过多',
  IMAGE_DIMENSIONS: '图片分辨率过大',
  PAGE_TOO_LARGE: '页面尺寸过大',
  IMAGE_TOO_LARGE: '页面中的图片过大',
  TOO_COMPLEX: '页面过于复杂，内存不足',
  PAGE_TIMEOUT: '页面处理超时',
  TIME_BUDGET: '任务处理超时',
  PAGE_POISON: '页面多次导致处理进程崩溃',
  SUSPECT_OUTPUT: '识别结果不可信',
  ENGINE_UNREACHABLE: '识别接口无法连接',
  ENGINE_TIMED_OUT: '识别接口超时',
  ENGINE_DIED: '识别引擎崩溃',
  ENGINE_REPLY_BROKEN: '识别接口的回复中断',
  ENGINE_OUTPUT_INVALID: '识别接口返回无效结果',
  ENGINE_OUTPUT_TRUNCATED: '识别结果超过长度上限',
  ENGINE_OUTPUT_REPEATS: '识别结果陷入重复',
  ENGINE_REFUSED: '模型拒绝识别此页',
  ENGINE_OUT_OF_MEMORY: '识别引擎内存不足',
  ENGINE_DOWN: '识别引擎不可用',
  ENGINE_RATE_LIMITED: '识别接口繁忙',
  ENGINE_REJECTED_REQUEST: '识别接口拒绝请求',
  ENGINE_MISCONFIGURED: '识别接口配置错误',
  PROGRAM_MISSING: '缺少必要的程序',
  PROGRAM_FAILED: '处理程序出错',
  STORAGE_UNAVAILABLE: '存储服务不可用',
  BLOB_MISSING: '文件已不存在',
}

/** `error_message` of a task or page that failed. */
export function toFailureText(code: FailureCode): string {
  return CAUSES[code] ?? '服务器内部错误'
}

/** "文件过大，最大支持{MB}MB". */
export function tooLargeText(maxBytes: number): string {
  return `文件过大，最大支持${maxBytes / BYTES_PER_MIB}MB`
}

/** "PDF页数过多，最大支持{MAX_PDF_PAGES}页". */
export function tooManyPagesText(maxPages: number): string {
  return `PDF页数过多，最大支持${maxPages}页`
}

/** Megabytes with two decimals, as the answers to submits spell them. */
export function megabytesText(sizeBytes: number): string {
  return (sizeBytes / BYTES_PER_MIB).toFixed(2)
}
