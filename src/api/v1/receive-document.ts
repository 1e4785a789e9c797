import type { Request, Response } from 'express'
import { z } from 'zod'
import { OcrError } from '../../platform/errors.ts'
import { checkUrl } from '../../platform/safe-fetch/url-rules.ts'
import type { AppDeps } from '../app-deps.ts'
import type { DocumentSource } from '../gateway/submission.ts'
import { jsonBody } from '../http/json-body.ts'
import { parsePart, RequestError } from '../http/request-error.ts'
import { receiveUpload } from '../uploads/receive-upload.ts'
import { remoteFields, uploadFields, withoutEmptyFields } from './upload-fields.ts'

/** What was submitted and how it is to be read. Disposing removes a file that was uploaded. */
export type ReceivedDocument = AsyncDisposable & {
  readonly source: DocumentSource
  readonly fields: z.output<typeof uploadFields>
}

/**
 * Receives a file in a form, or the URL of one as JSON. Nothing is connected to for a URL: it is
 * refused here by what its text shows, and by the worker that fetches it for the rest.
 *
 * @throws {OcrError} `EMPTY_FILE`, `FILE_TOO_LARGE`, `UNSUPPORTED_FILE_TYPE`, `URL_NOT_ALLOWED`,
 *   `REQUEST_MALFORMED`, `REQUEST_TIMEOUT`, `STORAGE_UNAVAILABLE`
 */
export function receiveDocument(
  request: Request,
  response: Response,
  deps: AppDeps,
): Promise<ReceivedDocument> {
  const isJson = typeof request.is('application/json') === 'string'
  return isJson ? receiveUrl(request, response, deps) : receiveFile(request, response, deps)
}

async function receiveFile(
  request: Request,
  response: Response,
  { config, temporaryDirectory }: AppDeps,
): Promise<ReceivedDocument> {
  await using setUp = new AsyncDisposableStack()
  const upload = setUp.use(
    await receiveUpload(request, response, {
      maxBytes: config.api.maxUploadBytes,
      temporaryDirectory,
    }),
  )
  if (upload === null)
    throw new RequestError('a file is needed in the form field "file", or its "url" as JSON')
  if (upload.sizeBytes === 0) throw new OcrError('EMPTY_FILE', 'Cannot accept upload: 0 bytes')
  if (upload.mediaType === null)
    throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept upload: unknown content', {
      publicDetail: 'Accepted are PDF, PNG, JPEG, TIFF, WebP, GIF and BMP',
    })
  const fields = parsePart('body', uploadFields, withoutEmptyFields(upload.fields))
  const received = setUp.move()
  return {
    source: { kind: 'upload', upload },
    fields,
    [Symbol.asyncDispose]: () => received.disposeAsync(),
  }
}

async function receiveUrl(
  request: Request,
  response: Response,
  { config }: AppDeps,
): Promise<ReceivedDocument> {
  const { maxUploadBytes, urlRules } = config.api
  await readJsonBody(request, response)
  const body = parsePart('body', z.record(z.string(), z.unknown()), request.body)
  const { url, ...fields } = parsePart('body', remoteFields, withoutEmptyFields(body))
  // In the form that it was judged in.
  const { href } = checkUrl(url, urlRules)
  return {
    source: { kind: 'remote', remote: { url: href, maxBytes: maxUploadBytes, mediaTypes: null } },
    fields,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/**
 * Reads a JSON body into `request.body`; leaves it undefined where there is none.
 *
 * @throws {OcrError} `FILE_TOO_LARGE`, `REQUEST_MALFORMED`
 */
export function readJsonBody(request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    jsonBody()(request, response, (error?: unknown) =>
      error === undefined ? resolve() : reject(translate(error)),
    )
  })
}

/** A client's mistake has a status of 4xx in what body-parser throws. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !('status' in error)) return error
  const { status } = error
  if (typeof status !== 'number' || status < 400 || status > 499) return error
  return status === 413
    ? new OcrError('FILE_TOO_LARGE', 'Cannot read JSON: it is too large', { cause: error })
    : new RequestError('the JSON cannot be read', { httpStatus: status, cause: error })
}
