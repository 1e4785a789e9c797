import { ENGINES } from '../../../contract/engines.ts'
import { checkUrl } from '../../../platform/safe-fetch/url-rules.ts'
import type { AppDeps } from '../../app-deps.ts'
import type { DocumentSource } from '../../gateway/submission.ts'
import { readIdempotencyKey, setSubmitHeaders } from '../../http/idempotency-key.ts'
import { noteDocument } from '../../http/request-context.ts'
import { RequestError } from '../../http/request-error.ts'
import { route, type Route } from '../../http/route.ts'
import { OCR_TYPE, requestIdsOf } from './error-body.ts'
import { errorSchema, submitSchema, submittedSchema } from './schemas.ts'
import { readStoredFile } from './stored-file.ts'
import { successCode } from './success-code.ts'
import { DEFAULT_ESTIMATE_SECONDS } from './task.ts'

/**
 * `POST /submit`: "任务提交 API". Refused is only what the request itself shows; what fetching the file
 * finds is told by the task.
 */
export function submitRoute(deps: AppDeps): Route {
  const { api, engines } = deps.config
  const engine = engines.cpuEngine
  return route({
    method: 'post',
    path: '/submit',
    tag: 'SCNet',
    summary: '任务提交',
    body: submitSchema,
    isSubmit: true,
    responses: {
      200: { description: '成功', schema: submittedSchema },
      400: { description: 'InvalidParameter', schema: errorSchema },
      401: { description: 'unauthorized', schema: errorSchema },
      404: { description: 'The document of the Idempotency-Key was deleted', schema: errorSchema },
      422: { description: 'IDEMPOTENCY_KEY_REUSED', schema: errorSchema },
      429: { description: 'limit_burst_rate', schema: errorSchema },
      500: { description: 'SystemError', schema: errorSchema },
    },
    async handler({ body, request, response }) {
      const idempotencyKey = readIdempotencyKey(request)
      const ocrType = body.ocr_type ?? body.ocrType ?? OCR_TYPE
      if (ocrType !== OCR_TYPE) throw new RequestError(`ocr_type: only ${OCR_TYPE} is known`)
      const fileUrl = body.file_url ?? body.fileUrl ?? ''
      if (fileUrl === '') throw new RequestError('file_url: is missing')
      const { documentId, replayed } = await deps.gateway.submit({
        source: await readSource(deps, fileUrl),
        dialect: 'scnet',
        owner: deps.owner,
        senderAddress: request.ip ?? null,
        route: 'scnet/submit',
        idempotencyKey,
        engine,
        languages: null,
        dpi: ENGINES[engine].dpi,
        pages: null,
        password: null,
        maxPages: api.maxPages,
        maxImageSidePx: null,
        textStyle: 'form-feed',
        deadlineMs: null,
      })
      noteDocument(response, documentId)
      setSubmitHeaders(response, {
        location: `${request.baseUrl}/result?taskId=${documentId}`,
        isReplayed: replayed,
      })
      const requestIds = requestIdsOf(response)
      const output = { task_status: 'pending', task_id: documentId }
      return {
        status: 200,
        body: {
          code: successCode(api.scnet),
          msg: '',
          data: { output, request_id: requestIds.request_id },
          output: {
            taskId: documentId,
            taskStatus: 'PENDING',
            task_id: documentId,
            task_status: 'pending',
            estimatedSeconds: DEFAULT_ESTIMATE_SECONDS,
          },
          ...requestIds,
        },
      }
    },
  })
}

async function readSource(deps: AppDeps, fileUrl: string): Promise<DocumentSource> {
  const { maxUploadBytes, urlRules } = deps.config.api
  const stored = await readStoredFile(deps, fileUrl)
  if (stored !== null) return stored
  const url = checkUrl(fileUrl, urlRules).href
  return { kind: 'remote', remote: { url, maxBytes: maxUploadBytes, mediaTypes: null } }
}
