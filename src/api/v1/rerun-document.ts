import { z } from 'zod'
import { hasEnded } from '../../contract/document-status.ts'
import { ENGINES, type EngineId } from '../../contract/engines.ts'
import { OcrError } from '../../platform/errors.ts'
import type { AppDeps } from '../app-deps.ts'
import type { StoredDocument } from '../gateway/document-source.ts'
import type { Submission } from '../gateway/submission.ts'
import { readIdempotencyKey, setSubmitHeaders } from '../http/idempotency-key.ts'
import { noteDocument, originOf } from '../http/request-context.ts'
import { parsePart, RequestError } from '../http/request-error.ts'
import { route, type Route } from '../http/route.ts'
import { readCallback } from './callback-fields.ts'
import { LIMIT_FAILURES } from '../limits/limit-failures.ts'
import { documentPath, toLinks } from './document-body.ts'
import { readDocumentId, requireDocument, unknownDocument } from './find-document.ts'
import { readJsonBody } from './receive-document.ts'
import { documentParams, submittedSchema } from './schemas.ts'
import { remoteFields, withoutEmptyFields } from './upload-fields.ts'

const rerunFields = remoteFields.pick({
  engine: true,
  pages: true,
  password: true,
  callback_url: true,
  callback_events: true,
})

/** `POST /v1/documents/{id}/rerun`: reads the file of a document once more, as a new document. */
export function rerunDocumentRoute(deps: AppDeps): Route {
  return route({
    method: 'post',
    path: '/v1/documents/{id}/rerun',
    tag: 'v1',
    summary: 'Read a document once more',
    description:
      'Makes a new document of the file that is stored already. Without a body it is read as before: ' +
      'pages that were read are found in the store, those that failed are tried again. The password ' +
      'of an encrypted PDF is not kept and has to be sent again, and so has `callback_url`. 409 while a file given by URL was ' +
      'not fetched yet, 404 `BLOB_MISSING` when there is none.',
    params: documentParams,
    optionalJson: rerunFields,
    isSubmit: true,
    responses: { 202: { description: 'Accepted', schema: submittedSchema } },
    failures: [
      'DOCUMENT_NOT_FOUND',
      'BLOB_MISSING',
      'RESULT_NOT_READY',
      'FILE_TOO_LARGE',
      'URL_NOT_ALLOWED',
      'WEBHOOKS_DISABLED',
      'IDEMPOTENCY_KEY_REUSED',
      ...LIMIT_FAILURES,
    ],
    async handler({ params, request, response }) {
      const earlierId = readDocumentId(params.id, response)
      const idempotencyKey = readIdempotencyKey(request)
      const isTyped = request.get('content-type') !== undefined
      if (isTyped && request.is('application/json') === false)
        throw new RequestError('the body must be of type application/json', { httpStatus: 415 })
      await readJsonBody(request, response)
      const body = parsePart('body', z.record(z.string(), z.unknown()), request.body ?? {})
      const fields = parsePart('body', rerunFields, withoutEmptyFields(body))
      const status = requireDocument(await deps.gateway.status(earlierId))
      const earlier = await deps.gateway.stored(earlierId)
      if (earlier === null) throw unknownDocument()
      const source = requireFile(earlier, hasEnded(status.state))
      const { documentId, replayed } = await deps.gateway.submit({
        ...readingOf(earlier.request, fields),
        source,
        dialect: 'v1',
        owner: deps.owner,
        senderAddress: request.ip ?? null,
        // The same key means another document where another one is read again.
        route: `v1/documents/${earlierId}/rerun`,
        idempotencyKey,
        password: fields.password ?? null,
        callback: readCallback(fields, deps.config.webhooks),
        maxPages: deps.config.api.maxPages,
        maxImageSidePx: null,
        textStyle: 'form-feed',
        deadlineMs: null,
      })
      noteDocument(response, documentId)
      const state = replayed
        ? requireDocument(await deps.gateway.status(documentId)).state
        : 'queued'
      setSubmitHeaders(response, { location: documentPath(documentId), isReplayed: replayed })
      const links = toLinks(documentId, originOf(request, deps.config.api.publicUrl))
      return { status: 202, body: { id: documentId, status: state, links } }
    },
  })
}

/** As the earlier document, for as much as the engine stays the same; only then are its pages found. */
function readingOf(
  earlier: StoredDocument['request'],
  fields: z.output<typeof rerunFields>,
): Pick<Submission, 'engine' | 'languages' | 'dpi' | 'pages' | 'question'> {
  const engine: EngineId = fields.engine ?? earlier.engine
  const isSameEngine = engine === earlier.engine
  // A resolution that nobody chose is the engine's.
  const hasChosenDpi = earlier.dpi !== ENGINES[earlier.engine].dpi
  return {
    engine,
    languages: earlier.languages,
    dpi: isSameEngine || hasChosenDpi ? earlier.dpi : ENGINES[engine].dpi,
    pages: fields.pages ?? earlier.pages,
    question: isSameEngine ? (earlier.question ?? null) : null,
  }
}

function requireFile({ source }: StoredDocument, isOver: boolean) {
  if (source !== null) return source
  if (!isOver)
    throw new OcrError('RESULT_NOT_READY', 'Cannot read document again: its file is not here yet', {
      publicDetail: 'The file of the document has not been fetched yet',
    })
  throw new OcrError('BLOB_MISSING', 'Cannot read document again: its file is gone', {
    publicDetail: 'The file of the document is not stored any more',
  })
}
