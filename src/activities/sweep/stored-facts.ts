import { z } from 'zod'
import type { DocumentId, Sha256 } from '../../contract/identifiers.ts'
import { parseSha256 } from '../../contract/identifiers.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { manifestKey, requestKey, tombstoneKey } from '../../storage/object-keys.ts'
import { readJson } from '../../storage/read-blob.ts'

// What is no hash names no file.
const sha256 = z
  .string()
  .nullable()
  .transform((text) => (text === null ? null : parseSha256(text)))

const request = z.object({ dialect: z.string(), sha256 })
const manifest = z.object({ documentSha256: sha256 })
const tombstone = z.object({
  deletedAt: z.string(),
  documentSha256: sha256,
  endedAt: z.string().optional(),
})

/**
 * What the sweep wants to know of a request; `null`: there is none.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 * @throws {SyntaxError | z.ZodError} for one that is damaged
 */
export function readRequestFacts(
  store: BlobStore,
  documentId: DocumentId,
): Promise<z.infer<typeof request> | null> {
  return readJson(store, requestKey(documentId), (value) => request.parse(value))
}

/**
 * The file of a document, by its request or else by its manifest; `null`: nothing tells.
 *
 * @throws as {@link readRequestFacts}
 */
export async function readFileOf(store: BlobStore, documentId: DocumentId): Promise<Sha256 | null> {
  const requested = await readRequestFacts(store, documentId)
  if (requested !== null && requested.sha256 !== null) return requested.sha256
  const ended = await readJson(store, manifestKey(documentId), (value) => manifest.parse(value))
  return ended?.documentSha256 ?? null
}

/**
 * What the sweep wants to know of a tombstone; `null`: there is none.
 *
 * @throws as {@link readRequestFacts}
 */
export function readTombstoneFacts(
  store: BlobStore,
  documentId: DocumentId,
): Promise<z.infer<typeof tombstone> | null> {
  return readJson(store, tombstoneKey(documentId), (value) => tombstone.parse(value))
}
