import { exitOnConfigError } from '../../src/config/config-error.ts'
import { loadConfig } from '../../src/config/config.ts'
import { loadSigningSecret } from '../../src/config/signing-secret.ts'
import { startApi } from '../../src/api/server.ts'
import { listenForShutdown } from '../../src/platform/shutdown.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { createBlobStore } from '../../src/storage/create-blob-store.ts'

/*
 * The api program with a store that kills the process at a named point of a submit. The shipped
 * program has no such switch. The look at the blob after the start is the last thing before the
 * answer, so `before-answer` dies with the workflow started and the client not told.
 */
const point = process.env['OCR_CRASH_AT'] ?? ''

function crashing(store: BlobStore): BlobStore {
  let hasRequest = false
  const crashAt = (reached: string): void => {
    if (reached === point) process.kill(process.pid, 'SIGKILL')
  }
  return {
    async put(key, body, options) {
      if (key.startsWith('blobs/')) crashAt('before-blob')
      const put = await store.put(key, body, options)
      if (key.startsWith('blobs/')) crashAt('after-blob')
      if (key.endsWith('/request.json')) {
        hasRequest = true
        crashAt('before-start')
      }
      return put
    },
    async head(key) {
      if (hasRequest && key.startsWith('blobs/')) crashAt('before-answer')
      return store.head(key)
    },
    get: (key, range) => store.get(key, range),
    delete: (key) => store.delete(key),
    list: (prefix, cursor) => store.list(prefix, cursor),
    signedGetUrl: (key, options) => store.signedGetUrl(key, options),
    ping: () => store.ping(),
    removeLeftovers: (olderThanMs) => store.removeLeftovers(olderThanMs),
  }
}

const config = exitOnConfigError(() => loadConfig())
using shutdown = listenForShutdown(30_000)
const secret = (await loadSigningSecret(config)).reveal()
const store = createBlobStore(config.storage, secret)
await using _api = await startApi(config, { store: crashing(store) })
await shutdown.requested
