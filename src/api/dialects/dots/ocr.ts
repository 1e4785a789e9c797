import type { Request, Response } from 'express'
import { ENGINES } from '../../../contract/engines.ts'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import type { DocumentSource } from '../../gateway/submission.ts'
import { route, type Route } from '../../http/route.ts'
import { MAX_IMAGE_BODY_BYTES, SYNCHRONOUS_DEADLINE_MS } from '../../synchronous/limits.ts'
import { readPageText } from '../../synchronous/page-text.ts'
import { runDocument, type Run } from '../../synchronous/run-document.ts'
import { closeAfterAnswer } from '../../uploads/close-after-answer.ts'
import { withJsonBody } from '../../uploads/with-json-body.ts'
import { openImage } from './open-image.ts'
import { readFields, readImageFields, type OcrRequest, type Refusal } from './read-request.ts'
import { answerSchema, errorSchema, MODEL, requestSchema } from './schemas.ts'
import { streamAnswer } from './stream-answer.ts'

const RETRY_AFTER_MS = 1000

/** `POST /ocr`: "处理图像并返回OCR结果". */
export function ocrRoute(deps: AppDeps): Route {
  const documented = route({
    method: 'post',
    path: '/ocr',
    tag: 'dots',
    isSubmit: true,
    summary: 'OCR处理',
    description:
      'With `stream: true` the answer is `application/x-ndjson`: one object per line with ' +
      '`model`, `created_at`, `response` and `done`.',
    responses: {
      200: { description: '成功', schema: answerSchema },
      400: { description: '请求参数错误', schema: errorSchema },
      429: { description: '服务器繁忙', schema: errorSchema },
      500: { description: '服务器内部错误', schema: errorSchema },
    },
    async handler({ request, response }) {
      await using held = new AsyncDisposableStack()
      const asked = await receive(deps, { request, response, held })
      if ('refusal' in asked) return { status: 400, body: { error: asked.refusal } }
      const submission = submissionOf(deps, asked, request.ip ?? null)
      if (asked.isStreamed) {
        await streamAnswer(deps, submission, response)
        return null
      }
      const status = await runDocument(deps, submission, response)
      const text = await readPageText(deps.gateway, status)
      return {
        status: 200,
        body: { model: MODEL, response: text, prompt_type: asked.promptType },
      }
    },
  })
  // The body is read by the handler: the document says in which order errors are found.
  return { ...documented, body: requestSchema }
}

/** A request that may run: its place is taken, its image is open. */
type Accepted = Omit<OcrRequest, 'image'> & { readonly source: DocumentSource }

/**
 * Receives a request; the place that it takes and its image are left to `held`.
 *
 * @throws {OcrError} `ENGINE_DOWN` before the body is read, `RATE_LIMITED`, and what withJsonBody and
 *   openImage throw
 */
async function receive(
  deps: AppDeps,
  {
    request: req,
    response: res,
    held,
  }: {
    readonly request: Request
    readonly response: Response
    readonly held: AsyncDisposableStack
  },
): Promise<Accepted | Refusal> {
  const { isReady, slots } = await deps.gpuStatus('dots')
  if (!isReady) {
    closeAfterAnswer(req, res)
    throw new OcrError('ENGINE_DOWN', 'Cannot read image: no replica is ready')
  }
  const maxInFlight = deps.config.api.dots.maxInFlight ?? Math.max(1, slots)
  const open = async ({ image, ...asked }: OcrRequest): Promise<Accepted | Refusal> => {
    const opened = await openImage(deps, { image, imageFormat: asked.imageFormat })
    return 'refusal' in opened ? opened : { ...asked, source: held.use(opened).source }
  }
  const received = await withJsonBody(
    { req, res },
    { maxBytes: MAX_IMAGE_BODY_BYTES, temporaryDirectory: deps.temporaryDirectory },
    async (body) => {
      const imageFields = readImageFields(body)
      if ('refusal' in imageFields) return imageFields
      const place = deps.inFlight.dots.enter(maxInFlight)
      if (place === null)
        throw new OcrError('RATE_LIMITED', 'Cannot read image: every place is taken', {
          retryAfterMs: RETRY_AFTER_MS,
        })
      held.use(place)
      const asked = readFields(imageFields)
      if ('refusal' in asked) return asked
      // A large text must not outlive this; a slow disk must not hold up the next body.
      return asked.imageFormat === 'base64' ? open(asked) : asked
    },
  )
  return 'image' in received ? open(received) : received
}

function submissionOf(
  { config, owner }: AppDeps,
  { question, source }: Accepted,
  senderAddress: string | null,
): Run {
  return {
    source,
    question,
    dialect: 'dots',
    owner,
    senderAddress,
    route: 'dots/ocr',
    idempotencyKey: null,
    engine: 'dots',
    languages: null,
    dpi: ENGINES.dots.dpi,
    // Of a TIFF with many images the first one.
    pages: [[1, 1]],
    password: null,
    maxPages: config.api.maxPages,
    maxImageSidePx: null,
    textStyle: 'form-feed',
    deadlineMs: SYNCHRONOUS_DEADLINE_MS,
  }
}
