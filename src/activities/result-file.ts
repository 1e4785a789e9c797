import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { ResultFormat } from '../storage/object-keys.ts'

/** What result files are written in: the formats of every document, and one of a dialect. */
export type ResultFileFormat = ResultFormat | 'scnet'

/** A result that is being written to the local disk; disposing closes it. */
export type ResultFile = AsyncDisposable & {
  readonly format: ResultFileFormat
  readonly path: string
  readonly write: (piece: string) => Promise<void>
  readonly sha256: () => string
  readonly sizeBytes: () => number
  readonly codePoints: () => number
}

/** Opens a new result file in a directory of the caller's. Hash and sizes follow what is written. */
export async function openResult(directory: string, format: ResultFileFormat): Promise<ResultFile> {
  const path = join(directory, `result-${format}`)
  const handle: FileHandle = await open(path, 'wx', 0o600)
  const hash = createHash('sha256')
  let sizeBytes = 0
  let codePoints = 0
  return {
    format,
    path,
    write: async (piece) => {
      const bytes = Buffer.from(piece, 'utf8')
      hash.update(bytes)
      sizeBytes += bytes.length
      for (const _ of piece) codePoints += 1
      await handle.writeFile(bytes)
    },
    sha256: () => hash.copy().digest('hex'),
    sizeBytes: () => sizeBytes,
    codePoints: () => codePoints,
    [Symbol.asyncDispose]: () => handle.close(),
  }
}
