import { isAbortError, OcrError } from '../platform/errors.ts'

/**
 * The store refuses to work as it is set up: no later try cures that, a person must. Its code is
 * `STORAGE_UNAVAILABLE`, so that what is under way waits for that person.
 */
export class StoreSetUpError extends OcrError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super('STORAGE_UNAVAILABLE', message, options)
  }
}

/** Code that an answer with status 507 is given. */
export const STORAGE_FULL_CODE = 'Status507'

/** What to mend, by the code of an S3 server's refusal. */
const SET_UP_PROBLEMS: Readonly<Record<string, string>> = {
  EPROTO: 'OCR_S3_ENDPOINT does not speak TLS: it may begin with http:',
  AccessDenied: 'OCR_S3_ACCESS_KEY may not use OCR_S3_BUCKET',
  AllAccessDisabled: 'OCR_S3_ACCESS_KEY may not use OCR_S3_BUCKET',
  SignatureDoesNotMatch: 'OCR_S3_SECRET_KEY is wrong',
  InvalidAccessKeyId: 'OCR_S3_ACCESS_KEY is unknown there',
  XAdminUserNotFound: 'OCR_S3_ACCESS_KEY is unknown there',
  AuthorizationHeaderMalformed: 'OCR_S3_REGION is not the region there',
  InvalidRegion: 'OCR_S3_REGION is not the region there',
  PermanentRedirect: 'OCR_S3_BUCKET lies in another region than OCR_S3_REGION',
  BucketAlreadyExists: 'OCR_S3_BUCKET belongs to somebody else',
  InvalidBucketName: 'OCR_S3_BUCKET is no name that the server takes',
  RequestTimeTooSkewed: 'the clock of this machine is wrong',
}

/** What servers answer when there is no room. */
const FULL = [
  'InsufficientStorage',
  'QuotaExceeded',
  'StorageFull',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
  STORAGE_FULL_CODE,
]

/** The code of an S3 server's answer (`NoSuchKey`) or of a failed connection (`ECONNREFUSED`), or `null`. */
export function s3Code(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  const { code } = error
  // It may come from the server: what is no plain word is not repeated.
  return typeof code === 'string' && /^[A-Za-z_0-9]{1,64}$/.test(code) ? code : null
}

/** Tells whether an answer means that there is no such object. */
export function isNoSuchObject(error: unknown): boolean {
  // ObjectParentIsFile: the key goes on below an object, where some servers can have nothing.
  return ['NoSuchKey', 'NotFound', 'ObjectParentIsFile'].includes(s3Code(error) ?? '')
}

/** Translates what a request to an S3 server ended with: to `STORAGE_FULL` or `STORAGE_UNAVAILABLE`. */
export function s3Error(action: string, error: unknown): OcrError {
  const code = s3Code(error)
  const isFull = code !== null && FULL.includes(code)
  if (isFull)
    return new OcrError('STORAGE_FULL', `Cannot ${action}: the store is full`, { cause: error })
  return new OcrError('STORAGE_UNAVAILABLE', `Cannot ${action}: ${stateOf(error, code)}`, {
    cause: error,
  })
}

/** As {@link s3Error}, for what a start tries: a {@link StoreSetUpError} where the settings are wrong. */
export function s3SetUpError(action: string, error: unknown): OcrError {
  const problem = SET_UP_PROBLEMS[s3Code(error) ?? '']
  if (problem === undefined) return s3Error(action, error)
  return new StoreSetUpError(`Cannot ${action}: ${problem}`, { cause: error })
}

function stateOf(error: unknown, code: string | null): string {
  if (isAbortError(error)) return 'no answer in time'
  return code ?? 'the server failed'
}
