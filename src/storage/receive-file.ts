import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { parseSha256, type Sha256 } from '../contract/identifiers.ts'

/** Bytes at the start of a file that its type is told from. */
const HEAD_BYTES = 4096

/** A file that has arrived whole on the local disk. */
export type ReceivedFile = {
  readonly path: string
  readonly sizeBytes: number
  readonly sha256: Sha256
  /** The first 4,096 bytes at most. */
  readonly head: Uint8Array
}

/**
 * Streams a file to a new path while it is hashed; nothing stays when it fails.
 *
 * @throws what `source` throws, and errors of the file system
 */
export async function receiveFile(
  source: AsyncIterable<Uint8Array>,
  path: string,
): Promise<ReceivedFile> {
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
