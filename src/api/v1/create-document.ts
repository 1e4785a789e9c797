import { z } from 'zod'
import { ENGINES } from '../../contract/engines.ts'
import type { AppDeps } from '../app-deps.ts'
import { readIdempotencyKey, setSubmitHeaders } from '../http/idempotency-key.ts'
import { noteDocument, originOf } from '../http/request-context.ts'
import { route, type Route } from '../http/route.ts'
import { readCallback } from './callback-fields.ts'
import { LIMIT_FAILURES } from '../limits/limit-failures.ts'
import { documentPath, toLinks } from './document-body.ts'
import { requireDocument } from './find-document.ts'
import { receiveDocument } from './receive-document.ts'
import { submittedSchema } from './schemas.ts'
import { remoteFields, uploadFields } from './upload-fields.ts'

/** `POST /v1/documents`: takes a file or its URL, starts its workflow, answers with where to look. */
export function createDocumentRoute(deps: AppDeps): Route {
  const { api } = deps.config
  return route({
    method: 'post',
    path: '/v1/documents',
    tag: 'v1',
    summary: 'Submit a document',
    description:
      'The file is recognized by its content: PDF, PNG, JPEG, TIFF, WebP, GIF or BMP. With an ' +
      '`Idempotency-Key`, the same request gives the same document. In place of a form, ' +
      '`application/json` takes the `url` of a file on a public address, beside the same fields; a ' +
      'worker fetches it. With `callback_url`, signed webhooks tell how the document ended.',
    multipart: uploadFields.extend({ file: z.file() }),
    jsonInstead: remoteFields,
    isSubmit: true,
    responses: { 202: { description: 'Accepted', schema: submittedSchema } },
    failures: [
      'EMPTY_FILE',
      'FILE_TOO_LARGE',
      'UNSUPPORTED_FILE_TYPE',
      'URL_NOT_ALLOWED',
      'WEBHOOKS_DISABLED',
      'REQUEST_TIMEOUT',
      'IDEMPOTENCY_KEY_REUSED',
      ...LIMIT_FAILURES,
      'DOCUMENT_NOT_FOUND',
    ],
    async handler({ request, response }) {
      const idempotencyKey = readIdempotencyKey(request)
      await using received = await receiveDocument(request, response, deps)
      const { source, fields } = received
      const engine = fields.engine ?? api.defaultEngine
      const { documentId, replayed } = await deps.gateway.submit({
        source,
        dialect: 'v1',
        owner: deps.owner,
        senderAddress: request.ip ?? null,
        route: 'v1/documents',
        idempotencyKey,
        engine,
        languages: fields.languages ?? null,
        dpi: fields.dpi ?? ENGINES[engine].dpi,
        pages: fields.pages ?? null,
        password: fields.password ?? null,
        callback: readCallback(fields, deps.config.webhooks),
        maxPages: api.maxPages,
        maxImageSidePx: null,
        textStyle: 'form-feed',
        deadlineMs: null,
      })
      noteDocument(response, documentId)
      const state = replayed
        ? requireDocument(await deps.gateway.status(documentId)).state
        : 'queued'
      setSubmitHeaders(response, { location: documentPath(documentId), isReplayed: replayed })
      const links = toLinks(documentId, originOf(request, api.publicUrl))
      return { status: 202, body: { id: documentId, status: state, links } }
    },
  })
}
