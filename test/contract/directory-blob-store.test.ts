import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, mkdir, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createDirectoryBlobStore } from '../../src/storage/directory-blob-store.ts'
import { bytesOf, testKey } from '../support/blobs.ts'
import { describeBlobStore } from './blob-store.suite.ts'

const text = { contentType: 'text/plain' }

async function makeDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'blob-store-'))
  return { path, dispose: () => rm(path, { recursive: true, force: true }) }
}

describeBlobStore('createDirectoryBlobStore', async () => {
  const { path, dispose } = await makeDirectory()
  return { store: createDirectoryBlobStore({ path, secret: 'secret' }), dispose }
})

describe('createDirectoryBlobStore, on disk', () => {
  let directory: Awaited<ReturnType<typeof makeDirectory>>
  before(async () => {
    directory = await makeDirectory()
  })
  after(() => directory.dispose())

  const storeAt = (name: string) =>
    createDirectoryBlobStore({ path: join(directory.path, name), secret: 'secret' })

  it('shows no torn object when a writing process is killed', async () => {
    const path = join(directory.path, 'killed')
    const store = storeAt('killed')
    const key = testKey('killed/object')
    const writer = new URL('./killed-writer.ts', import.meta.url).pathname
    let seen = 0
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, [writer, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const gone = once(child, 'exit')
      // One line for each finished put; the kill lands somewhere in the puts that follow.
      await once(child.stdout, 'data')
      await wait(round * 3)
      child.kill('SIGKILL')
      await gone
      for (const blob of (await store.list('')).blobs) {
        const whole = await store.get(blob.key)
        assert.ok(whole)
        const bytes = await bytesOf(whole.body)
        const letter = whole.info.sha256 ?? ''
        assert.match(letter, /^[a-z]$/)
        assert.deepEqual(bytes, Buffer.alloc(bytes.length, letter))
        assert.equal(bytes.length, 50_000 + letter.charCodeAt(0))
        seen++
      }
      assert.ok(await store.head(key))
    }
    assert.ok(seen >= 12)
  })

  it('sweeps what killed writers left more than a day ago', async () => {
    const temporary = join(directory.path, 'swept', 'tmp')
    await mkdir(temporary, { recursive: true })
    await writeFile(join(temporary, 'old.tmp'), 'x')
    await writeFile(join(temporary, 'young.tmp'), 'x')
    const dayAgo = new Date(Date.now() - 25 * 60 * 60 * 1000)
    await utimes(join(temporary, 'old.tmp'), dayAgo, dayAgo)

    await storeAt('swept').put(testKey('a/b'), Buffer.from('x'), text)

    assert.deepEqual(await readdir(temporary), ['young.tmp'])
    assert.equal(await storeAt('swept').removeLeftovers(24 * 60 * 60 * 1000), 0)
    assert.equal(await storeAt('swept').removeLeftovers(-1), 1)
    assert.deepEqual(await readdir(temporary), [])
    assert.equal(await storeAt('nothing-yet').removeLeftovers(0), 0)
  })

  it('lists and removes a file that was cut short', async () => {
    const store = storeAt('cut-listed')
    await store.put(testKey('cut'), Buffer.alloc(5000, 'x'), text)
    await truncate(join(directory.path, 'cut-listed', 'objects', 'cut'), 100)

    const { blobs } = await store.list('')
    await store.delete(testKey('cut'))

    assert.deepEqual(
      blobs.map(({ key, sizeBytes }) => [key, sizeBytes]),
      [['cut', 0]],
    )
    assert.deepEqual((await store.list('')).blobs, [])
  })

  it('leaves no temporary files and no empty directories', async () => {
    const store = storeAt('tidy')
    await store.put(testKey('a/b/c'), Buffer.from('x'), text)
    await store.put(testKey('a/b/c'), Buffer.from('x'), { ...text, ifAbsent: true })
    await store.ping()

    await store.delete(testKey('a/b/c'))

    assert.deepEqual(await readdir(join(directory.path, 'tidy', 'tmp')), [])
    assert.deepEqual(await readdir(join(directory.path, 'tidy', 'objects')), [])
  })

  it('keeps every put while others delete their neighbours', async () => {
    const store = storeAt('neighbours')
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const key = testKey(`n/d/${index % 5}/${index}`)
        await store.put(key, Buffer.from('x'), text)
        if (index % 2) await store.delete(key)
      }),
    )

    assert.equal((await store.list('n/')).blobs.length, 100)
  })

  it('answers STORAGE_UNAVAILABLE for a file that was cut short', async () => {
    const store = storeAt('cut')
    await store.put(testKey('cut'), Buffer.alloc(5000, 'x'), text)
    await truncate(join(directory.path, 'cut', 'objects', 'cut'), 5100)

    await assert.rejects(store.get(testKey('cut')), { code: 'STORAGE_UNAVAILABLE' })
    await assert.rejects(store.head(testKey('cut')), { code: 'STORAGE_UNAVAILABLE' })
  })

  it('answers STORAGE_UNAVAILABLE when its directories cannot be used', async () => {
    await writeFile(join(directory.path, 'a-file'), '')
    const store = storeAt('a-file')

    await assert.rejects(store.put(testKey('x'), Buffer.from('x'), text), {
      code: 'STORAGE_UNAVAILABLE',
    })
    await assert.rejects(store.ping(), { code: 'STORAGE_UNAVAILABLE' })
  })

  it('answers STORAGE_UNAVAILABLE when the disk refuses a write', async () => {
    const path = join(directory.path, 'limited')
    const writer = new URL('./limited-writer.ts', import.meta.url).pathname

    // A limit on the size of files stands for a full disk: the write fails in the middle.
    const command = `trap "" XFSZ; ulimit -f 100; exec "${process.execPath}" "${writer}" "${path}"`
    const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] })
    const output = await bytesOf(child.stdout)

    assert.equal(output.toString(), 'STORAGE_UNAVAILABLE')
    assert.deepEqual(await readdir(join(path, 'tmp')), [])
    assert.equal(await storeAt('limited').head(testKey('large')), null)
  })
})
