import type { Request } from 'express'
import type { Manifest } from '../../../contract/document.ts'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { originOf } from '../../http/request-context.ts'

/**
 * Makes the signer of `minio_url` for one request: a URL that is signed afresh at each status call
 * and saves as `<task_id>.txt`.
 */
export function resultUrlSigner(
  { config, store }: Pick<AppDeps, 'config' | 'store'>,
  request: Request,
): (manifest: Manifest) => Promise<string> {
  return ({ documentId, results }) => {
    if (results === null) throw new OcrError('BLOB_MISSING', 'Cannot sign URL: there is no result')
    return store.signedGetUrl(results.text, {
      ttlSeconds: config.api.signedUrlTtlSeconds,
      fileName: `${documentId}.txt`,
      origin: originOf(request, config.api.publicUrl),
    })
  }
}
