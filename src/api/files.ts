import { create as contentDisposition } from 'content-disposition'
import { z } from 'zod'
import { OcrError } from '../platform/errors.ts'
import { verifyFileUrl } from '../storage/signed-url.ts'
import type { AppDeps } from './app-deps.ts'
import { pathOf } from './http/access-log.ts'
import { route, type Route } from './http/route.ts'
import { IMMUTABLE, sendBlob } from './http/send-blob.ts'

/**
 * `GET /files/{key}`: a stored object, to whoever holds its signed URL.
 *
 * A wrong signature, an expired URL and a missing object are all answered with 404, so that nobody
 * learns what exists.
 */
export function filesRoute(deps: Pick<AppDeps, 'store' | 'signingSecret'>): Route {
  return route({
    method: 'get',
    path: '/files/{key}',
    expressPath: '/files/*key',
    tag: 'files',
    isOpen: true,
    summary: 'Download by signed URL',
    params: z.object({ key: z.string().meta({ description: 'Key of the object; holds slashes' }) }),
    query: z.object({
      exp: z.string().optional(),
      name: z.string().optional(),
      sig: z.string().optional(),
    }),
    responses: {
      200: {
        description: 'The object',
        contentType: 'application/octet-stream',
        schema: z.file(),
      },
      206: { description: 'A byte range of the object' },
      304: { description: 'Not changed since the ETag that was sent' },
      416: { description: 'The range lies outside of the object' },
    },
    failures: ['BLOB_MISSING'],
    async handler({ params, request, response }) {
      const query = new URLSearchParams(request.originalUrl.slice(pathOf(request).length))
      const file = verifyFileUrl(deps.signingSecret.reveal(), { key: params.key, query })
      if (file === null)
        throw new OcrError('BLOB_MISSING', 'Cannot send object: the URL is not valid')
      await sendBlob(request, response, {
        store: deps.store,
        key: file.key,
        contentType: null,
        contentDisposition: contentDisposition(file.fileName),
        cacheControl: IMMUTABLE,
      })
      return null
    },
  })
}
