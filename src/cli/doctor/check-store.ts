import { statfs } from 'node:fs/promises'
import type { Config } from '../../config/config.ts'
import { coerceError } from '../../platform/errors.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { failed, ok, warning, type Finding } from './check.ts'

const BYTES_PER_GIB = 1024 ** 3

/** Tries to write to the store and looks at the space that is left. */
export async function checkStore(
  store: BlobStore,
  { storage, dataDirectory, api }: Pick<Config, 'storage' | 'dataDirectory' | 'api'>,
): Promise<Finding[]> {
  // Of an S3 server nobody can ask the space; temporary files lie in the data directory anyway.
  const [place, setting, diskPath] =
    storage.kind === 's3'
      ? [`bucket ${storage.bucket} at ${storage.endpoint}`, 'the OCR_S3_* settings', dataDirectory]
      : [storage.path, 'OCR_DATA_DIR', storage.path]
  try {
    await store.ping()
  } catch (error) {
    const reason = coerceError(error).message
    return [failed('Store', `cannot write to ${place} (${reason}): change ${setting}`)]
  }
  return [
    ok('Store', `writable: ${place}`),
    await checkDisk(diskPath, api.limits.minFreeDiskBytes ?? 0),
  ]
}

/** @param minFreeBytes Below this the api takes no documents */
async function checkDisk(path: string, minFreeBytes: number): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(path)
    const text = `${toGib(bavail * bsize)} GiB free`
    return bavail * bsize >= minFreeBytes
      ? ok('Disk', text)
      : failed(
          'Disk',
          `${text}, ${toGib(minFreeBytes)} needed (OCR_MIN_FREE_DISK_MB): free some, or change OCR_DATA_DIR`,
        )
  } catch (error) {
    return warning('Disk', `free space is unknown: ${coerceError(error).message}`)
  }
}

function toGib(bytes: number): string {
  return (bytes / BYTES_PER_GIB).toFixed(1)
}
