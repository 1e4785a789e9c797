import type { BlobKey } from '../contract/identifiers.ts'
import { OcrError } from '../platform/errors.ts'
import type { BlobStore } from './blob-store.ts'
import { storageError } from './object-file.ts'

/** The largest JSON object that we write: a layout of 5,000 dense pages stays far below. */
const MAX_JSON_BYTES = 256 * 1024 * 1024

const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * Reads a whole object into memory; `null` when it is absent.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`, also when the store breaks off
 * @throws {RangeError} when the object is larger than `maxBytes`
 */
export async function readBytes(
  store: BlobStore,
  key: BlobKey,
  maxBytes: number,
): Promise<Buffer | null> {
  const blob = await store.get(key)
  if (blob === null) return null
  if (blob.info.sizeBytes > maxBytes) {
    blob.body.destroy()
    throw new RangeError(
      `Cannot read an object: ${blob.info.sizeBytes} of at most ${maxBytes} bytes`,
    )
  }
  const chunks: Uint8Array[] = []
  try {
    // A store's body is a stream of bytes.
    for await (const chunk of blob.body) chunks.push(chunk as Uint8Array)
  } catch (error) {
    throw storageError('read an object', error)
  }
  const bytes = Buffer.concat(chunks)
  if (bytes.length !== blob.info.sizeBytes)
    throw new OcrError('STORAGE_UNAVAILABLE', 'Cannot read an object: it ended early')
  return bytes
}

/**
 * Reads an object of JSON; `null` when it is absent.
 *
 * Without `parse` the type is the caller's word: right for objects that only we write.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function readJson<T>(
  store: BlobStore,
  key: BlobKey,
  parse?: (value: unknown) => T,
): Promise<T | null> {
  const bytes = await readBytes(store, key, MAX_JSON_BYTES)
  if (bytes === null) return null
  const value: unknown = JSON.parse(bytes.toString('utf8'))
  // See above: who passes no parser vouches for the writer.
  return parse ? parse(value) : (value as T)
}

/**
 * Writes an object of JSON.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function writeJson(store: BlobStore, key: BlobKey, value: unknown): Promise<void> {
  await store.put(key, jsonBytes(value), { contentType: JSON_TYPE })
}

/**
 * Writes an object of JSON unless the key is taken; `created` tells which.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export function writeJsonIfAbsent(
  store: BlobStore,
  key: BlobKey,
  value: unknown,
): Promise<{ readonly created: boolean }> {
  return store.put(key, jsonBytes(value), { contentType: JSON_TYPE, ifAbsent: true })
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
