// Program: writes an object that is larger than the limit it runs under, and prints what happened.
import { codeOf } from '../../src/platform/errors.ts'
import { createDirectoryBlobStore } from '../../src/storage/directory-blob-store.ts'
import { testKey } from '../support/blobs.ts'

const [path = ''] = process.argv.slice(2)
const store = createDirectoryBlobStore({ path, secret: 'secret' })
const outcome = await store
  .put(testKey('large'), Buffer.alloc(1024 * 1024), { contentType: 'text/plain' })
  .then(() => 'written', codeOf)
process.stdout.write(outcome)
