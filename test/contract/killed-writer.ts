// Program: overwrites one object and makes new ones until it is killed.
import { createDirectoryBlobStore } from '../../src/storage/directory-blob-store.ts'
import { testKey } from '../support/blobs.ts'

const [path = ''] = process.argv.slice(2)
const store = createDirectoryBlobStore({ path, secret: 'secret' })
for (let round = 0; ; round++) {
  const letter = String.fromCharCode(97 + (round % 26))
  const bytes = Buffer.alloc(50_000 + letter.charCodeAt(0), letter)
  const options = { contentType: 'text/plain', sha256: letter }
  await store.put(testKey('killed/object'), bytes, options)
  await store.put(testKey(`killed/${process.pid}/${round}`), bytes, { ...options, ifAbsent: true })
  process.stdout.write('.')
}
