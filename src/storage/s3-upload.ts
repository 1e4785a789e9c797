import { createHash } from 'node:crypto'
import { addAbortSignal, type Readable } from 'node:stream'
import type { BlobKey } from '../contract/identifiers.ts'
import type { PutOptions } from './blob-store.ts'
import { S3_PART_BYTES, type S3Connection } from './s3-connection.ts'
import { s3Code, s3Error } from './s3-errors.ts'

const IF_ABSENT = { 'If-None-Match': '*' } as const

/** An object that is to be written. */
export type S3Upload = {
  readonly key: BlobKey
  readonly body: Uint8Array | Readable
  readonly options: PutOptions
  /** Asked before a large body is sent in vain. */
  readonly exists: () => Promise<boolean>
}

/**
 * Writes an object: small ones by one request, others in parts that become visible together. Nothing
 * stays when the source fails. `created` is false when `ifAbsent` met another one.
 *
 * Not through the client's own `putObject` for streams: it ends the process when the source fails,
 * resumes uploads of others, and forgets `ifAbsent`.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`; the error of the source; `AbortError`
 */
export async function uploadObject(
  s3: S3Connection,
  upload: S3Upload,
): Promise<{ readonly created: boolean }> {
  const parts = partsOf(upload.body, upload.options.signal)
  const { value: first = Buffer.alloc(0) } = await parts.next()
  const second = await parts.next()
  if (second.done === true) return await putWhole(s3, upload, first)
  if (upload.options.ifAbsent && (await upload.exists())) return { created: false }
  return await putParts(s3, upload, concat([first, second.value], parts))
}

async function putWhole(
  s3: S3Connection,
  { key, options }: S3Upload,
  bytes: Buffer,
): Promise<{ readonly created: boolean }> {
  const headers = { ...headersOf(options), ...(options.ifAbsent ? IF_ABSENT : {}) }
  return await unlessPresent(options, () =>
    s3.call((client) => client.putObject(s3.bucket, key, bytes, bytes.length, headers), options),
  )
}

async function putParts(
  s3: S3Connection,
  upload: S3Upload,
  parts: AsyncIterable<Buffer>,
): Promise<{ readonly created: boolean }> {
  const { bucket } = s3
  const { key, options } = upload
  const start = s3.call(
    (client) => client.initiateNewMultipartUpload(bucket, key, headersOf(options)),
    options,
  )
  const uploadId = await start.catch((error: unknown) => fail(options, error))
  try {
    const etags: { part: number; etag: string }[] = []
    for await (const part of parts) {
      const partNumber = etags.length + 1
      const target = { bucketName: bucket, objectName: key, uploadID: uploadId, partNumber }
      const headers = partHeaders(part, s3.isEncrypted)
      const sending = s3.call((client) => client.uploadPart({ ...target, headers }, part), options)
      const { etag } = await sending.catch((error: unknown) => fail(options, error))
      etags.push({ part: partNumber, etag })
    }
    const headers = options.ifAbsent ? { headers: IF_ABSENT } : {}
    const answer = await unlessPresent(options, () =>
      s3.call((client) => client.completeMultipartUpload(bucket, key, uploadId, etags), {
        ...options,
        ...headers,
      }),
    )
    if (!answer.created) await abandon(s3, key, uploadId)
    return answer
  } catch (error) {
    await abandon(s3, key, uploadId)
    throw error
  }
}

/** Takes an upload back, whatever the caller's signal says. */
async function abandon(s3: S3Connection, key: BlobKey, uploadId: string): Promise<void> {
  try {
    await s3.call((client) => client.abortMultipartUpload(s3.bucket, key, uploadId))
  } catch {
    // Gone with a late success, or the server is away: what stays is swept a day later.
  }
}

async function unlessPresent(
  options: PutOptions,
  write: () => Promise<unknown>,
): Promise<{ readonly created: boolean }> {
  try {
    await write()
    return { created: true }
  } catch (error) {
    if (options.ifAbsent && s3Code(error) === 'PreconditionFailed') return { created: false }
    return fail(options, error)
  }
}

function fail({ signal }: PutOptions, error: unknown): never {
  throw signal?.aborted ? error : s3Error('write an object', error)
}

function headersOf({ contentType, sha256 }: PutOptions): Record<string, string> {
  // Encoded, because a header takes ASCII only.
  const hash = sha256 === undefined ? {} : { 'X-Amz-Meta-Sha256': encodeURIComponent(sha256) }
  return { 'Content-Type': contentType, ...hash }
}

function partHeaders(part: Buffer, isEncrypted: boolean): Record<string, string> {
  const length = { 'Content-Length': String(part.length) }
  if (!isEncrypted) return length
  // Over plain HTTP the client signs a hash of the part; over TLS it sends none.
  return { ...length, 'Content-MD5': createHash('md5').update(part).digest('base64') }
}

/** Cuts a body into parts of the same size; the last one is shorter, and none is empty. */
async function* partsOf(
  body: Uint8Array | Readable,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, undefined> {
  if (body instanceof Uint8Array) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    for (let start = 0; start < bytes.length; start += S3_PART_BYTES)
      yield bytes.subarray(start, start + S3_PART_BYTES)
    return
  }
  // A source that hangs is torn out of its wait; one that fails ends the loop with its own error.
  if (signal) addAbortSignal(signal, body)
  let pending: Buffer[] = []
  let pendingBytes = 0
  for await (const chunk of body) {
    // A byte stream gives buffers, or strings once somebody has set an encoding.
    let rest = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer)
    while (pendingBytes + rest.length >= S3_PART_BYTES) {
      const room = S3_PART_BYTES - pendingBytes
      yield Buffer.concat([...pending, rest.subarray(0, room)])
      rest = rest.subarray(room)
      pending = []
      pendingBytes = 0
    }
    if (rest.length > 0) pending.push(rest)
    pendingBytes += rest.length
  }
  if (pendingBytes > 0) yield Buffer.concat(pending)
}

async function* concat(
  begun: readonly Buffer[],
  rest: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  yield* begun
  yield* rest
}
