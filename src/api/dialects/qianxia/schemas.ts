import { z } from 'zod'

/*
 * Bodies of the Qianxia dialect: submits, rows and what is read of tasks. `detail_code` and
 * `queued_reason` are ours: they stand only in bodies that report a failure, and while a task waits.
 */

const detailCode = z
  .string()
  .optional()
  .meta({ description: 'Code of the failure table that refines the text; see /errors' })

const time = z.iso.datetime()
const seconds = z.number().min(0)
const count = z.int().min(0)
const percent = z.number().min(0).max(100)
const success = z.literal('success')

/** Every error. */
export const errorSchema = z
  .strictObject({ detail: z.string(), detail_code: detailCode })
  .meta({ id: 'QianxiaError' })

/** An answer that only says what was done. */
export const messageSchema = z
  .strictObject({ status: success, message: z.string() })
  .meta({ id: 'QianxiaMessage' })

/** `POST /api/tasks/image` and `/api/tasks/pdf`. */
export const submittedSchema = z
  .strictObject({ status: success, task_id: z.uuid(), message: z.literal('任务提交成功') })
  .meta({ id: 'QianxiaSubmitted' })

/** `POST /process/image`. */
export const processImageSchema = z.strictObject({
  status: z.literal('accepted'),
  task_id: z.uuid(),
  message: z.literal('任务已提交，正在后台处理'),
  estimated_time: count,
  websocket_url: z.string(),
  status_url: z.string(),
  result_url: z.string(),
})

// Known only when the PDF was opened in time.
const pdfFacts = { total_pages: z.int().min(1).optional(), file_size_mb: z.string() }

/** `POST /process/pdf`. */
export const processPdfSchema = z.strictObject({ ...processImageSchema.shape, ...pdfFacts })

/** `POST /api/async/image`. */
export const asyncImageSchema = z.strictObject({
  status: success,
  task_id: z.uuid(),
  message: z.string(),
  estimated_time: count,
  endpoints: z.strictObject({
    status: z.string(),
    result: z.string(),
    cancel: z.string(),
    websocket: z.string(),
  }),
})

/** `POST /api/async/pdf`. */
export const asyncPdfSchema = z.strictObject({ ...asyncImageSchema.shape, ...pdfFacts })

/** `POST /api/async/batch`. */
export const asyncBatchSchema = z.strictObject({
  status: success,
  message: z.string(),
  submitted_tasks: z.array(
    z.strictObject({
      task_id: z.uuid(),
      filename: z.string(),
      type: z.enum(['image', 'pdf']),
      estimated_time: count,
      total_pages: z.int().min(1).optional(),
    }),
  ),
  failed_files: z.array(
    z.strictObject({ filename: z.string(), error: z.string(), detail_code: detailCode }),
  ),
  total_tasks: count,
  total_estimated_time: count,
  endpoints: z.strictObject({ batch_status: z.string(), websocket: z.string() }),
})

/** States of a task. */
export const taskStateSchema = z.enum(['pending', 'processing', 'completed', 'failed', 'cancelled'])

/** What came of a task, once it has ended. */
export const resultSummarySchema = z.strictObject({
  total_pages: count,
  successful_pages: count,
  failed_pages: count,
  success_rate: z.string().regex(/^\d+\.\d%$/),
  processing_time: seconds,
  content_length: count.optional(),
  file_size_mb: z.number(),
})

/** A task. */
export const taskRowSchema = z
  .strictObject({
    id: z.uuid(),
    user_id: z.string().nullable(),
    task_type: z.enum(['image_ocr', 'pdf_ocr']),
    status: taskStateSchema,
    file_name: z.string(),
    file_size: count,
    total_pages: z.int().min(1),
    processed_pages: count,
    failed_pages: count,
    progress: percent,
    processing_rate: z.number().min(0),
    estimated_time_remaining: seconds.nullable(),
    created_at: time,
    started_at: time.nullable(),
    completed_at: time.nullable(),
    last_updated_at: time,
    error_message: z.string().nullable(),
    client_ip: z.string().nullable(),
    metadata: z.strictObject({}),
    result_summary: z.union([resultSummarySchema, z.strictObject({})]),
    page_strategy: z.literal('auto'),
    batch_size: z.int().min(1),
    retry_count: count,
    max_retries: count,
    queued_reason: z
      .string()
      .optional()
      .meta({ description: '等待原因，如 `NO_WORKER`：没有识别程序在运行' }),
    detail_code: detailCode,
  })
  .meta({ id: 'QianxiaTask' })

/** A page of a task. */
export const pageRowSchema = z
  .strictObject({
    id: z.int().min(1),
    task_id: z.uuid(),
    page_number: z.int().min(1),
    status: z.enum(['pending', 'processing', 'completed', 'failed']),
    content: z.string().nullable(),
    content_length: count,
    error_message: z.string().nullable(),
    processing_time: seconds.nullable(),
    retry_count: count,
    max_retries: count,
    batch_id: z.string(),
    priority: z.int(),
    created_at: time,
    updated_at: time,
    started_at: time.nullable(),
    completed_at: time.nullable(),
  })
  .meta({ id: 'QianxiaPage' })

/** Consecutive pages of a task. */
export const batchRowSchema = z
  .strictObject({
    id: z.string().regex(/_batch_\d{3,}$/),
    task_id: z.uuid(),
    batch_number: z.int().min(1),
    status: z.enum(['pending', 'processing', 'completed', 'partial', 'failed']),
    page_start: z.int().min(1),
    page_end: z.int().min(1),
    pages_count: z.int().min(1),
    processed_pages: count,
    failed_pages: count,
    created_at: time,
    started_at: time.nullable(),
    completed_at: time.nullable(),
    processing_time: seconds.nullable(),
  })
  .meta({ id: 'QianxiaBatch' })

/** Sums over the pages of a task. */
export const pageStatisticsSchema = z.strictObject({
  total_pages: count,
  completed_pages: count,
  failed_pages: count,
  pending_pages: count,
  processing_pages: count,
  average_processing_time: seconds,
  total_content_length: count,
  success_rate: percent,
})

/** How far a task is. */
export const latestProgressSchema = z.strictObject({
  id: z.int().min(1),
  task_id: z.uuid(),
  timestamp: time,
  progress: percent,
  processed_pages: count,
  failed_pages: count,
  processing_rate: z.number().min(0),
  estimated_time_remaining: seconds.nullable(),
  current_batch_id: z.string().nullable(),
  message: z.string(),
})

/** Wraps what an answer tells. */
export const dataSchema = <Data extends z.ZodType>(data: Data) =>
  z.strictObject({ status: success, data })

/** `GET /api/tasks`. */
export const taskListSchema = dataSchema(z.array(taskRowSchema))

/** `GET /api/tasks/{id}`. */
export const taskSchema = dataSchema(
  z.strictObject({ ...taskRowSchema.shape, page_results: z.array(pageRowSchema).optional() }),
)

/** `GET /api/tasks/{id}/result`. */
export const resultSchema = dataSchema(
  z.strictObject({
    task_id: z.uuid(),
    status: taskStateSchema,
    progress: percent,
    created_at: time,
    completed_at: time.nullable(),
    error_message: z.string().nullable(),
    file_size_mb: z.number(),
    content: z.string(),
    page_results: z.array(pageRowSchema).optional(),
    detail_code: detailCode,
  }),
)

/** `GET /api/tasks/{id}/pages`. */
export const pagesSchema = dataSchema(
  z.strictObject({
    task_id: z.uuid(),
    pages: z.array(pageRowSchema),
    total_pages: count,
    page_statistics: pageStatisticsSchema,
  }),
)

/** `GET /api/tasks/{id}/pages/{n}`. */
export const pageSchema = dataSchema(
  z.strictObject({ task_id: z.uuid(), page_number: count, page_result: pageRowSchema }),
)

/** `GET /api/tasks/{id}/progress`. */
export const progressSchema = dataSchema(
  z.strictObject({
    task_info: taskRowSchema,
    latest_progress: latestProgressSchema,
    batches: z.array(batchRowSchema),
    page_statistics: pageStatisticsSchema,
    detailed_progress: z.strictObject({
      total_pages: count,
      processed_pages: count,
      failed_pages: count,
      progress_percentage: percent,
      processing_rate: z.number().min(0),
      estimated_time_remaining: seconds.nullable(),
    }),
  }),
)

/** `GET /api/tasks/{id}/batches`. */
export const batchesSchema = dataSchema(
  z.strictObject({ task_id: z.uuid(), batches: z.array(batchRowSchema), total_batches: count }),
)

/** `POST /api/tasks/batch/status`. */
export const batchStatusSchema = z.strictObject({
  status: success,
  tasks: z.array(
    z.union([
      z.strictObject({
        task_id: z.uuid(),
        status: taskStateSchema,
        progress: percent,
        created_at: time,
        completed_at: time.nullable(),
        error_message: z.string().nullable(),
        detail_code: detailCode,
      }),
      z.strictObject({
        task_id: z.string(),
        status: z.literal('not_found'),
        error_message: z.literal('任务不存在'),
      }),
    ]),
  ),
  summary: z.strictObject({
    total_tasks: count,
    status_counts: z.record(z.string(), count),
  }),
})
