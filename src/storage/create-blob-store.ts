import type { BlobStore } from './blob-store.ts'
import { createDirectoryBlobStore } from './directory-blob-store.ts'
import { createS3BlobStore } from './s3-blob-store.ts'
import type { S3Settings } from './s3-connection.ts'
import { StoreSetUpError } from './s3-errors.ts'
import { OcrError } from '../platform/errors.ts'

/** Where objects are kept. */
export type StorageSettings =
  | { readonly kind: 'directory'; readonly path: string }
  | ({ readonly kind: 's3' } & S3Settings)

/** Makes the configured store. `secret` signs its download URLs. */
export function createBlobStore(storage: StorageSettings, secret: string | Buffer): BlobStore {
  return storage.kind === 's3'
    ? createS3BlobStore({ ...storage, secret })
    : createDirectoryBlobStore({ path: storage.path, secret })
}

/**
 * Refuses to start with a store that a person must mend. One that is only away is no reason, for it
 * may come back: `onAway` is told one sentence that names the setting to look at.
 *
 * @throws {StoreSetUpError} with one sentence that names the setting
 */
export async function refuseWrongSetUp(
  store: BlobStore,
  { kind }: Pick<StorageSettings, 'kind'>,
  onAway: (message: string) => void,
): Promise<void> {
  try {
    await store.ping()
  } catch (error) {
    if (error instanceof StoreSetUpError || !(error instanceof OcrError)) throw error
    const setting = kind === 's3' ? 'OCR_S3_ENDPOINT' : 'OCR_DATA_DIR'
    onAway(`${error.message}. Going on without it until it answers; is ${setting} right?`)
  }
}
