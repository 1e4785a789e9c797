import type { StorageSettings } from '../storage/create-blob-store.ts'
import type { StorageEnvironment } from './environment-storage.ts'

const DEFAULT_REGION = 'us-east-1'

/** Where objects are kept: on an S3 server if one is set, else in a directory. */
export function toStorageSettings(env: StorageEnvironment, directory: string): StorageSettings {
  const endpoint = env.OCR_S3_ENDPOINT
  const bucket = env.OCR_S3_BUCKET
  const accessKey = env.OCR_S3_ACCESS_KEY
  const secretKey = env.OCR_S3_SECRET_KEY
  // The rules of the environment refuse a server without the rest.
  if (endpoint === null || bucket === null || accessKey === null || secretKey === null)
    return { kind: 'directory', path: directory }
  return {
    kind: 's3',
    endpoint,
    bucket,
    region: env.OCR_S3_REGION ?? DEFAULT_REGION,
    accessKey,
    secretKey,
    publicUrl: env.OCR_S3_PUBLIC_URL,
  }
}
