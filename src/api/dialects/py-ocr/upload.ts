import { z } from 'zod'
import type { MediaType } from '../../../contract/document.ts'
import { ENGINES } from '../../../contract/engines.ts'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { readIdempotencyKey, setSubmitHeaders } from '../../http/idempotency-key.ts'
import { receiveUpload } from '../../uploads/receive-upload.ts'
import { noteDocument } from '../../http/request-context.ts'
import { route, type Route } from '../../http/route.ts'
import { NO_FILE_UPLOADED } from './error-body.ts'
import { MAX_FILE_BYTES, MAX_IMAGE_SIDE_PX } from './limits.ts'
import { errorSchema, uploadedSchema } from './schemas.ts'
import type { TaskKind } from './task-kind.ts'

/** "支持的文件类型: PDF, PNG, JPG, JPEG, TIFF", by content. */
const ACCEPTED: readonly (MediaType | null)[] = ['pdf', 'png', 'jpeg', 'tiff']

/** "文件命名规则: 仅支持字母、数字、下划线和连字符", and an extension. */
const STRICT_FILE_NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9]+)?$/

/** `POST /upload`, `/llm/upload` or `/ocr/upload`: "文件上传接口". */
export function uploadRoute(deps: AppDeps, kind: TaskKind): Route {
  const { pyOcr } = deps.config.api
  const engine = kind.engine ?? deps.config.engines.cpuEngine
  return route({
    method: 'post',
    path: `${kind.prefix}/upload`,
    tag: 'Py OCR',
    summary: `${kind.title} 文件上传接口`,
    multipart: z.object({ file: z.file() }),
    isSubmit: true,
    responses: {
      200: { description: '成功', schema: uploadedSchema(kind.uploadedMessage) },
      400: { description: '失败', schema: errorSchema },
      404: { description: 'The document of the Idempotency-Key was deleted', schema: errorSchema },
      408: { description: 'REQUEST_TIMEOUT', schema: errorSchema },
      422: { description: 'IDEMPOTENCY_KEY_REUSED', schema: errorSchema },
      429: { description: 'RATE_LIMITED', schema: errorSchema },
      500: { description: '失败', schema: errorSchema },
      503: { description: '服务暂时不可用', schema: errorSchema },
    },
    async handler({ request, response }) {
      const idempotencyKey = readIdempotencyKey(request)
      await using upload = await receiveUpload(request, response, {
        maxBytes: MAX_FILE_BYTES,
        temporaryDirectory: deps.temporaryDirectory,
      })
      if (upload === null) return { status: 400, body: NO_FILE_UPLOADED }
      if (upload.sizeBytes === 0) throw new OcrError('EMPTY_FILE', 'Cannot accept upload: 0 bytes')
      if (!ACCEPTED.includes(upload.mediaType))
        throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept upload: not a documented type')
      if (pyOcr.strictFileNames && !STRICT_FILE_NAME.test(upload.fileName))
        throw new OcrError('INVALID_FILE_NAME', 'Cannot accept upload: the name breaks the rule')
      const { documentId, replayed } = await deps.gateway.submit({
        source: { kind: 'upload', upload },
        dialect: 'py-ocr',
        owner: deps.owner,
        senderAddress: request.ip ?? null,
        route: `py-ocr${kind.prefix}/upload`,
        idempotencyKey,
        engine,
        // "语言支持: 中文 (chi_sim) 和英文 (eng)".
        languages: ['zh', 'en'],
        dpi: ENGINES[engine].dpi,
        pages: null,
        password: null,
        maxPages: kind.maxPages,
        maxImageSidePx: pyOcr.downscale ? null : MAX_IMAGE_SIDE_PX,
        textStyle: 'py-ocr',
        deadlineMs: kind.deadlineMs,
      })
      noteDocument(response, documentId)
      setSubmitHeaders(response, {
        location: `${request.baseUrl}${kind.prefix}/status/${documentId}`,
        isReplayed: replayed,
      })
      return { status: 200, body: { task_id: documentId, message: kind.uploadedMessage } }
    },
  })
}
