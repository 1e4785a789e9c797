import { link, mkdir, open, rename, rmdir, unlink, type FileHandle } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { addAbortSignal, Readable } from 'node:stream'
import { parseBlobKey, type BlobKey } from '../contract/identifiers.ts'
import type {
  Blob,
  BlobEntry,
  BlobInfo,
  BlobList,
  BlobStore,
  ByteRange,
  PutOptions,
  SignOptions,
} from './blob-store.ts'
import { walkKeys } from './list-directory.ts'
import {
  isAbsence,
  labelOf,
  lookAtFile,
  openObjectFile,
  storageError,
  systemCode,
} from './object-file.ts'
import { signFileUrl } from './signed-url.ts'
import {
  prepareTemporaryDirectory,
  removeTemporaryFiles,
  temporaryPath,
} from './temporary-files.ts'

const LIST_LENGTH = 1000

/** Settings of the directory store. */
export type DirectoryBlobStoreOptions = {
  /** Absolute path of a directory on one file system that knows hard links; made when it is missing. */
  readonly path: string
  /** Signs download URLs. */
  readonly secret: string | Buffer
}

/**
 * A blob store in a directory, for one host or a shared POSIX file system.
 *
 * A put writes `tmp/<uuid>.tmp`, labels it (see object-file.ts), syncs it and only then links
 * (`ifAbsent`) or renames it to `objects/<key>`: whenever the process is killed, the key shows the
 * old object, the new one or none. What a killed process leaves in `tmp/` is swept at the first write
 * of a process once it is a day old. A given `sha256` is kept, not checked.
 */
export function createDirectoryBlobStore(options: DirectoryBlobStoreOptions): BlobStore {
  return new DirectoryBlobStore(options)
}

class DirectoryBlobStore implements BlobStore {
  readonly #objects: string
  readonly #temporary: string
  readonly #secret: string | Buffer
  #prepared: Promise<void> | null = null

  constructor({ path, secret }: DirectoryBlobStoreOptions) {
    this.#objects = resolve(path, 'objects')
    this.#temporary = resolve(path, 'tmp')
    this.#secret = secret
  }

  async put(key: BlobKey, body: Uint8Array | Readable, options: PutOptions) {
    const target = this.#pathOf(key)
    let temporary: string | null = null
    // A source that fails before it is read from must not end the process; reading it throws then.
    if (body instanceof Readable) body.on('error', () => undefined)
    try {
      options.signal?.throwIfAborted()
      if (options.ifAbsent && (await this.head(key)) !== null) return { created: false }
      await this.#prepare()
      temporary = temporaryPath(this.#temporary)
      await writeObjectFile(temporary, body, options)
      options.signal?.throwIfAborted()
      const created = await publish(temporary, target, options.ifAbsent === true)
      if (created) await syncDirectory(dirname(target))
      return { created }
    } catch (error) {
      throw storageError('write an object', error)
    } finally {
      if (body instanceof Readable) body.destroy()
      if (temporary !== null) await unlinkIfPresent(temporary)
    }
  }

  async get(key: BlobKey, range?: ByteRange): Promise<Blob | null> {
    const file = await openObjectFile(this.#pathOf(key), key)
    if (file === null) return null
    const { handle, info } = file
    const { firstByte, lastByte } = range ?? { firstByte: 0, lastByte: info.sizeBytes - 1 }
    if (
      range !== undefined &&
      (firstByte < 0 || firstByte > lastByte || firstByte >= info.sizeBytes)
    ) {
      await handle.close()
      throw new RangeError('Cannot read a range: it is outside of the object')
    }
    if (info.sizeBytes === 0) {
      await handle.close()
      return { info, body: Readable.from([], { objectMode: false }) }
    }
    // The end keeps the label out of the body.
    const end = Math.min(lastByte, info.sizeBytes - 1)
    return { info, body: handle.createReadStream({ start: firstByte, end, autoClose: true }) }
  }

  async head(key: BlobKey): Promise<BlobInfo | null> {
    const file = await openObjectFile(this.#pathOf(key), key)
    await file?.handle.close()
    return file?.info ?? null
  }

  async delete(key: BlobKey): Promise<void> {
    const path = this.#pathOf(key)
    try {
      await unlink(path)
      await this.#removeEmptyParents(path)
    } catch (error) {
      if (!isAbsence(error)) throw storageError('delete an object', error)
    }
  }

  async list(prefix: string, cursor?: string): Promise<BlobList> {
    const blobs: BlobEntry[] = []
    try {
      for await (const text of walkKeys(this.#objects, { prefix, after: cursor ?? '' })) {
        const key = parseBlobKey(text)
        // A file that somebody else put there, or an object that went meanwhile.
        const entry = key === null ? null : await lookAtFile(this.#pathOf(key), key)
        if (entry === null) continue
        if (blobs.length === LIST_LENGTH) return { blobs, nextCursor: blobs.at(-1)?.key ?? null }
        blobs.push(entry)
      }
    } catch (error) {
      throw storageError('list objects', error)
    }
    return { blobs, nextCursor: null }
  }

  // Async, so that a wrong option rejects instead of throwing.
  async signedGetUrl(key: BlobKey, options: SignOptions): Promise<string> {
    return signFileUrl(this.#secret, key, options)
  }

  async ping(): Promise<void> {
    try {
      await this.#prepare()
      const path = temporaryPath(this.#temporary)
      const handle = await open(path, 'wx', 0o600)
      await handle.close()
      await unlink(path)
    } catch (error) {
      throw storageError('write to the store', error)
    }
  }

  async removeLeftovers(olderThanMs: number): Promise<number> {
    try {
      return await removeTemporaryFiles(this.#temporary, olderThanMs)
    } catch (error) {
      throw storageError('remove leftovers', error)
    }
  }

  #prepare(): Promise<void> {
    this.#prepared ??= prepareTemporaryDirectory(this.#temporary).catch((error: unknown) => {
      this.#prepared = null
      throw error
    })
    return this.#prepared
  }

  #pathOf(key: BlobKey): string {
    const path = resolve(this.#objects, key)
    // Keys are checked when they are made; a key that got past that must not leave the store.
    if (!path.startsWith(this.#objects + sep)) throw new TypeError('Not a blob key')
    return path
  }

  /** Keeps a store that forgets its documents from filling up with empty directories. */
  async #removeEmptyParents(path: string): Promise<void> {
    for (let parent = dirname(path); parent !== this.#objects; parent = dirname(parent)) {
      try {
        await rmdir(parent)
      } catch {
        // Not empty, or gone: the usual end of the climb, and nothing that a caller could mend.
        return
      }
    }
  }
}

async function writeObjectFile(
  path: string,
  body: Uint8Array | Readable,
  options: PutOptions,
): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    const sizeBytes = await writeBody(handle, body, options)
    await writeAll(handle, labelOf(sizeBytes, options))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writeBody(
  handle: FileHandle,
  body: Uint8Array | Readable,
  { signal }: PutOptions,
): Promise<number> {
  if (body instanceof Uint8Array) {
    await writeAll(handle, body)
    return body.byteLength
  }
  // A source that hangs is torn out of its wait; one that fails ends the loop with its own error.
  if (signal) addAbortSignal(signal, body)
  let sizeBytes = 0
  for await (const chunk of body) {
    // A byte stream gives buffers, or strings once somebody has set an encoding.
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array)
    await writeAll(handle, bytes)
    sizeBytes += bytes.byteLength
  }
  return sizeBytes
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.byteLength;)
    written += (await handle.write(bytes, written)).bytesWritten
}

/** Gives a finished file its key; `false` when `ifAbsent` met another one. */
async function publish(temporary: string, target: string, ifAbsent: boolean): Promise<boolean> {
  const triesAgainstDeleters = 10
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(dirname(target), { recursive: true })
      if (ifAbsent) await link(temporary, target)
      else await rename(temporary, target)
      return true
    } catch (error) {
      const code = systemCode(error)
      if (ifAbsent && code === 'EEXIST') return false
      // A concurrent delete took the directory that was just made.
      if (code !== 'ENOENT' || attempt === triesAgainstDeleters) throw error
    }
  }
}

/** Makes the new name outlive a power cut. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    // Gone with a concurrent delete, or a system that cannot sync directories.
    if (!isAbsence(error) && !['EPERM', 'EINVAL', 'EACCES'].includes(systemCode(error) ?? ''))
      throw error
  }
}

async function unlinkIfPresent(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch {
    // Renamed already; what remains after another error is swept a day later.
  }
}
