import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import type { BlobKey } from '../../src/contract/identifiers.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { bytesOf, testKey } from '../support/blobs.ts'
import { describeBodies } from './blob-store-bodies.suite.ts'

/** A store under test, and how to be rid of it. */
export type StoreUnderTest = { readonly store: BlobStore; dispose(): Promise<void> }

const text = { contentType: 'text/plain; charset=utf-8' }

/** What every blob store must do. */
export function describeBlobStore(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let made: StoreUnderTest
    let store: BlobStore
    before(async () => {
      made = await makeStore()
      store = made.store
    })
    after(() => made.dispose())

    const read = async (key: BlobKey): Promise<string | null> => {
      const blob = await store.get(key)
      return blob === null ? null : (await bytesOf(blob.body)).toString()
    }

    it('gives back bytes, content type, hash and size', async () => {
      const key = testKey('suite/plain.txt')
      const bytes = Buffer.from('zwei\r\n三 \0 end')

      assert.deepEqual(await store.put(key, bytes, { ...text, sha256: 'ab12' }), { created: true })
      const blob = await store.get(key)

      assert.ok(blob)
      assert.deepEqual(await bytesOf(blob.body), bytes)
      assert.deepEqual(blob.info, await store.head(key))
      const { modifiedAt, ...info } = blob.info
      assert.deepEqual(info, { key, sizeBytes: bytes.length, ...text, sha256: 'ab12' })
      assert.ok(Math.abs(Date.parse(modifiedAt) - Date.now()) < 60_000)
    })

    it('keeps empty objects, from bytes and from streams', async () => {
      await store.put(testKey('suite/empty-1'), new Uint8Array(), text)
      await store.put(testKey('suite/empty-2'), Readable.from([], { objectMode: false }), text)

      assert.equal(await read(testKey('suite/empty-1')), '')
      assert.equal(await read(testKey('suite/empty-2')), '')
      assert.equal((await store.head(testKey('suite/empty-2')))?.sizeBytes, 0)
    })

    it('keeps a label that is no ASCII', async () => {
      const key = testKey('suite/label')

      await store.put(key, Buffer.from('x'), { ...text, sha256: '散列 50 %' })

      assert.equal((await store.head(key))?.sha256, '散列 50 %')
      const blob = await store.get(key)
      blob?.body.destroy()
      assert.equal(blob?.info.sha256, '散列 50 %')
    })

    it('answers absent as null, also for a prefix of other keys', async () => {
      await store.put(testKey('suite/folder/object'), Buffer.from('x'), text)

      for (const key of ['suite/absent', 'suite/folder', 'suite/folder/object/below']) {
        assert.equal(await store.get(testKey(key)), null)
        assert.equal(await store.head(testKey(key)), null)
        await store.delete(testKey(key))
      }
      assert.equal(await read(testKey('suite/folder/object')), 'x')
    })

    it('overwrites, unless told to leave an existing object', async () => {
      const key = testKey('suite/overwritten')

      await store.put(key, Buffer.from('one, longer than the second'), text)
      assert.deepEqual(await store.put(key, Buffer.from('two'), text), { created: true })
      const third = store.put(key, Readable.from([Buffer.from('three')]), {
        ...text,
        ifAbsent: true,
      })

      assert.deepEqual(await third, { created: false })
      assert.equal(await read(key), 'two')
    })

    it('lets exactly one of 20 racing ifAbsent writers create', async () => {
      const key = testKey('suite/raced')
      const writers = Array.from({ length: 20 }, (_, writer) =>
        store.put(key, Readable.from([Buffer.from(`writer ${writer}`)]), {
          ...text,
          ifAbsent: true,
        }),
      )

      const created = (await Promise.all(writers)).map((answer) => answer.created)

      assert.equal(created.filter(Boolean).length, 1)
      assert.equal(await read(key), `writer ${created.indexOf(true)}`)
    })

    it('shows readers the old object or the new one during overwrites', async () => {
      const key = testKey('suite/contended')
      const content = (letter: string) => Buffer.alloc(letter === 'a' ? 300_000 : 200_000, letter)
      await store.put(key, content('a'), { ...text, sha256: 'a' })
      let writing = true
      const writer = (async () => {
        for (let round = 0; round < 40; round++) {
          const letter = round % 2 ? 'a' : 'b'
          await store.put(key, content(letter), { ...text, sha256: letter })
        }
        writing = false
      })()

      let reads = 0
      while (writing) {
        const blob = await store.get(key)
        assert.ok(blob)
        const bytes = await bytesOf(blob.body)
        assert.deepEqual(bytes, content(blob.info.sha256 ?? ''))
        reads++
      }

      await writer
      assert.ok(reads > 0)
    })

    it('reads inclusive ranges and refuses those outside', async () => {
      const key = testKey('suite/ranged')
      await store.put(key, Buffer.from('0123456789'), text)
      const range = async (firstByte: number, lastByte: number) => {
        const blob = await store.get(key, { firstByte, lastByte })
        assert.equal(blob?.info.sizeBytes, 10)
        return blob ? (await bytesOf(blob.body)).toString() : null
      }

      assert.equal(await range(0, 0), '0')
      assert.equal(await range(3, 5), '345')
      assert.equal(await range(9, 9), '9')
      assert.equal(await range(8, 5000), '89')
      await assert.rejects(range(10, 11), RangeError)
      await assert.rejects(range(5, 4), RangeError)
    })

    it('deletes, and does not mind absence', async () => {
      const key = testKey('suite/deleted/a/b')
      await store.put(key, Buffer.from('x'), text)

      await store.delete(key)
      await store.delete(key)

      assert.equal(await read(key), null)
      assert.deepEqual(await store.put(key, Buffer.from('y'), { ...text, ifAbsent: true }), {
        created: true,
      })
    })

    describeBodies(() => store)

    it('lists by prefix in the byte order of the keys', async () => {
      const keys = [
        'list/a',
        'list/a-b',
        'list/a.txt',
        'list/b/c',
        'list/b/d',
        'list/b.c',
        'listed',
      ]
      for (const key of keys) await store.put(testKey(key), Buffer.from(key), text)
      const list = async (prefix: string, cursor?: string) =>
        (await store.list(prefix, cursor)).blobs.map((blob) => blob.key as string)
      const sorted = keys.toSorted((a, b) => (a < b ? -1 : 1))

      assert.deepEqual(await list('list'), sorted)
      assert.deepEqual(await list('list/'), sorted.slice(0, -1))
      assert.deepEqual(await list('list/b/'), ['list/b/c', 'list/b/d'])
      assert.deepEqual(await list('list/a-'), ['list/a-b'])
      assert.deepEqual(await list('list/', 'list/b.c'), ['list/b/c', 'list/b/d'])
      // From any text, not only from a key: '0' comes behind '/'.
      assert.deepEqual(await list('list/', 'list/b0'), [])
      assert.deepEqual(await list('list', 'list/b0'), ['listed'])
      assert.deepEqual(await list('list/', 'list/az'), ['list/b.c', 'list/b/c', 'list/b/d'])
      assert.deepEqual(await list('nothing/'), [])
      const [first] = (await store.list('list/a.txt')).blobs
      const { key, sizeBytes } = (await store.head(testKey('list/a.txt'))) ?? {}
      assert.deepEqual([first?.key, first?.sizeBytes], [key, sizeBytes])
      assert.ok(Math.abs(Date.parse(first?.modifiedAt ?? '') - Date.now()) < 60_000)
    })

    it('lists more than 1,000 objects in pages', async () => {
      const all = Array.from({ length: 1003 }, (_, index) => `paged/${1000 + index}/x`)
      for (let start = 0; start < all.length; start += 50)
        await Promise.all(
          all
            .slice(start, start + 50)
            .map((key) => store.put(testKey(key), Buffer.from('x'), text)),
        )

      const first = await store.list('paged/')
      assert.ok(first.nextCursor)
      const second = await store.list('paged/', first.nextCursor)

      assert.equal(first.blobs.length, 1000)
      assert.equal(second.nextCursor, null)
      assert.deepEqual(
        [...first.blobs, ...second.blobs].map((blob) => blob.key as string),
        all,
      )
    })

    it('signs URLs for a positive time only', async () => {
      const key = testKey('suite/plain.txt')
      const origin = 'http://127.0.0.1:1'

      const url = await store.signedGetUrl(key, { ttlSeconds: 60, fileName: '发票 1.txt', origin })

      assert.ok(new URL(url).pathname.endsWith(key))
      for (const ttlSeconds of [0, -1, Number.NaN])
        await assert.rejects(
          store.signedGetUrl(key, { ttlSeconds, fileName: 'x', origin }),
          RangeError,
        )
    })

    it('answers a ping', () => store.ping())
  })
}
