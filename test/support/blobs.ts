import assert from 'node:assert/strict'
import type { Readable } from 'node:stream'
import { parseBlobKey, type BlobKey } from '../../src/contract/identifiers.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'

/** A key of a test. */
export function testKey(text: string): BlobKey {
  const key = parseBlobKey(text)
  assert.ok(key !== null, `not a key: ${text}`)
  return key
}

/** Reads a body to its end. */
export async function bytesOf(body: Readable): Promise<Buffer> {
  return Buffer.concat(await body.toArray())
}

/** A store that does something else before its nth call. */
export function stoppedAt(store: BlobStore, step: number, work: () => Promise<void>): BlobStore {
  let calls = 0
  const count = async (): Promise<void> => {
    calls += 1
    if (calls === step) await work()
  }
  return {
    ...methodsOf(store),
    put: (key, body, options) => count().then(() => store.put(key, body, options)),
    get: (key, range) => count().then(() => store.get(key, range)),
    head: (key) => count().then(() => store.head(key)),
    delete: (key) => count().then(() => store.delete(key)),
    list: (prefix, cursor) => count().then(() => store.list(prefix, cursor)),
  }
}

/** A store whose single methods can be replaced. */
export function methodsOf(store: BlobStore): BlobStore {
  return {
    put: (key, body, options) => store.put(key, body, options),
    get: (key, range) => store.get(key, range),
    head: (key) => store.head(key),
    delete: (key) => store.delete(key),
    list: (prefix, cursor) => store.list(prefix, cursor),
    signedGetUrl: (key, options) => store.signedGetUrl(key, options),
    ping: () => store.ping(),
    removeLeftovers: (olderThanMs) => store.removeLeftovers(olderThanMs),
  }
}
