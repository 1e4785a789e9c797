import { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { create as contentDisposition } from 'content-disposition'
import { parseBlobKey, type BlobKey } from '../contract/identifiers.ts'
import { OcrError } from '../platform/errors.ts'
import type {
  Blob,
  BlobInfo,
  BlobList,
  BlobStore,
  ByteRange,
  PutOptions,
  SignOptions,
} from './blob-store.ts'
import { abortOldUploads, prepareBucket } from './s3-bucket.ts'
import { S3Connection, type S3Settings, type S3Timing } from './s3-connection.ts'
import { isNoSuchObject, s3Code, s3Error, s3SetUpError } from './s3-errors.ts'
import { uploadObject } from './s3-upload.ts'
import { signFileUrl } from './signed-url.ts'

const LIST_LENGTH = 1000

/** S3 signs no URL for longer. */
const MAX_TTL_SECONDS = 7 * 24 * 60 * 60

const PING_KEY = 'ping/written'

/** Settings of the S3 store. */
export type S3BlobStoreOptions = S3Settings & {
  /** Signs download URLs of the api, where the store has no public URL. */
  readonly secret: string | Buffer
  readonly timing?: Partial<S3Timing>
}

/**
 * A blob store in a bucket of any S3-compatible server, for any number of hosts.
 *
 * The bucket is looked at, and made where it is missing, by the first call that needs it. A request
 * that is not answered in time ends as `STORAGE_UNAVAILABLE`; nothing is tried twice here. Signed
 * URLs lead to the store itself where it has a public URL (for 7 days at most), else to the api. A
 * given `sha256` is kept, not checked.
 */
export function createS3BlobStore(options: S3BlobStoreOptions): BlobStore {
  return new S3BlobStore(options)
}

class S3BlobStore implements BlobStore {
  readonly #s3: S3Connection
  readonly #publicUrl: string | null
  readonly #secret: string | Buffer
  #prepared: Promise<void> | null = null

  constructor({ secret, timing, ...settings }: S3BlobStoreOptions) {
    this.#s3 = new S3Connection(settings, timing)
    this.#publicUrl = settings.publicUrl
    this.#secret = secret
  }

  async put(key: BlobKey, body: Uint8Array | Readable, options: PutOptions) {
    // A source that fails before it is read from must not end the process; reading it throws then.
    if (body instanceof Readable) body.on('error', () => undefined)
    try {
      options.signal?.throwIfAborted()
      await this.#prepare()
      const exists = async (): Promise<boolean> => (await this.head(key)) !== null
      return await uploadObject(this.#s3, { key, body, options, exists })
    } finally {
      if (body instanceof Readable) body.destroy()
    }
  }

  async get(key: BlobKey, range?: ByteRange): Promise<Blob | null> {
    if (range !== undefined && (range.firstByte < 0 || range.firstByte > range.lastByte))
      throw outsideOfObject()
    const { firstByte, length } = range
      ? { firstByte: range.firstByte, length: range.lastByte - range.firstByte + 1 }
      : { firstByte: 0, length: 0 }
    await this.#prepare()
    try {
      const response = await this.#s3.call(
        (client) => client.getPartialObject(this.#s3.bucket, key, firstByte, length),
        { isRead: true },
      )
      // The client hands on the response of node:http, but says less.
      if (!(response instanceof IncomingMessage)) throw new TypeError('Not an HTTP response')
      return { info: infoOf(key, response.headers), body: bodyOf(response) }
    } catch (error) {
      if (isNoSuchObject(error)) return null
      if (range !== undefined && s3Code(error) === 'InvalidRange') throw outsideOfObject()
      throw s3Error('read an object', error)
    }
  }

  async head(key: BlobKey): Promise<BlobInfo | null> {
    await this.#prepare()
    try {
      const { size, lastModified, metaData } = await this.#s3.call((client) =>
        client.statObject(this.#s3.bucket, key),
      )
      return {
        key,
        sizeBytes: size,
        ...labelOf(metaData['content-type'], metaData['sha256']),
        modifiedAt: lastModified.toISOString(),
      }
    } catch (error) {
      if (isNoSuchObject(error)) return null
      throw s3Error('look at an object', error)
    }
  }

  async delete(key: BlobKey): Promise<void> {
    await this.#prepare()
    try {
      await this.#s3.call((client) => client.removeObject(this.#s3.bucket, key))
    } catch (error) {
      if (!isNoSuchObject(error)) throw s3Error('delete an object', error)
    }
  }

  async list(prefix: string, cursor = ''): Promise<BlobList> {
    await this.#prepare()
    try {
      // By the last key, not by the server's token, which the client may read as a number.
      const { objects, isTruncated } = await this.#s3.call((client) =>
        client.listObjectsV2Query(this.#s3.bucket, prefix, '', '', LIST_LENGTH, cursor),
      )
      const blobs = objects.flatMap(({ name = '', size, lastModified }) => {
        const key = parseBlobKey(name)
        // An object that somebody else put there.
        if (key === null || lastModified === undefined) return []
        return [{ key, sizeBytes: size, modifiedAt: lastModified.toISOString() }]
      })
      return { blobs, nextCursor: isTruncated ? (objects.at(-1)?.name ?? null) : null }
    } catch (error) {
      throw s3Error('list objects', error)
    }
  }

  // Async, so that a wrong option rejects instead of throwing.
  async signedGetUrl(key: BlobKey, options: SignOptions): Promise<string> {
    if (this.#publicUrl === null) return signFileUrl(this.#secret, key, options)
    const { ttlSeconds, fileName } = options
    // The client takes 0 for 7 days.
    if (!(ttlSeconds > 0) || !Number.isFinite(ttlSeconds))
      throw new RangeError('Cannot sign a URL: its life must be positive')
    const expires = Math.min(Math.ceil(ttlSeconds), MAX_TTL_SECONDS)
    const disposition = contentDisposition(fileName.toWellFormed())
    return await this.#s3
      .publicClient(this.#publicUrl)
      .presignedGetObject(this.#s3.bucket, key, expires, {
        'response-content-disposition': disposition,
      })
  }

  async ping(): Promise<void> {
    await this.#prepare()
    try {
      const { bucket } = this.#s3
      await this.#s3.call((client) => client.putObject(bucket, PING_KEY, Buffer.alloc(0), 0))
      await this.#s3.call((client) => client.removeObject(bucket, PING_KEY))
    } catch (error) {
      throw s3SetUpError('write to the store', error)
    }
  }

  async removeLeftovers(olderThanMs: number): Promise<number> {
    await this.#prepare()
    try {
      return await abortOldUploads(this.#s3, olderThanMs)
    } catch (error) {
      throw s3Error('remove leftovers', error)
    }
  }

  #prepare(): Promise<void> {
    this.#prepared ??= prepareBucket(this.#s3).catch((error: unknown) => {
      this.#prepared = null
      throw error
    })
    return this.#prepared
  }
}

function infoOf(key: BlobKey, headers: IncomingMessage['headers']): BlobInfo {
  // `bytes 3-5/10`: of a range, the whole size stands at the end.
  const wholeSize = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]
  return {
    key,
    sizeBytes: Number(wholeSize ?? headers['content-length']),
    ...labelOf(headers['content-type'], headers['x-amz-meta-sha256']),
    modifiedAt: new Date(headers['last-modified'] ?? 0).toISOString(),
  }
}

function labelOf(contentType: unknown, sha256: unknown): Pick<BlobInfo, 'contentType' | 'sha256'> {
  return {
    contentType: typeof contentType === 'string' ? contentType : 'application/octet-stream',
    sha256: typeof sha256 === 'string' ? decodeURIComponent(sha256) : null,
  }
}

/** The body of an answer; an end before its time is `STORAGE_UNAVAILABLE`. */
function bodyOf(response: IncomingMessage): Readable {
  const body = Readable.from(checkedChunks(response), { objectMode: false })
  // A reader that never begins does not begin the generator either, which would end the response.
  return body.once('close', () => response.destroy())
}

async function* checkedChunks(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  // A proxy may send it in chunks, whose end is marked: then a short one is an error of the response.
  const expected = response.headers['content-length']
  let received = 0
  try {
    for await (const chunk of response) {
      // A response without an encoding gives buffers.
      const bytes = chunk as Buffer
      received += bytes.length
      yield bytes
    }
  } catch (error) {
    throw s3Error('read an object', error)
  }
  if (expected !== undefined && received !== Number(expected))
    throw new OcrError('STORAGE_UNAVAILABLE', 'Cannot read an object: it ended early')
}

function outsideOfObject(): RangeError {
  return new RangeError('Cannot read a range: it is outside of the object')
}
