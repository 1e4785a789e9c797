import { constants } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import type { BlobKey } from '../contract/identifiers.ts'
import { isDiskFull } from '../platform/disk-full.ts'
import { OcrError } from '../platform/errors.ts'
import type { BlobEntry, BlobInfo, PutOptions } from './blob-store.ts'

/*
 * How the directory store keeps one object: the bytes, then a label of exactly LABEL_BYTES: a line
 * feed, one line of JSON, blanks. One file, so that bytes and metadata become visible by the same
 * `link` or `rename`, and a file that was cut short is recognized by its missing label. At the end
 * and not at the start, so that the files stay what they are for other programs: viewers ignore
 * bytes behind a PDF or an image, and a text shows one more line.
 */

/** Bytes that the label adds to every file. */
export const LABEL_BYTES = 512

type Label = { sizeBytes: number; contentType: string; sha256: string | null }

/**
 * The label of an object.
 *
 * @throws {RangeError} when the content type is too long for it
 */
export function labelOf(sizeBytes: number, options: PutOptions): Buffer {
  const label: Label = {
    sizeBytes,
    contentType: options.contentType,
    sha256: options.sha256 ?? null,
  }
  const line = Buffer.from(`\n${JSON.stringify({ durableOcrBlob: label })}`)
  if (line.length >= LABEL_BYTES) throw new RangeError('Cannot label the object: too much metadata')
  return Buffer.concat([line, Buffer.alloc(LABEL_BYTES - line.length - 1, ' '), Buffer.from('\n')])
}

/** An object's open file; the opener closes the handle. */
export type ObjectFile = { readonly handle: FileHandle; readonly info: BlobInfo }

/**
 * Opens the file of an object; `null` when there is none.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE` when the file is damaged or cannot be read
 */
export async function openObjectFile(path: string, key: BlobKey): Promise<ObjectFile | null> {
  let handle: FileHandle
  try {
    handle = await open(path, constants.O_RDONLY)
  } catch (error) {
    if (isAbsence(error)) return null
    throw storageError('open an object', error)
  }
  try {
    const stats = await handle.stat()
    if (stats.isFile()) {
      const modifiedAt = stats.mtime.toISOString()
      return { handle, info: { key, ...(await readLabel(handle, stats.size)), modifiedAt } }
    }
    await handle.close()
    return null
  } catch (error) {
    await handle.close()
    throw storageError('read the label of an object', error)
  }
}

/**
 * What a listing tells of an object, without opening its file; `null` when there is none. One that is
 * damaged is listed too, so that it can be removed.
 *
 * @throws an error of the file system
 */
export async function lookAtFile(path: string, key: BlobKey): Promise<BlobEntry | null> {
  try {
    const stats = await stat(path)
    if (!stats.isFile()) return null
    const sizeBytes = Math.max(0, stats.size - LABEL_BYTES)
    return { key, sizeBytes, modifiedAt: stats.mtime.toISOString() }
  } catch (error) {
    if (isAbsence(error)) return null
    throw error
  }
}

async function readLabel(handle: FileHandle, fileSizeBytes: number): Promise<Label> {
  const sizeBytes = fileSizeBytes - LABEL_BYTES
  if (sizeBytes < 0) throw damaged('it is too short')
  const { buffer, bytesRead } = await handle.read(
    Buffer.alloc(LABEL_BYTES),
    0,
    LABEL_BYTES,
    sizeBytes,
  )
  const label = parseLabel(buffer.toString('utf8', 0, bytesRead))
  if (label === null || label.sizeBytes !== sizeBytes) throw damaged('it has no valid label')
  return label
}

function parseLabel(text: string): Label | null {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null || !('durableOcrBlob' in parsed)) return null
    // Only labelOf writes this member; a file of somebody else fails on the size that is compared next.
    return parsed.durableOcrBlob as Label
  } catch {
    return null
  }
}

function damaged(how: string): OcrError {
  return new OcrError('STORAGE_UNAVAILABLE', `Cannot read a stored object: ${how}`)
}

/** Tells whether an error of the file system means that nothing stands at the path. */
export function isAbsence(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
}

/** The code of an error of the file system (`ENOSPC`), or `null` for other errors. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/**
 * Translates an error of the file system to `STORAGE_FULL` or `STORAGE_UNAVAILABLE`; other errors stay
 * what they are.
 */
export function storageError(action: string, error: unknown): unknown {
  const code = systemCode(error)
  if (code === null) return error
  const failure = isDiskFull(error) ? 'STORAGE_FULL' : 'STORAGE_UNAVAILABLE'
  return new OcrError(failure, `Cannot ${action}: ${code}`, { cause: error })
}
