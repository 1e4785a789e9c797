import type { Request } from 'express'
import type { BlobKey, DocumentId } from '../../../contract/identifiers.ts'
import type { AppDeps } from '../../app-deps.ts'
import { originOf } from '../../http/request-context.ts'

/**
 * Makes the signer of `minio_url` for one request: a URL that is signed afresh at each status call
 * and saves as `<task_id>.txt`.
 */
export function resultUrlSigner(
  { config, store }: Pick<AppDeps, 'config' | 'store'>,
  request: Request,
): (documentId: DocumentId, text: BlobKey) => Promise<string> {
  return (documentId, text) =>
    store.signedGetUrl(text, {
      ttlSeconds: config.api.signedUrlTtlSeconds,
      fileName: `${documentId}.txt`,
      origin: originOf(request, config.api.publicUrl),
    })
}
