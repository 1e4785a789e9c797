import { z } from 'zod'
import type { BlobStore } from './blob-store.ts'
import { listAll } from './list-all.ts'
import { workerSnapshotKey, WORKER_SNAPSHOT_PREFIX } from './object-keys.ts'
import { readBytes, writeJson } from './read-blob.ts'

/** How often a worker writes, in milliseconds. */
export const SNAPSHOT_EVERY_MS = 10_000

/** A snapshot that is older belongs to a worker that is gone, or cannot reach the store. */
export const SNAPSHOT_LIFE_MS = 30_000

/** Nobody has looked at what is older for a long time. */
const SWEEP_AFTER_MS = 24 * 60 * 60 * 1000

const MAX_SNAPSHOT_BYTES = 64 * 1024

const mib = z.number().nonnegative().nullable()

const snapshot = z.object({
  /** ISO 8601. */
  at: z.iso.datetime(),
  host: z.string(),
  role: z.string(),
  engine: z.string(),
  model: z.string(),
  /** The model server answers, and pages are taken. */
  isReady: z.boolean(),
  slots: z.int().positive(),
  /** Of the whole host; `null` where nothing tells. */
  gpus: z
    .array(
      z.object({
        index: z.int().nonnegative(),
        uuid: z.string(),
        name: z.string(),
        totalMib: mib,
        usedMib: mib,
        freeMib: mib,
        allocatedMib: mib,
        utilizationPercent: mib,
      }),
    )
    .readonly()
    .nullable(),
})

/** What a GPU worker tells of itself. */
export type WorkerSnapshot = Readonly<z.infer<typeof snapshot>>

/** Names one worker: the same one after a restart. */
export type WorkerName = Parameters<typeof workerSnapshotKey>[0]

/**
 * Writes what a worker tells of itself, over what it told before.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function writeWorkerSnapshot(
  store: BlobStore,
  name: WorkerName,
  value: WorkerSnapshot,
): Promise<void> {
  await writeJson(store, workerSnapshotKey(name), value)
}

/**
 * Removes what workers told that are long gone.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function sweepWorkerSnapshots(store: BlobStore, nowMs = Date.now()): Promise<void> {
  for await (const { key, modifiedAt } of listAll(store, WORKER_SNAPSHOT_PREFIX))
    if (nowMs - Date.parse(modifiedAt) > SWEEP_AFTER_MS) await store.delete(key)
}

/**
 * Reads what the workers told within the last 30 s, in the order of their names. Clocks that differ
 * by more than that hide a worker.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function readWorkerSnapshots(
  store: BlobStore,
  nowMs = Date.now(),
): Promise<readonly WorkerSnapshot[]> {
  const blobs = await Array.fromAsync(listAll(store, WORKER_SNAPSHOT_PREFIX))
  const read = await Promise.all(
    blobs
      .filter(({ sizeBytes }) => sizeBytes <= MAX_SNAPSHOT_BYTES)
      .map(async ({ key }) => parseSnapshot(await readBytes(store, key, MAX_SNAPSHOT_BYTES))),
  )
  const isFresh = ({ at }: WorkerSnapshot): boolean =>
    Math.abs(nowMs - Date.parse(at)) <= SNAPSHOT_LIFE_MS
  return read.filter((value) => value !== null).filter(isFresh)
}

/** `null` for what is gone meanwhile, or was written by another version. */
function parseSnapshot(bytes: Buffer | null): WorkerSnapshot | null {
  if (bytes === null) return null
  try {
    return snapshot.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}
