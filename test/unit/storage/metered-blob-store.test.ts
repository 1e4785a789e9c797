import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { parseBlobKey, type BlobKey } from '../../../src/contract/identifiers.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { meteredBlobStore } from '../../../src/storage/metered-blob-store.ts'

const OPTIONS = { contentType: 'text/plain' }

function keyOf(text: string): BlobKey {
  const key = parseBlobKey(text)
  assert.ok(key)
  return key
}

async function setUp() {
  const directory = await mkdtempDisposable(join(tmpdir(), 'metered-'))
  const inner = createDirectoryBlobStore({ path: directory.path, secret: 'x'.repeat(32) })
  const traffic = { read: 0, written: 0 }
  const store = meteredBlobStore(inner, (way, bytes) => {
    traffic[way] += bytes
  })
  return {
    store,
    traffic,
    key: keyOf('documents/0bd622f4-542c-48c5-a9bc-e84e8f7a1158/request.json'),
    [Symbol.asyncDispose]: () => directory.remove(),
  }
}

describe('meteredBlobStore', () => {
  it('counts what is written, of bytes and of streams', async () => {
    await using test = await setUp()
    const { store, traffic, key } = test

    await store.put(key, Buffer.from('12345'), OPTIONS)
    await store.put(key, Readable.from([Buffer.from('123'), Buffer.from('45678')]), OPTIONS)

    assert.equal(traffic.written, 13)
    assert.equal((await store.head(key))?.sizeBytes, 8)
  })

  it('counts nothing for an object that was there', async () => {
    await using test = await setUp()
    const { store, traffic, key } = test
    await store.put(key, Buffer.from('12345'), OPTIONS)

    await store.put(key, Buffer.from('12345'), { ...OPTIONS, ifAbsent: true })

    assert.equal(traffic.written, 5)
  })

  it('counts what is read, and of a range only that', async () => {
    await using test = await setUp()
    const { store, traffic, key } = test
    await store.put(key, Buffer.from('12345'), OPTIONS)

    const whole = await store.get(key)
    const part = await store.get(key, { firstByte: 1, lastByte: 2 })
    const absent = await store.get(keyOf('documents/x/request.json'))

    assert.equal(await text(whole?.body), '12345')
    assert.equal(await text(part?.body), '23')
    assert.equal(absent, null)
    assert.equal(traffic.read, 7)
  })

  it('passes on the failure of a source, and leaves nothing behind', async () => {
    await using test = await setUp()
    const { store, key } = test
    const source = Readable.from(
      (async function* () {
        yield Buffer.from('1')
        throw new Error('the source broke')
      })(),
    )

    await assert.rejects(store.put(key, source, OPTIONS))

    assert.equal(await store.head(key), null)
  })
})

async function text(body: Readable | undefined): Promise<string> {
  assert.ok(body)
  return Buffer.concat(await body.toArray()).toString()
}
