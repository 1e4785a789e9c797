import type { Request } from 'express'
import type { BlobKey, DocumentId } from '../../../contract/identifiers.ts'
import type { AppDeps } from '../../app-deps.ts'
import { originOf } from '../../http/request-context.ts'

/** Life of the links in `results`, as the document's examples have it: 12 hours. */
const RESULT_URL_TTL_SECONDS = 43_200

/**
 * Makes the signer of `results` for one request: a URL that is signed afresh at each call and saves as
 * `001_result_<task_id>.json`.
 */
export function resultUrlSigner(
  { config, store }: Pick<AppDeps, 'config' | 'store'>,
  request: Request,
): (documentId: DocumentId, result: BlobKey) => Promise<string> {
  return (documentId, result) =>
    store.signedGetUrl(result, {
      ttlSeconds: RESULT_URL_TTL_SECONDS,
      fileName: `001_result_${documentId}.json`,
      origin: originOf(request, config.api.publicUrl),
    })
}
