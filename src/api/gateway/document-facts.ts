import type { DocumentRequest, Manifest } from '../../contract/document.ts'
import type { Callback } from '../../contract/webhooks.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { manifestKey, requestKey, tombstoneKey } from '../../storage/object-keys.ts'
import { readJson, writeJson } from '../../storage/read-blob.ts'
import { LruMap } from './lru-map.ts'

const CAPACITY = 10_000

/** What was asked for, without the password and the URLs: these are for the worker alone. */
export type KnownRequest = Omit<DocumentRequest, 'password' | 'remote' | 'callback'> & {
  readonly callback?: Pick<Callback, 'events'> | null
}

/** What the store knows of documents. Every method throws `STORAGE_UNAVAILABLE`. */
export class DocumentFacts {
  readonly #store: BlobStore
  // Never changes once its file is known, but for what is erased.
  readonly #requests = new LruMap<DocumentId, KnownRequest>(CAPACITY)

  constructor(store: BlobStore) {
    this.#store = store
  }

  /** What was asked for, from memory if it was read before. */
  async request(documentId: DocumentId): Promise<KnownRequest | null> {
    const known = this.#requests.get(documentId)
    if (known !== undefined) return known
    const stored = await readJson<DocumentRequest>(this.#store, requestKey(documentId))
    if (stored === null) return null
    const { password: _password, remote: _remote, callback, ...others } = stored
    const request = callback ? { ...others, callback: { events: callback.events } } : others
    if (request.sha256 !== null) this.#requests.set(documentId, request)
    return request
  }

  /** How the document ended. */
  manifest(documentId: DocumentId): Promise<Manifest | null> {
    return readJson<Manifest>(this.#store, manifestKey(documentId))
  }

  /** Writes the manifest of a document whose workflow could not, and erases its secrets. */
  async writeManifest(manifest: Manifest): Promise<void> {
    await writeJson(this.#store, manifestKey(manifest.documentId), manifest)
    const key = requestKey(manifest.documentId)
    const stored = await readJson<DocumentRequest>(this.#store, key)
    if (stored !== null && (stored.password !== null || stored.remote))
      await writeJson(this.#store, key, { ...stored, password: null, remote: null })
  }

  /** Tells whether the document was deleted. */
  async isDeleted(documentId: DocumentId): Promise<boolean> {
    return (await this.#store.head(tombstoneKey(documentId))) !== null
  }

  /** Forgets what was read. */
  forget(documentId: DocumentId): void {
    this.#requests.delete(documentId)
  }
}
