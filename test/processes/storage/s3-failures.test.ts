import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { BlobStore } from '../../../src/storage/blob-store.ts'
import { createS3BlobStore } from '../../../src/storage/s3-blob-store.ts'
import { S3_PART_BYTES } from '../../../src/storage/s3-connection.ts'
import { bytesOf, testKey } from '../../support/blobs.ts'
import { startFaultyProxy, type Fault, type FaultyProxy } from '../../support/faulty-proxy.ts'
import { noOwnS3, startOwnS3, type OwnS3 } from '../../support/s3-server.ts'

const text = { contentType: 'text/plain' }
const unavailable = { code: 'STORAGE_UNAVAILABLE' }
const full = { code: 'STORAGE_FULL' }
const timing = { idleMs: 800, answerMs: 2_500 }
/** For an answer that begins, and is to end in vain: its beginning may take a while on a busy machine. */
const longerTiming = { idleMs: 6_000, answerMs: 15_000 }

/** Above every deadline that is set here, below what a missing one would take. */
const ABORT_BOUND_MS = 25_000

describe('the S3 store, when its server fails', { skip: await noOwnS3() }, () => {
  let server: OwnS3
  let proxy: FaultyProxy
  /** Straight to the server. */
  let direct: BlobStore
  /** Through the proxy. */
  let store: BlobStore
  /** The same with short deadlines. */
  let impatient: BlobStore
  /** Through the proxy, with deadlines that are not as short. */
  let morePatient: BlobStore
  before(async () => {
    server = await startOwnS3()
    proxy = await startFaultyProxy(server.settings.endpoint)
    direct = createS3BlobStore({ ...server.settings, secret: 'x' })
    const throughProxy = { ...server.settings, endpoint: proxy.url, secret: 'x' }
    store = createS3BlobStore(throughProxy)
    impatient = createS3BlobStore({ ...throughProxy, timing })
    morePatient = createS3BlobStore({ ...throughProxy, timing: longerTiming })
    await Promise.all([store.ping(), morePatient.ping()])
  })
  after(async () => {
    await proxy[Symbol.asyncDispose]()
    await server.dispose()
  })
  beforeEach(() => proxy.set(() => 'none'))

  const uploadsLeft = () =>
    server.client.listIncompleteUploads(server.settings.bucket, '', true).toArray()
  const large = (letter: string) => Buffer.alloc(2 * S3_PART_BYTES + 5, letter)

  for (const fault of ['stall', 'trickle', 'cut-in-answer', 429, 500, 503, 507] as const)
    it(`answers in time for every call that it cannot be used: ${fault}`, async () => {
      const key = testKey('failing/every')
      await direct.put(key, Buffer.alloc(5_000, 'x'), text)
      proxy.set(() => fault)
      const expected = fault === 507 ? full : unavailable
      const startedAtMs = Date.now()
      const hasBody = typeof fault === 'number' || fault === 'stall'

      await assert.rejects(impatient.list('failing/'), expected)
      if (hasBody) {
        await assert.rejects(impatient.put(key, Buffer.from('y'), text), expected)
        await assert.rejects(impatient.put(key, large('y'), text), expected)
        await assert.rejects(impatient.get(key), expected)
        await assert.rejects(impatient.head(key), expected)
        await assert.rejects(impatient.delete(key), expected)
        await assert.rejects(impatient.ping(), expected)
      }

      assert.ok(Date.now() - startedAtMs < ABORT_BOUND_MS)
      assert.equal((await direct.head(key))?.sizeBytes, 5_000)
    })

  it('says that the store is full', async () => {
    proxy.set(() => 507)

    await assert.rejects(store.put(testKey('failing/full'), Buffer.from('x'), text), {
      ...full,
      message: 'Cannot write an object: the store is full',
    })
  })

  for (const fault of ['stall-in-answer', 'cut-in-answer'] as const)
    it(`never hands out half of an object as a whole one: ${fault}`, async () => {
      const key = testKey('failing/half')
      await direct.put(key, Buffer.alloc(300_000, 'x'), text)
      proxy.set(() => fault)

      const blob = await morePatient.get(key)

      assert.ok(blob)
      await assert.rejects(bytesOf(blob.body), unavailable)
    })

  it('reads an object whose length a proxy does not tell', async () => {
    const key = testKey('failing/chunked')
    await direct.put(key, Buffer.alloc(300_000, 'x'), text)
    proxy.set(({ method }) => (method === 'GET' ? 'chunked' : 'none'))

    const blob = await store.get(key)

    assert.ok(blob)
    assert.equal((await bytesOf(blob.body)).length, 300_000)
  })

  it('answers short calls while 70 bodies are read slowly', async () => {
    const key = testKey('failing/slow')
    await direct.put(key, Buffer.alloc(7 * 1024 * 1024, 'x'), text)
    const blobs = await Promise.all(Array.from({ length: 70 }, () => direct.get(key)))

    try {
      const signal = AbortSignal.timeout(ABORT_BOUND_MS)
      const late = once(signal, 'abort').then(() =>
        assert.fail('a short call waits for slow bodies'),
      )
      const info = await Promise.race([direct.head(key), late])

      assert.equal(info?.sizeBytes, 7 * 1024 * 1024)
    } finally {
      for (const blob of blobs) blob?.body.destroy()
    }
  })

  it('can be told to stop while the server hangs', async () => {
    proxy.set(() => 'stall')
    const stop = new AbortController()
    const seen = proxy.requests.length

    const put = store.put(testKey('failing/stopped'), Buffer.from('x'), {
      ...text,
      signal: stop.signal,
    })
    const rejected = assert.rejects(put, { name: 'AbortError' })
    while (proxy.requests.length === seen) await new Promise(setImmediate)
    stop.abort()

    await rejected
  })

  it('says executed writes failed, and doubles and tears nothing when they come again', async () => {
    const key = testKey('failing/executed')
    const once = testKey('failing/executed-once')
    for (const body of [Buffer.from('whole'), large('w')]) {
      await direct.delete(once)
      proxy.set(({ method, url }) => (isWrite(method, url) ? 'execute-then-500' : 'none'))
      await assert.rejects(store.put(key, body, text), unavailable)
      await assert.rejects(store.put(once, body, { ...text, ifAbsent: true }), unavailable)

      proxy.set(() => 'none')
      assert.deepEqual(await store.put(key, body, text), { created: true })
      assert.deepEqual(await store.put(once, Buffer.from('other'), { ...text, ifAbsent: true }), {
        created: false,
      })

      for (const written of [key, once]) {
        const blob = await store.get(written)
        assert.ok(blob && body.equals(await bytesOf(blob.body)))
      }
      assert.equal((await direct.list('failing/executed')).blobs.length, 2)
      assert.deepEqual(await uploadsLeft(), [])
    }
  })

  it('leaves no upload behind when a part fails', async () => {
    const key = testKey('failing/part')
    proxy.set(({ url }): Fault => (url.includes('partNumber=2') ? 500 : 'none'))

    await assert.rejects(store.put(key, Readable.from([large('p')]), text), unavailable)

    assert.equal(await direct.head(key), null)
    assert.deepEqual(await uploadsLeft(), [])
  })

  it('shows no torn object after kill -9, keeps what was acknowledged, and works again', async () => {
    const acknowledged = new Map<string, Buffer>()
    let isRunning = true
    const write = async (writer: number): Promise<void> => {
      for (let round = 0; isRunning; round++) {
        const letter = String.fromCharCode(97 + ((writer + round) % 26))
        const key = testKey(`killed/${writer}/${round}`)
        const size = round % 3 === 0 ? 2 * S3_PART_BYTES + writer : 50_000 + round
        const bytes = Buffer.alloc(size, letter)
        try {
          await store.put(key, bytes, { ...text, sha256: `${letter}${size}` })
          acknowledged.set(key, bytes)
        } catch (error) {
          assert.equal(errorCode(error), 'STORAGE_UNAVAILABLE')
          await new Promise(setImmediate)
        }
      }
    }
    const writers = [0, 1, 2].map(write)

    for (let round = 0; round < 3; round++) {
      const before = acknowledged.size
      while (acknowledged.size < before + 5) await new Promise(setImmediate)
      await server.process.end('SIGKILL')
      await assert.rejects(direct.ping(), unavailable)
      server.process.start()
      await server.ready()
    }
    isRunning = false
    await Promise.all(writers)

    const { blobs } = await direct.list('killed/')
    const listed = new Set<string>(blobs.map(({ key }) => key))
    for (const key of acknowledged.keys()) assert.ok(listed.has(key), `${key} is lost`)
    for (const { key, sizeBytes } of blobs) {
      const blob = await direct.get(key)
      assert.ok(blob)
      const bytes = await bytesOf(blob.body)
      assert.equal(blob.info.sha256, `${String.fromCharCode(bytes[0] ?? 0)}${sizeBytes}`)
      assert.ok(bytes.equals(Buffer.alloc(sizeBytes, bytes[0])), `${key} is torn`)
    }
  })

  it('makes no URL wait for a server that is down', async () => {
    const publicUrl = 'http://127.0.0.1:1'
    const away = createS3BlobStore({
      ...server.settings,
      endpoint: publicUrl,
      publicUrl,
      secret: 'x',
    })

    const url = await away.signedGetUrl(testKey('a/b'), {
      ttlSeconds: 5,
      fileName: 'x',
      origin: '',
    })

    assert.match(url, /^http:\/\/127\.0\.0\.1:1\//)
    await assert.rejects(away.head(testKey('a/b')), unavailable)
  })

  it('gives up on a server that accepts connections and says nothing', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(
      0,
      '127.0.0.1',
    )
    await once(silent, 'listening')
    const address = silent.address()
    assert.ok(address !== null && typeof address === 'object')
    const endpoint = `http://127.0.0.1:${address.port}`
    try {
      const mute = createS3BlobStore({ ...server.settings, endpoint, secret: 'x', timing })

      await assert.rejects(mute.put(testKey('a/b'), Readable.from([large('x')]), text), unavailable)
    } finally {
      silent.close()
    }
  })
})

/** The requests that make an object visible. */
function isWrite(method: string, url: string): boolean {
  return method === 'PUT'
    ? !url.includes('partNumber=')
    : url.includes('uploadId=') && method === 'POST'
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error
}
