const BLOCK_BYTES = 512

/** The bytes of a regular file in an unpacked tar archive (POSIX ustar); `null` when it is not there. */
export function readTarEntry(archive: Uint8Array, name: string): Uint8Array | null {
  let offset = 0
  while (offset + BLOCK_BYTES <= archive.length) {
    const header = archive.subarray(offset, offset + BLOCK_BYTES)
    const sizeBytes = Number.parseInt(readText(header, 124, 12), 8)
    if (!Number.isFinite(sizeBytes)) return null
    const start = offset + BLOCK_BYTES
    const entryName = readText(header, 0, 100).replace(/^\.\//, '')
    if (entryName === name && start + sizeBytes <= archive.length)
      return archive.subarray(start, start + sizeBytes)
    offset = start + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
  }
  return null
}

function readText(header: Uint8Array, start: number, length: number): string {
  const bytes = header.subarray(start, start + length)
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).trim()
}
