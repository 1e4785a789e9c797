import { z } from 'zod'
import { OcrError } from '../../platform/errors.ts'
import type { AppDeps } from '../app-deps.ts'
import { route, type Route } from '../http/route.ts'

/** `GET /static/{file}`: what the web page and Qianxia's small pages load. */
export function staticRoute({ pageFiles }: Pick<AppDeps, 'pageFiles'>, tag: string): Route {
  return route({
    method: 'get',
    path: '/static/{file}',
    tag,
    isOpen: true,
    summary: 'A file of the web page',
    params: z.object({ file: z.string() }),
    responses: { 200: { description: 'The file', contentType: '*/*', schema: z.file() } },
    failures: ['NOT_FOUND'],
    async handler({ params, request, response }) {
      const asset = pageFiles().assets.get(params.file)
      if (asset === undefined) throw new OcrError('NOT_FOUND', 'Cannot send asset: there is none')
      response.set({ 'Content-Type': asset.contentType, 'Cache-Control': asset.cacheControl })
      if (asset.gzipped === null) response.send(asset.bytes)
      else {
        response.vary('Accept-Encoding')
        const isGzipped = request.acceptsEncodings('gzip', 'identity') === 'gzip'
        if (isGzipped) response.set('Content-Encoding', 'gzip')
        response.send(isGzipped ? await asset.gzipped() : asset.bytes)
      }
      return null
    },
  })
}
