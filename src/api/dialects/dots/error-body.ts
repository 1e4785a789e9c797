import type { Request, Response } from 'express'
import type { z } from 'zod'
import { FAILURES, type FailureCode } from '../../../contract/failures.ts'
import type { PublicFailure } from '../../http/problem-response.ts'
import type { errorSchema } from './schemas.ts'

/** A documented status and body. */
export type ErrorAnswer = {
  readonly httpStatus: number
  readonly body: z.infer<typeof errorSchema>
}

/** "模型未加载". */
const MODEL_NOT_LOADED = 'Model not loaded'

/** "服务器繁忙". */
const BUSY = 'Server is busy processing another request'

/** What is wrong with the image, or with where it is: "400: 请求参数错误". */
const IMAGE_ERRORS: Partial<Record<FailureCode, string>> = {
  EMPTY_FILE: 'Image is empty',
  UNSUPPORTED_FILE_TYPE: 'Only PNG, JPEG, WebP, TIFF, GIF and BMP images are supported',
  FILE_TOO_LARGE: 'Image is too large',
  CORRUPT_IMAGE: 'Image cannot be decoded',
  IMAGE_DIMENSIONS: 'Image has too many pixels',
  IMAGE_TOO_LARGE: 'Image has too many pixels',
  PAGE_TOO_LARGE: 'Image has too many pixels',
  EMPTY_DOCUMENT: 'Image has no content',
  PAGES_OUT_OF_RANGE: 'Image has no content',
  TOO_MANY_PAGES: 'Image has too many frames',
  URL_NOT_ALLOWED: 'Image URL is not allowed',
  FETCH_REFUSED: 'Image could not be fetched',
  FETCH_FAILED: 'Image could not be fetched',
  PATH_INPUT_DISABLED: 'Local path access is disabled',
  REQUEST_TIMEOUT: 'Request came in too slowly',
}

const ANSWERS: Partial<Record<FailureCode, ErrorAnswer>> = {
  REQUEST_MALFORMED: answer(400, { error: 'No JSON data provided' }),
  NOT_FOUND: answer(404, { error: 'Not found' }),
  METHOD_NOT_ALLOWED: answer(405, { error: 'Method not allowed' }),
  UNAUTHORIZED: answer(401, { error: 'Credentials are missing or wrong' }),
  ORIGIN_NOT_ALLOWED: answer(403, { error: 'Origin is not allowed' }),
  HOST_NOT_ALLOWED: answer(421, { error: 'Host name is not served here' }),
  RATE_LIMITED: answer(429, { error: BUSY }),
  QUEUE_FULL: answer(429, { error: BUSY, detail_code: 'QUEUE_FULL' }),
  ENGINE_RATE_LIMITED: answer(429, { error: BUSY, detail_code: 'ENGINE_RATE_LIMITED' }),
  ENGINE_DOWN: answer(500, { error: MODEL_NOT_LOADED }),
  ENGINE_UNREACHABLE: answer(500, {
    error: MODEL_NOT_LOADED,
    detail_code: 'ENGINE_UNREACHABLE',
  }),
  ENGINE_MISCONFIGURED: answer(500, {
    error: MODEL_NOT_LOADED,
    detail_code: 'ENGINE_MISCONFIGURED',
  }),
}

/** What the document says, or our texts where it has no answer. A code is told where it says more. */
export function toErrorAnswer(code: FailureCode): ErrorAnswer {
  const imageError = IMAGE_ERRORS[code]
  if (imageError !== undefined) return answer(400, { error: imageError, detail_code: code })
  return ANSWERS[code] ?? answer(500, { error: FAILURES[code].title, detail_code: code })
}

/** Writes a failure in the document's envelope. */
export function writeError(failure: PublicFailure, _req: Request, res: Response): void {
  const { httpStatus, body } = toErrorAnswer(failure.code)
  res.status(httpStatus).json(body)
}

function answer(httpStatus: number, body: ErrorAnswer['body']): ErrorAnswer {
  return { httpStatus, body }
}
