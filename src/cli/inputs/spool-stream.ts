import { createWriteStream } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CommandError } from '../command-error.ts'

/** A temporary file. Disposing removes it. */
export type SpooledFile = AsyncDisposable & { readonly path: string }

/** How much is read. */
export type SpoolOptions = { readonly maxBytes: number; readonly signal: AbortSignal }

/**
 * Copies a stream (standard input, a named pipe) into a temporary file, so that it can be sent again
 * when the server was busy.
 *
 * @throws {CommandError} when it is longer than the server takes
 */
export async function spoolStream(
  stream: AsyncIterable<Buffer>,
  { maxBytes, signal }: SpoolOptions,
): Promise<SpooledFile> {
  await using setUp = new AsyncDisposableStack()
  const directory = setUp.use(await mkdtempDisposable(join(tmpdir(), 'durable-ocr-')))
  const path = join(directory.path, 'input')
  await pipeline(stream, (source) => limited(source, maxBytes), createWriteStream(path), { signal })
  const kept = setUp.move()
  return { path, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function* limited(source: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let sizeBytes = 0
  for await (const chunk of source) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw new CommandError(tooLarge(maxBytes))
    yield chunk
  }
}

/** Why a file is not sent at all. */
export function tooLarge(maxBytes: number): string {
  const mib = Math.floor(maxBytes / 1_048_576)
  return `File is too large: the server takes up to ${mib} MiB (OCR_MAX_UPLOAD_MB)`
}
