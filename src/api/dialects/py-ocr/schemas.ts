import { z } from 'zod'
import { MAX_TASK_IDS } from '../task-id.ts'

/*
 * Bodies of the document "Py OCR 服务 API 文档" (v1.0.0), each with the sentence it comes from.
 * `detail_code` is ours and stands only in bodies that report a failure.
 */

const detailCode = z
  .string()
  .optional()
  .meta({ description: 'Code of the failure table that refines `code`; see /errors' })

// The documented times have no milliseconds: "2024-03-07T10:00:00Z".
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

const progress = z.int().min(0).max(100)

/** "文件上传接口": 成功 (HTTP 200), with the message of its kind of task. */
export function uploadedSchema(message: string) {
  return z.strictObject({ task_id: z.uuid(), message: z.literal(message) })
}

/** "成功，任务处理中 (HTTP 200)". `estimated_completion` is left out while it is unknown. */
export const processingSchema = z.strictObject({
  status: z.literal('processing'),
  progress,
  started_at: time,
  estimated_completion: time.optional(),
})

/** "成功，任务已完成 (HTTP 200)": size of the result text in bytes, its length in code points. */
export const completedSchema = z.strictObject({
  status: z.literal('completed'),
  minio_url: z.string(),
  completed_at: time,
  processing_time: z.int().min(0).meta({ description: 'Seconds' }),
  file_size: z.int().min(0),
  text_length: z.int().min(0),
})

/** "成功，任务失败 (HTTP 200)". */
export const failedSchema = z.strictObject({
  status: z.literal('failed'),
  error: z.string(),
  code: z.literal('OCR_PROCESSING_ERROR'),
  failed_at: time,
  retry_count: z.int().min(0),
  detail_code: detailCode,
})

/** Cancelled is no documented status; this is what upstream's code answers. */
export const cancelledStatusSchema = z.strictObject({
  status: z.literal('cancelled'),
  error: z.literal('任务已被用户取消'),
})

/** "OCR 查询任务状态接口", "LLM 查询任务状态接口". */
export const statusSchema = z
  .discriminatedUnion('status', [
    processingSchema,
    completedSchema,
    failedSchema,
    cancelledStatusSchema,
  ])
  .meta({ id: 'PyOcrStatus' })

const taskId = z.string()

/** "Ollama OCR 查询任务状态接口": few keys, and always the task's id. */
export const briefStatusSchema = z
  .discriminatedUnion('status', [
    z.strictObject({ status: z.literal('processing'), task_id: taskId }),
    z.strictObject({ status: z.literal('completed'), task_id: taskId, minio_url: z.string() }),
    z.strictObject({
      status: z.literal('failed'),
      task_id: taskId,
      error: z.string(),
      detail_code: detailCode,
    }),
    cancelledStatusSchema.extend({ task_id: taskId }),
  ])
  .meta({ id: 'PyOcrBriefStatus' })

/** "取消任务接口": 成功 (HTTP 200). */
export const cancelledSchema = z
  .strictObject({ message: z.literal('任务已取消') })
  .meta({ id: 'PyOcrCancelled' })

/** "批量查询任务状态接口": 请求体. "每次最多 100 个任务 ID". */
export const batchRequestSchema = z.object({
  task_ids: z.array(z.string()).min(1).max(MAX_TASK_IDS),
})

/** "批量查询任务状态接口": 响应. */
export const batchSchema = z
  .strictObject({
    results: z.array(
      z.discriminatedUnion('status', [
        z.strictObject({ task_id: taskId, status: z.literal('processing'), progress }),
        z.strictObject({ task_id: taskId, status: z.literal('completed'), minio_url: z.string() }),
        z.strictObject({
          task_id: taskId,
          status: z.literal('failed'),
          error: z.string(),
          detail_code: detailCode,
        }),
        z.strictObject({ task_id: taskId, status: z.literal('cancelled'), error: z.string() }),
        z.strictObject({
          task_id: taskId,
          status: z.literal('not_found'),
          error: z.literal('Task ID not found'),
          code: z.literal('TASK_NOT_FOUND'),
        }),
      ]),
    ),
  })
  .meta({ id: 'PyOcrBatch' })

/** "失败 (HTTP 400)", "失败 (HTTP 404)", "失败 (HTTP 500)" and the table "错误代码". */
export const errorSchema = z
  .strictObject({
    error: z.string(),
    code: z.string(),
    supported_types: z.array(z.string()).optional(),
    max_size: z.int().optional(),
    detail_code: detailCode,
  })
  .meta({ id: 'PyOcrError' })

/** "取消任务接口": 失败 (HTTP 400), the one error without a code. */
export const notCancellableSchema = z
  .strictObject({ error: z.literal('只能取消处理中的任务'), current_status: z.string() })
  .meta({ id: 'PyOcrNotCancellable' })
