import type { S3Connection } from './s3-connection.ts'
import { s3Code, s3SetUpError } from './s3-errors.ts'

/** Nothing that is still being written is a day old. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000

/**
 * Makes sure that the bucket can be used: makes it where it is missing, and takes back the uploads
 * that killed processes began more than 24 hours ago.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`; a {@link StoreSetUpError} where the settings are wrong
 */
export async function prepareBucket(s3: S3Connection): Promise<void> {
  if (!(await isThere(s3))) await makeBucket(s3)
  await sweepUploads(s3)
}

async function isThere(s3: S3Connection): Promise<boolean> {
  try {
    // Unlike a HEAD, a listing is refused with a reason.
    await s3.call((client) => client.listObjectsV2Query(s3.bucket, '', '', '', 1, ''))
    return true
  } catch (error) {
    if (s3Code(error) === 'NoSuchBucket') return false
    throw s3SetUpError('use the object store', error)
  }
}

async function makeBucket(s3: S3Connection): Promise<void> {
  try {
    await s3.call((client) => client.makeBucket(s3.bucket, s3.region))
  } catch (error) {
    // Another process of ours was faster; a bucket of somebody else would have refused the listing.
    if (s3Code(error) === 'BucketAlreadyOwnedByYou') return
    throw s3SetUpError('use the object store', error)
  }
}

/**
 * Takes back uploads in parts that were begun longer ago than this, 1,000 at most; answers how many.
 *
 * @throws what the client throws: see s3-errors.ts
 */
export async function abortOldUploads(s3: S3Connection, olderThanMs: number): Promise<number> {
  const { uploads } = await s3.call((client) =>
    client.listIncompleteUploadsQuery(s3.bucket, '', '', '', ''),
  )
  let aborted = 0
  for (const { key, uploadId, initiated } of uploads) {
    // Also where the server gave no date.
    if (!(Date.now() - Date.parse(String(initiated)) > olderThanMs)) continue
    await s3.call((client) => client.abortMultipartUpload(s3.bucket, key, uploadId))
    aborted += 1
  }
  return aborted
}

async function sweepUploads(s3: S3Connection): Promise<void> {
  try {
    await abortOldUploads(s3, LEFTOVER_AGE_MS)
  } catch {
    // Not every account may list uploads, and a store that works needs no sweep to.
  }
}
