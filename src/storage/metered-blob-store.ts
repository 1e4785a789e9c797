import { pipeline, Readable, Transform } from 'node:stream'
import type { BlobStore } from './blob-store.ts'

/** Where bytes went. */
export type StoreTraffic = 'read' | 'written'

/**
 * A store that tells how many bytes go in and out of it. What is read counts when it is opened.
 *
 * @param onBytes Must not throw.
 */
export function meteredBlobStore(
  store: BlobStore,
  onBytes: (traffic: StoreTraffic, bytes: number) => void,
): BlobStore {
  return {
    put(key, body, options) {
      if (body instanceof Readable) {
        const counted = countedBytes(body, (bytes) => onBytes('written', bytes))
        return store.put(key, counted, options)
      }
      return store.put(key, body, options).then((answer) => {
        if (answer.created) onBytes('written', body.byteLength)
        return answer
      })
    },
    async get(key, range) {
      const blob = await store.get(key, range)
      if (blob === null) return null
      const { sizeBytes } = blob.info
      const asked =
        range === undefined
          ? sizeBytes
          : Math.min(range.lastByte + 1, sizeBytes) - Math.min(range.firstByte, sizeBytes)
      onBytes('read', Math.max(0, asked))
      return blob
    },
    head: (key) => store.head(key),
    delete: (key) => store.delete(key),
    list: (prefix, cursor) => store.list(prefix, cursor),
    signedGetUrl: (key, options) => store.signedGetUrl(key, options),
    ping: () => store.ping(),
    removeLeftovers: (olderThanMs) => store.removeLeftovers(olderThanMs),
  }
}

/** The same stream, which fails and is destroyed together with its source. */
function countedBytes(source: Readable, onBytes: (bytes: number) => void): Readable {
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      onBytes(chunk.byteLength)
      done(null, chunk)
    },
  })
  // The reader of the counter learns of a failure; there is nothing to do here.
  return pipeline(source, counter, () => undefined)
}
