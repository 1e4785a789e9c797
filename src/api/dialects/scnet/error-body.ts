import type { Request, Response } from 'express'
import type { z } from 'zod'
import type { FailureCode } from '../../../contract/failures.ts'
import type { PublicFailure } from '../../http/problem-response.ts'
import { requestIdOf } from '../../http/request-context.ts'
import { TYPE_OF_FAILURE, toMessage } from './error-type.ts'
import type { ErrorType, errorSchema, unknownTaskSchema } from './schemas.ts'

/** "识别类别(目前只有DOC_PARING)", sic; what we call the model in errors. */
export const OCR_TYPE = 'DOC_PARING'

/** HTTP status of each type. */
const HTTP_STATUS: Readonly<Record<ErrorType, number>> = {
  InvalidParameter: 400,
  modal_type_not_supported: 400,
  provider_not_supported: 400,
  model_not_supported: 400,
  content_illegal: 400,
  unauthorized: 401,
  model_not_found: 404,
  task_not_found: 404,
  request_concurrency_conflict: 409,
  limit_burst_rate: 429,
  SystemError: 500,
  unknown_error: 500,
  provider_error: 502,
  model_route_failed: 503,
}

/** Failures of a request whose status says more than their type's does. */
const OWN_HTTP_STATUS: Partial<Record<FailureCode, number>> = {
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  ORIGIN_NOT_ALLOWED: 403,
  HOST_NOT_ALLOWED: 421,
  IDEMPOTENCY_KEY_REUSED: 422,
}

/** HTTP status of a failure in this dialect. */
export function httpStatusOf(code: FailureCode): number {
  return OWN_HTTP_STATUS[code] ?? HTTP_STATUS[TYPE_OF_FAILURE[code]]
}

/** Writes a failure in the document's envelope; no `output`, so that the samples fail visibly. */
export function writeError(failure: PublicFailure, _req: Request, res: Response): void {
  const httpStatus = httpStatusOf(failure.code)
  const message = toMessage(failure.code, OCR_TYPE)
  const body: z.infer<typeof errorSchema> = {
    code: String(httpStatus),
    msg: message,
    ...requestIdsOf(res),
    error: {
      code: String(httpStatus),
      type: TYPE_OF_FAILURE[failure.code],
      message,
      detail_code: failure.code,
    },
  }
  res.status(httpStatus).json(body)
}

/** Body of the 404 to `GET /result` of one unknown task. */
export function toUnknownTaskBody(
  taskId: string,
  res: Response,
): z.infer<typeof unknownTaskSchema> {
  const [type, message] = ['task_not_found', 'Task not found'] as const
  return {
    code: '404',
    msg: message,
    ...requestIdsOf(res),
    error: { code: '404', type, message },
    output: {
      taskId,
      taskStatus: 'FAILED',
      task_id: taskId,
      task_status: 'unknown',
      error_code: type,
      error_message: message,
      errorCode: type,
      errorMessage: message,
    },
  }
}

/** The request's id in both spellings, as every body ends. */
export function requestIdsOf(res: Response): { request_id: string; requestId: string } {
  const requestId = requestIdOf(res)
  return { request_id: requestId, requestId }
}
