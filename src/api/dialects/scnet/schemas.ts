import { z } from 'zod'

/*
 * Bodies of the document "OCR 文档智能服务" (`ocrdoc`). Its tables and its sample programs spell them
 * differently; every answer holds both: the wrapped form of the tables (`data`, snake_case, states in
 * lower case) and a mirror for the samples (`output`, camelCase, states in upper case). `detail_code`
 * is ours and stands only in what reports a failure.
 */

/** Types of errors, as "错误码说明" lists them; `unauthorized` is ours. */
export const ERROR_TYPES = [
  'InvalidParameter',
  'modal_type_not_supported',
  'provider_not_supported',
  'model_not_supported',
  'content_illegal',
  'unauthorized',
  'model_not_found',
  'task_not_found',
  'request_concurrency_conflict',
  'limit_burst_rate',
  'SystemError',
  'unknown_error',
  'provider_error',
  'model_route_failed',
] as const

/** One of {@link ERROR_TYPES}. */
export type ErrorType = (typeof ERROR_TYPES)[number]

const errorType = z.enum(ERROR_TYPES)

const detailCode = z
  .string()
  .optional()
  .meta({ description: 'Code of the failure table that refines the type; see /errors' })

const taskId = z.string()

// UTC+8 without a zone: "2026-05-19 19:47:11".
const time = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)

// The samples sleep for so long; 0 would make them poll without a pause.
const estimatedSeconds = z.int().min(1)

const requestIds = { request_id: z.string(), requestId: z.string() }

const code = z.enum(['0', '200'])

/** "请求参数" of the submit, and the spelling of the samples. */
export const submitSchema = z
  .object({
    file_url: z.string().nullish(),
    fileUrl: z.string().nullish(),
    ocr_type: z.string().nullish().meta({ description: '`DOC_PARING`, the only one' }),
    ocrType: z.string().nullish(),
  })
  .meta({ id: 'ScnetSubmit' })

/** Answer to a submit. */
export const submittedSchema = z
  .strictObject({
    code,
    msg: z.literal(''),
    data: z.strictObject({
      output: z.strictObject({ task_status: z.literal('pending'), task_id: taskId }),
      request_id: z.string(),
    }),
    output: z.strictObject({
      taskId,
      taskStatus: z.literal('PENDING'),
      task_id: taskId,
      task_status: z.literal('pending'),
      estimatedSeconds,
    }),
    ...requestIds,
  })
  .meta({ id: 'ScnetSubmitted' })

const oneOrMoreIds = z.union([z.string(), z.array(z.string())]).nullish()

/** "任务ID 列表": of a POST a list, of a GET a query; one spelling is enough. */
export const taskIdsSchema = z.object({
  task_ids: oneOrMoreIds,
  taskIds: oneOrMoreIds,
  task_id: oneOrMoreIds,
  taskId: oneOrMoreIds,
})

const results = z.array(z.string())

const unknownOutput = z.strictObject({ task_id: taskId, task_status: z.literal('unknown') })

const openOutput = z.strictObject({
  task_id: taskId,
  task_status: z.enum(['pending', 'running']),
  submit_time: time,
})

const succeededOutput = z.strictObject({
  results,
  task_id: taskId,
  task_status: z.literal('succeeded'),
  submit_time: time,
  end_time: time,
})

const failedOutput = z.strictObject({
  task_id: taskId,
  task_status: z.literal('failed'),
  submit_time: time,
  end_time: time,
  error_code: errorType,
  error_message: z.string(),
  detail_code: detailCode,
})

/** One asked task. */
export const itemSchema = z
  .union([
    z.strictObject({
      output: succeededOutput,
      usage: z.strictObject({ image_count: z.int().min(1) }),
      request_id: z.string(),
    }),
    z.strictObject({
      request_id: z.string(),
      output: z.union([openOutput, failedOutput, unknownOutput]),
    }),
  ])
  .meta({ id: 'ScnetTask' })

const mirroredIds = { taskId, task_id: taskId }

/** The mirror of the only asked task, as the sample programs read it. */
export const mirrorSchema = z
  .union([
    z.strictObject({
      ...mirroredIds,
      taskStatus: z.literal('SUCCEEDED'),
      task_status: z.literal('succeeded'),
      submitTime: time,
      endTime: time,
      results,
    }),
    z.strictObject({
      ...mirroredIds,
      taskStatus: z.enum(['PENDING', 'RUNNING']),
      task_status: z.enum(['pending', 'running']),
      submitTime: time,
      estimatedSeconds,
    }),
    z.strictObject({
      ...mirroredIds,
      taskStatus: z.literal('FAILED'),
      task_status: z.literal('failed'),
      submitTime: time,
      endTime: time,
      errorCode: errorType,
      errorMessage: z.string(),
    }),
    z.strictObject({
      ...mirroredIds,
      taskStatus: z.literal('UNKNOWN'),
      task_status: z.literal('unknown'),
    }),
  ])
  .meta({ id: 'ScnetMirror' })

/** Answer of "任务状态查询"; `output` exactly when one task was asked for. */
export const resultSchema = z
  .strictObject({
    code,
    msg: z.enum(['', 'success']),
    data: z.array(itemSchema),
    output: mirrorSchema.optional(),
    ...requestIds,
  })
  .meta({ id: 'ScnetResult' })

/** Answer of our upload. */
export const uploadedSchema = z
  .strictObject({
    code,
    msg: z.literal(''),
    data: z.strictObject({ file_url: z.string() }),
    ...requestIds,
  })
  .meta({ id: 'ScnetUploaded' })

const errorFields = {
  code: z.string().regex(/^[45]\d\d$/),
  msg: z.string(),
  ...requestIds,
  error: z.strictObject({
    code: z.string(),
    type: errorType,
    message: z.string(),
    detail_code: detailCode,
  }),
}

/** "失败响应". */
export const errorSchema = z.strictObject(errorFields).meta({ id: 'ScnetError' })

/** An unknown task that was asked for by GET, so that the samples, which read `output`, end. */
export const unknownTaskSchema = z
  .strictObject({
    ...errorFields,
    output: z.strictObject({
      ...mirroredIds,
      taskStatus: z.literal('FAILED'),
      task_status: z.literal('unknown'),
      error_code: z.literal('task_not_found'),
      error_message: z.string(),
      errorCode: z.literal('task_not_found'),
      errorMessage: z.string(),
    }),
  })
  .meta({ id: 'ScnetUnknownTask' })
