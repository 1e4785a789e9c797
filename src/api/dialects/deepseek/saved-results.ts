import { randomBytes } from 'node:crypto'
import type { BlobKey } from '../../../contract/identifiers.ts'
import type { BlobStore } from '../../../storage/blob-store.ts'
import { listAll } from '../../../storage/list-all.ts'
import { savedResultKey, SAVED_RESULT_PREFIX } from '../../../storage/object-keys.ts'

/** How a saved text is sent. */
export const SAVED_RESULT_TYPE = 'text/plain; charset=utf-8'

/** What may be asked for. A name without the suffix is the documented one; we give none of those. */
const NAME = /^ocr_result_\d{8}_\d{6}(?:_[0-9a-f]{16})?\.txt$/

/** The object of an owner's saved text, by its name; `null` for everything that can be none. */
export function parseSavedResultName(text: string, owner: string | null = null): BlobKey | null {
  return NAME.test(text) ? savedResultKey(text, owner) : null
}

/**
 * Saves a text under a new name, and gives the name: the documented one, by this server's local time,
 * and 64 random bits. Its second alone would be shared by parallel requests, and could be guessed.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function saveResult(
  store: BlobStore,
  text: string,
  { owner = null, now = new Date() }: { owner?: string | null; now?: Date } = {},
): Promise<string> {
  for (;;) {
    const name = `ocr_result_${timestamp(now)}_${randomBytes(8).toString('hex')}.txt`
    const { created } = await store.put(savedResultKey(name, owner), Buffer.from(text), {
      contentType: SAVED_RESULT_TYPE,
      ifAbsent: true,
    })
    if (created) return name
  }
}

/**
 * Deletes the texts that were saved longer ago than `lifeMs`.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function sweepSavedResults(
  store: BlobStore,
  lifeMs: number,
  nowMs = Date.now(),
): Promise<void> {
  for await (const { key, modifiedAt } of listAll(store, SAVED_RESULT_PREFIX)) {
    // Names are listed by their time: what follows is younger, or an hour older at most.
    if (nowMs - Date.parse(modifiedAt) <= lifeMs) return
    await store.delete(key)
  }
}

function timestamp(now: Date): string {
  const [year, ...rest] = [
    now.getFullYear(),
    now.getMonth() + 1,
    now.getDate(),
    now.getHours(),
    now.getMinutes(),
    now.getSeconds(),
  ]
  const [month, day, hours, minutes, seconds] = rest.map((part) => String(part).padStart(2, '0'))
  return `${year}${month}${day}_${hours}${minutes}${seconds}`
}
