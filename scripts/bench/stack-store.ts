import { createHash } from 'node:crypto'
import { loadConfig } from '../../src/config/config.ts'
import { loadSigningSecret } from '../../src/config/signing-secret.ts'
import { parseSha256, type Sha256 } from '../../src/contract/identifiers.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { createBlobStore } from '../../src/storage/create-blob-store.ts'
import type { Stack } from '../../test/support/stack.ts'

/** The store of a stack, opened as its programs open it. */
export async function storeOf(stack: Stack): Promise<BlobStore> {
  const config = loadConfig(stack.env())
  const secret = await loadSigningSecret(config)
  return createBlobStore(config.storage, secret.reveal())
}

/** The name of a document's bytes in the store. */
export function sha256Of(bytes: Uint8Array): Sha256 {
  const sha256 = parseSha256(createHash('sha256').update(bytes).digest('hex'))
  if (sha256 === null) throw new Error('not a hash')
  return sha256
}
