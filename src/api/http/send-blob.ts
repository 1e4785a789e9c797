import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import type { BlobKey } from '../../contract/identifiers.ts'
import { OcrError } from '../../platform/errors.ts'
import type { BlobStore, ByteRange } from '../../storage/blob-store.ts'

/** Caching of what never changes under its URL, for the one client that may read it. */
export const IMMUTABLE = 'private, max-age=86400, immutable'

/** How slowly an answer may be read. */
export type ReaderPace = {
  readonly bytesPerSecond: number
  /** For so long it may be slower. */
  readonly leewayMs: number
}

const READER_PACE: ReaderPace = { bytesPerSecond: 1_024, leewayMs: 60_000 }

/** What to send and how. */
export type BlobAnswer = {
  readonly store: BlobStore
  readonly key: BlobKey
  /** `null`: as it was stored. */
  readonly contentType: string | null
  readonly contentDisposition: string
  readonly cacheControl: string
}

/**
 * Streams a stored object, with a strong ETag where its hash is known, conditional requests and
 * single byte ranges. What browsers could run in it stays inert: `nosniff` and a sandbox.
 *
 * @throws {OcrError} `BLOB_MISSING`, `STORAGE_UNAVAILABLE`
 */
export async function sendBlob(req: Request, res: Response, answer: BlobAnswer): Promise<void> {
  const { store, key } = answer
  const info = await store.head(key)
  if (info === null) throw missing()
  res.set({
    'Content-Type': answer.contentType ?? info.contentType,
    'Content-Disposition': answer.contentDisposition,
    'Cache-Control': answer.cacheControl,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Accept-Ranges': 'bytes',
    ...(info.sha256 === null ? {} : { ETag: `"${info.sha256}"` }),
  })
  if (req.fresh) {
    res.status(304).end()
    return
  }
  const range = readRange(req, res, info.sizeBytes)
  if (range === 'unsatisfiable') {
    res.status(416).set('Content-Range', `bytes */${info.sizeBytes}`)
    res.removeHeader('Content-Disposition')
    res.end()
    return
  }
  if (range !== null)
    res
      .status(206)
      .set('Content-Range', `bytes ${range.firstByte}-${range.lastByte}/${info.sizeBytes}`)
  const sizeBytes = range === null ? info.sizeBytes : range.lastByte - range.firstByte + 1
  res.set('Content-Length', String(sizeBytes))
  if (req.method === 'HEAD') {
    res.end()
    return
  }
  const blob = await (range === null ? store.get(key) : store.get(key, range))
  if (blob === null) throw missing()
  await pipeBody(blob.body, res)
}

/**
 * Sends a stream as the rest of an answer; a client that leaves is no failure. One that reads more
 * slowly than the pace for longer than its leeway loses its connection: what it reads is held open
 * for it in the store.
 */
export async function pipeBody(body: Readable, res: Response, pace = READER_PACE): Promise<void> {
  const guard = guardPace(res, pace)
  try {
    await pipeline(body, res)
  } catch (error) {
    // The access log says that the client left.
    if (!isPrematureClose(error)) throw error
  } finally {
    clearInterval(guard)
  }
}

function guardPace(res: Response, { bytesPerSecond, leewayMs }: ReaderPace): NodeJS.Timeout {
  const checkMs = leewayMs / 12
  let leftMs = leewayMs
  let takenBytes = bytesTaken(res)
  return setInterval(() => {
    const before = takenBytes
    takenBytes = bytesTaken(res)
    // Nothing waits for the reader: if it is slow, it is the source.
    if (res.writableLength === 0) leftMs = leewayMs
    else {
      const earnedMs = ((takenBytes - before) / bytesPerSecond) * 1_000
      leftMs = Math.min(leewayMs, leftMs + earnedMs) - checkMs
    }
    if (leftMs < 0) res.destroy()
  }, checkMs)
}

/** Bytes that the system has taken for the reader, those of earlier answers included. */
function bytesTaken({ socket }: Response): number {
  return socket === null ? 0 : socket.bytesWritten - socket.writableLength
}

/** One range; several, malformed or outdated (`If-Range`) ones mean the whole object. */
function readRange(
  req: Request,
  res: Response,
  sizeBytes: number,
): ByteRange | 'unsatisfiable' | null {
  const condition = req.get('if-range')
  if (condition !== undefined && condition !== res.get('ETag')) return null
  const ranges = req.range(sizeBytes, { combine: true })
  if (ranges === -1) return 'unsatisfiable'
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes') return null
  const [first, ...others] = ranges
  return first === undefined || others.length > 0
    ? null
    : { firstByte: first.start, lastByte: first.end }
}

function missing(): OcrError {
  return new OcrError('BLOB_MISSING', 'Cannot send object: it is not in the store')
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
}
