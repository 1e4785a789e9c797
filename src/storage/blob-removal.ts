import { randomUUID } from 'node:crypto'
import type { BlobKey, Sha256 } from '../contract/identifiers.ts'
import { codeOf } from '../platform/errors.ts'
import { pause } from '../platform/pause.ts'
import type { BlobStore } from './blob-store.ts'
import { deletePrefix, type Removed } from './delete-prefix.ts'
import {
  blobKey,
  pagesPrefix,
  referencePrefix,
  removalNoteKey,
  removalNotesPrefix,
} from './object-keys.ts'
import { writeJson } from './read-blob.ts'

/*
 * Who removes a blob and who begins to use it must not miss each other, on stores that know neither
 * locks nor conditional deletes. Each first writes what the other one looks for:
 *
 *   remover: note that it is being removed, then look for references, then remove
 *   user:    reference, then look for notes and wait until they are gone, then put the blob
 *
 * Whichever order the two writes have, one of them sees the other's. On a full store the remover goes
 * on without a note: nobody can write a reference there either, until it has made room, and then it
 * writes its note.
 */

/** A note that is older was left by a killed process. */
const REMOVAL_NOTE_LIFE_MS = 120_000

/**
 * A remover that holds its note for longer than this writes it again, before the next eight objects:
 * they may take long.
 */
const RENEW_AFTER_MS = 15_000

const LOOK_EVERY_MS = 100

/**
 * Removes a blob and everything made of its pages, unless something refers to it; the blob last, so
 * that a removal that was cut short is seen and finished by the next one.
 *
 * @returns what was removed; `null`: it is used
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 * @throws the reason of `signal` when it fires
 */
export async function removeUnusedBlob(
  store: BlobStore,
  sha256: Sha256,
  signal?: AbortSignal,
): Promise<Removed | null> {
  const note = removalNoteKey(sha256, randomUUID())
  let notedAtMs = -Infinity
  const isNoted = (): boolean => performance.now() - notedAtMs < RENEW_AFTER_MS
  const isUnused = async (): Promise<boolean> => {
    const beganAtMs = performance.now()
    if (!isNoted() && (await writeNote(store, note))) notedAtMs = beganAtMs
    return (await store.list(referencePrefix(sha256))).blobs.length === 0
  }
  // Whoever comes while there is a note waits; others may have come since.
  const mayGoOn = async (): Promise<boolean> => isNoted() || (await isUnused())
  try {
    if (!(await isUnused())) return null
    const removed = await deletePrefix(store, pagesPrefix(sha256), { mayGoOn, signal })
    if (!(await isUnused())) return null
    const blob = await store.head(blobKey(sha256))
    if (blob === null) return removed
    await store.delete(blobKey(sha256))
    return { objects: removed.objects + 1, bytes: removed.bytes + blob.sizeBytes }
  } finally {
    await store.delete(note)
  }
}

/** Writes a note; `false`: there is no room for it. */
async function writeNote(store: BlobStore, note: BlobKey): Promise<boolean> {
  try {
    await writeJson(store, note, {})
    return true
  } catch (error) {
    if (codeOf(error) !== 'STORAGE_FULL') throw error
    return false
  }
}

/**
 * Waits until nobody removes a blob any more, for two minutes at most: as long as the note of a killed
 * remover counts. Whoever has written a reference before may rely on what it then finds.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 * @throws the reason of `signal` when it fires
 */
export async function awaitRemovals(
  store: BlobStore,
  sha256: Sha256,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const giveUpAtMs = performance.now() + REMOVAL_NOTE_LIFE_MS
  for (;;) {
    const { blobs } = await store.list(removalNotesPrefix(sha256))
    const isUnderWay = blobs.some(
      ({ modifiedAt }) => !(Date.now() - Date.parse(modifiedAt) >= REMOVAL_NOTE_LIFE_MS),
    )
    if (!isUnderWay || performance.now() > giveUpAtMs) return
    if (!(await pause(LOOK_EVERY_MS, signal))) signal.throwIfAborted()
  }
}
