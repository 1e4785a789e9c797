import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import type { Request } from 'express'
import type { StorageEngine } from 'multer'
import { parseSha256, type Sha256 } from '../../contract/identifiers.ts'
import { storageError } from '../../storage/object-file.ts'
import { temporaryPath } from '../../storage/temporary-files.ts'

/** Bytes at the start of a file that its type is told from. */
const HEAD_BYTES = 4096

/** A file part that has arrived whole in a temporary file. */
export type ReceivedFile = {
  readonly path: string
  readonly sizeBytes: number
  readonly sha256: Sha256
  readonly head: Uint8Array
}

/**
 * Multer's storage for one request: streams the file part to a temporary file while it is hashed.
 *
 * A part that fails removes its own half-written file, because multer removes only what succeeded;
 * and multer answers an aborted request before its storage is done, hence {@link settled}.
 */
export class UploadStorage implements StorageEngine {
  readonly #directory: string
  #work: Promise<void> = Promise.resolve()
  /** The last file that arrived whole; `null` before, and after multer had it removed. */
  received: ReceivedFile | null = null
  /** Why the last part could not be stored. */
  failure: unknown = null

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Resolves once no file is being written any more. */
  settled(): Promise<void> {
    return this.#work
  }

  _handleFile(_req: Request, file: Express.Multer.File, done: FileStored): void {
    this.#work = this.#receive(file, done)
  }

  _removeFile(_req: Request, file: Express.Multer.File, done: (error: Error | null) => void): void {
    this.received = null
    void removeThen(file.path, done)
  }

  async #receive(file: Express.Multer.File, done: FileStored): Promise<void> {
    try {
      this.received = await receive(file.stream, temporaryPath(this.#directory))
    } catch (error) {
      this.failure = storageError('store the upload', error)
      done(this.failure)
      return
    }
    done(null, { path: this.received.path, size: this.received.sizeBytes })
  }
}

async function removeThen(path: string, done: (error: null) => void): Promise<void> {
  try {
    await rm(path, { force: true })
  } catch {
    // The sweep takes it a day later; the request has its own failure to report.
  }
  done(null)
}

type FileStored = (error?: unknown, info?: Partial<Express.Multer.File>) => void

async function receive(source: AsyncIterable<Buffer>, path: string): Promise<ReceivedFile> {
  const hash = createHash('sha256')
  let head = Buffer.alloc(0)
  let sizeBytes = 0
  const handle = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of source) {
      if (head.length < HEAD_BYTES)
        head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)])
      hash.update(chunk)
      sizeBytes += chunk.length
      for (let written = 0; written < chunk.length;)
        written += (await handle.write(chunk, written)).bytesWritten
    }
    await handle.close()
    const sha256 = parseSha256(hash.digest('hex'))
    if (sha256 === null) throw new TypeError('A SHA-256 has 64 hexadecimal digits')
    return { path, sizeBytes, sha256, head }
  } catch (error) {
    await handle.close()
    await rm(path, { force: true })
    throw error
  }
}
