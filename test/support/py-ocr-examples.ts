import assert from 'node:assert/strict'

/*
 * The bodies of all sections of the Py OCR document that have some (4 and 6 refer to 3 and 5), copied
 * letter by letter, so that the comparison runs without the document. A test compares the copies with
 * the document.
 */

const TASK_ID = '550e8400-e29b-41d4-a716-446655440000'
const RESULT_URL = `http://minio.example.com/ocr-results/${TASK_ID}.txt`

const UPLOAD_ERRORS = {
  noFile: { error: '没有上传文件', code: 'NO_FILE_UPLOADED' },
  wrongType: {
    error: '不支持的文件类型',
    code: 'UNSUPPORTED_FILE_TYPE',
    supported_types: ['pdf', 'png', 'jpg', 'jpeg', 'tiff'],
  },
  tooLarge: { error: '文件大小超过限制', code: 'FILE_TOO_LARGE', max_size: 10485760 },
  innerError: { error: '服务器内部错误', code: 'INTERNAL_SERVER_ERROR' },
} as const

/** Documented bodies by section and order. */
export const PY_OCR_EXAMPLES = {
  1: { uploaded: { task_id: TASK_ID, message: '文件上传成功，正在处理中' }, ...UPLOAD_ERRORS },
  2: { uploaded: { task_id: TASK_ID, message: '文件上传成功，开始LLM处理' }, ...UPLOAD_ERRORS },
  3: {
    processing: {
      status: 'processing',
      progress: 45,
      started_at: '2024-03-07T10:00:00Z',
      estimated_completion: '2024-03-07T10:01:00Z',
    },
    completed: {
      status: 'completed',
      minio_url: RESULT_URL,
      completed_at: '2024-03-07T10:01:00Z',
      processing_time: 60,
      file_size: 1024,
      text_length: 500,
    },
    failed: {
      status: 'failed',
      error: 'OCR处理失败: 文件损坏',
      code: 'OCR_PROCESSING_ERROR',
      failed_at: '2024-03-07T10:01:00Z',
      retry_count: 3,
    },
    notFound: { error: 'Task ID not found', code: 'TASK_NOT_FOUND' },
  },
  5: {
    cancelled: { message: '任务已取消' },
    notCancellable: { error: '只能取消处理中的任务', current_status: 'completed' },
    notFound: { error: 'Task ID not found', code: 'TASK_NOT_FOUND' },
  },
  7: {
    request: { task_ids: [TASK_ID, '550e8400-e29b-41d4-a716-446655440001'] },
    answer: {
      results: [
        { task_id: TASK_ID, status: 'completed', minio_url: RESULT_URL },
        { task_id: '550e8400-e29b-41d4-a716-446655440001', status: 'processing', progress: 45 },
      ],
    },
  },
  8: {
    uploaded: { task_id: TASK_ID, message: '文件上传成功，正在使用Ollama OCR处理中' },
    ...UPLOAD_ERRORS,
  },
  9: {
    processing: { status: 'processing', task_id: TASK_ID },
    completed: { status: 'completed', task_id: TASK_ID, minio_url: RESULT_URL },
    failed: { status: 'failed', task_id: TASK_ID, error: 'Ollama OCR处理失败: 服务不可用' },
    notFound: { error: 'Task ID not found', code: 'TASK_NOT_FOUND' },
  },
  10: {
    cancelled: { message: '任务已取消' },
    notCancellable: { error: '只能取消处理中的任务', current_status: 'completed' },
    cancelFailed: { error: '取消任务失败', code: 'CANCEL_FAILED' },
    notFound: { error: 'Task ID not found', code: 'TASK_NOT_FOUND' },
  },
} as const

/** The text of the table "错误代码", which has no JSON example for these. */
export const PY_OCR_ERRORS = {
  invalidTaskId: { error: '无效的任务 ID', code: 'INVALID_TASK_ID' },
  unavailable: { error: '服务暂时不可用', code: 'SERVICE_UNAVAILABLE' },
} as const

/**
 * Fails unless a body has the keys and types of an example, and its values too, other than those of
 * the keys that differ from task to task.
 */
export function assertIsExample(
  body: unknown,
  example: object,
  variableKeys: readonly string[] = [],
): void {
  assert.deepEqual(shapeOf(body), shapeOf(example))
  assert.deepEqual(without(body, variableKeys), without(example, variableKeys))
}

/** The JSON examples of one numbered section of the document, in their order. */
export function examplesOf(document: string, section: number): unknown[] {
  const heading = new RegExp(`^### ${section}\\. .*接口`, 'm')
  const start = heading.exec(document)?.index
  if (start === undefined) throw new Error(`no section ${section}`)
  const body = document.slice(start).split(/\n#{2,3} /)[0] ?? ''
  return [...body.matchAll(/```json\n([^`]*)```/g)].map((match) => JSON.parse(match[1] ?? ''))
}

/** Keys and value types of a body, to compare it with an example: `{ progress: 'number' }`. */
export function shapeOf(value: unknown): unknown {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
}

/** A failure's body without the one key that may be added to it. */
export function withoutDetailCode(body: unknown): unknown {
  return without(body, ['detail_code'])
}

function without(body: unknown, keys: readonly string[]): unknown {
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)))
}
