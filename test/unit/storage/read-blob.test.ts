import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parseBlobKey } from '../../../src/contract/identifiers.ts'
import type { BlobStore } from '../../../src/storage/blob-store.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import {
  readBytes,
  readJson,
  writeJson,
  writeJsonIfAbsent,
} from '../../../src/storage/read-blob.ts'

const key = parseBlobKey('read-blob/object.json')
assert.ok(key)

describe('readJson', () => {
  let path: string
  let store: BlobStore
  before(async () => {
    path = await mkdtemp(join(tmpdir(), 'read-blob-'))
    store = createDirectoryBlobStore({ path, secret: 'x' })
  })
  after(() => rm(path, { recursive: true }))

  it('reads what was written, and null before', async () => {
    assert.equal(await readJson(store, key), null)
    assert.equal(await readBytes(store, key, 10), null)

    await writeJson(store, key, { text: '三' })
    assert.deepEqual(await writeJsonIfAbsent(store, key, { text: 'later' }), { created: false })

    assert.deepEqual(await readJson(store, key), { text: '三' })
    assert.equal((await store.head(key))?.contentType, 'application/json; charset=utf-8')
  })

  it('passes what it reads through the parser', async () => {
    await writeJson(store, key, 7)

    assert.equal(await readJson(store, key, (value) => `${String(value)}!`), '7!')
  })

  it('refuses objects above the limit', async () => {
    await writeJson(store, key, 'x'.repeat(100))

    await assert.rejects(readBytes(store, key, 101), RangeError)
    assert.equal((await readBytes(store, key, 102))?.length, 102)
  })
})
