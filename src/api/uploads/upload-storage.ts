import { rm } from 'node:fs/promises'
import type { Request } from 'express'
import type { StorageEngine } from 'multer'
import { storageError } from '../../storage/object-file.ts'
import { receiveFile, type ReceivedFile } from '../../storage/receive-file.ts'
import { temporaryPath } from '../../storage/temporary-files.ts'

/** A file part that has arrived. */
export type StoredPart = ReceivedFile & {
  /** It went on beyond what is kept; the file on the disk is cut short. */
  readonly isCut: boolean
}

/**
 * Multer's storage for one request: streams file parts to temporary files while they are hashed.
 *
 * A part that fails removes its own half-written file, because multer removes only what succeeded;
 * and multer answers an aborted request before its storage is done, hence {@link settled}.
 */
export class UploadStorage implements StorageEngine {
  readonly #directory: string
  readonly #keptBytes: number
  readonly #works: Promise<void>[] = []
  readonly #stored = new Map<string, StoredPart>()
  /** Why the last part could not be stored. */
  failure: unknown = null

  /** @param keptBytes What is kept of each file; the rest of it is read and dropped */
  constructor(directory: string, keptBytes: number = Infinity) {
    this.#directory = directory
    this.#keptBytes = keptBytes
  }

  /** Files that arrived whole, less those that multer had removed. */
  get stored(): readonly StoredPart[] {
    return [...this.#stored.values()]
  }

  /** The file that multer knows by its path. */
  partAt(path: string): StoredPart | null {
    return this.#stored.get(path) ?? null
  }

  /** Resolves once no file is being written any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#works)
  }

  _handleFile(_req: Request, file: Express.Multer.File, done: FileStored): void {
    this.#works.push(this.#receive(file, done))
  }

  _removeFile(_req: Request, file: Express.Multer.File, done: (error: Error | null) => void): void {
    this.#stored.delete(file.path)
    void removeThen(file.path, done)
  }

  async #receive(file: Express.Multer.File, done: FileStored): Promise<void> {
    let part: StoredPart
    try {
      let isCut = false
      const kept = upTo(file.stream, this.#keptBytes, () => (isCut = true))
      const received = await receiveFile(kept, temporaryPath(this.#directory))
      part = { ...received, isCut }
      this.#stored.set(part.path, part)
    } catch (error) {
      this.failure = storageError('store the upload', error)
      done(this.failure)
      return
    }
    done(null, { path: part.path, size: part.sizeBytes })
  }
}

/** Gives the first bytes and reads the rest as well: the parts behind it are still to come. */
async function* upTo(
  source: AsyncIterable<Buffer>,
  keptBytes: number,
  onCut: () => void,
): AsyncGenerator<Uint8Array, void> {
  let sizeBytes = 0
  for await (const chunk of source) {
    sizeBytes += chunk.length
    if (sizeBytes <= keptBytes) yield chunk
    else onCut()
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
