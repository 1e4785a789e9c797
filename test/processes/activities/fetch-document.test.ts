import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempDisposable, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { RequestListener } from 'node:http'
import type { ActivityDependencies } from '../../../src/activities/activity-dependencies.ts'
import { fetchDocument } from '../../../src/activities/fetch-document.ts'
import type { DocumentRequest, MediaType } from '../../../src/contract/document.ts'
import {
  blobKey,
  manifestKey,
  referencePrefix,
  requestKey,
} from '../../../src/storage/object-keys.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { readBytes, readJson, writeJson } from '../../../src/storage/read-blob.ts'
import { ID, present, requestWith } from '../../support/gateway-fixtures.ts'
import { serve } from '../../support/serve.ts'
import { createStubEngine } from '../../support/stub-engine.ts'

const PDF = Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n')
const { signal } = new AbortController()

/** A document whose file lies at a server of the test. */
async function benchOf(
  answer: RequestListener,
  change: { mediaTypes?: readonly MediaType[]; maxBytes?: number; isAllowed?: boolean } = {},
) {
  await using setUp = new AsyncDisposableStack()
  const { path: directory } = setUp.use(await mkdtempDisposable(join(tmpdir(), 'fetch-')))
  let asked = 0
  const server = setUp.use(
    await serve((req, res) => {
      asked += 1
      answer(req, res)
    }),
  )
  const store = createDirectoryBlobStore({ path: join(directory, 'store'), secret: 'x' })
  const engine = createStubEngine({ delayMs: 0, ledgerPath: '/dev/null' })
  const { isAllowed = true, mediaTypes = null, maxBytes = 1_000 } = change
  const deps: ActivityDependencies = {
    store,
    engineFor: () => engine,
    engineVersionOf: () => engine.version,
    urlRules: { allowedHosts: isAllowed ? [new URL(server.url).host] : [], allowedPorts: [] },
    temporaryDirectory: join(directory, 'temporary'),
  }
  const request: DocumentRequest = {
    ...requestWith(),
    fileName: 'document',
    mediaType: null,
    sha256: null,
    sizeBytes: null,
    remote: { url: `${server.url}/files/scan%20%E4%B8%80.pdf?key=secret`, maxBytes, mediaTypes },
  }
  await writeJson(store, requestKey(ID), request)
  const resources = setUp.move()
  return {
    store,
    fetch: () => fetchDocument(deps, { documentId: ID }, signal),
    asked: () => asked,
    leftovers: () => readdir(join(directory, 'temporary')).catch(() => []),
    request: async () => present(await readJson<DocumentRequest>(store, requestKey(ID))),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

describe('fetchDocument', () => {
  it('stores the file under its hash and notes what it is', async () => {
    await using bench = await benchOf((_req, res) => res.end(PDF))

    const { documentSha256 } = await bench.fetch()

    assert.equal(documentSha256, createHash('sha256').update(PDF).digest('hex'))
    assert.deepEqual(await readBytes(bench.store, blobKey(documentSha256), 1_000), PDF)
    const { blobs } = await bench.store.list(referencePrefix(documentSha256))
    assert.equal(blobs.length, 1)
    const { sha256, sizeBytes, mediaType, fileName } = await bench.request()
    assert.deepEqual(
      { sha256, sizeBytes, mediaType, fileName },
      {
        sha256: documentSha256,
        sizeBytes: PDF.length,
        mediaType: 'pdf',
        fileName: 'scan 一.pdf',
      },
    )
    assert.deepEqual(await bench.leftovers(), [])
  })

  it('asks once, however often it runs', async () => {
    await using bench = await benchOf((_req, res) => res.end(PDF))

    const first = await bench.fetch()
    const second = await bench.fetch()

    assert.equal(second.documentSha256, first.documentSha256)
    assert.equal(bench.asked(), 1)
  })

  it('brings nothing back that the ending of a cancelled document has erased', async () => {
    await using bench = await benchOf((_req, res) => res.end(PDF))
    await writeJson(bench.store, manifestKey(ID), {})

    await assert.rejects(bench.fetch(), { code: 'CANCELLED' })

    assert.equal((await bench.request()).sha256, null)
  })

  it('forgets the URL once the file is here', async () => {
    await using bench = await benchOf((_req, res) => res.end(PDF))

    await bench.fetch()

    assert.equal((await bench.request()).remote, null)
  })

  const refused: readonly [string, string, RequestListener, Parameters<typeof benchOf>[1]?][] = [
    ['a login page', 'UNSUPPORTED_FILE_TYPE', (_req, res) => res.end('<html>log in</html>')],
    ['an empty file', 'EMPTY_FILE', (_req, res) => res.end()],
    ['a file that is not there', 'FETCH_REFUSED', (_req, res) => res.writeHead(404).end()],
    ['an expired link', 'FETCH_REFUSED', (_req, res) => res.writeHead(403).end()],
    ['a server in trouble', 'FETCH_FAILED', (_req, res) => res.writeHead(500).end()],
    ['a server with too many guests', 'FETCH_FAILED', (_req, res) => res.writeHead(429).end()],
    [
      'a file that is too large',
      'FILE_TOO_LARGE',
      (_req, res) => res.end(Buffer.alloc(2_000, 'a')),
    ],
    [
      'a type that the dialect does not take',
      'UNSUPPORTED_FILE_TYPE',
      (_req, res) => res.end(PDF),
      { mediaTypes: ['png', 'jpeg'] },
    ],
    [
      'a private address that nobody has opened',
      'URL_NOT_ALLOWED',
      (_req, res) => res.end(PDF),
      { isAllowed: false },
    ],
  ]
  for (const [what, code, answer, change] of refused)
    it(`fails with ${code} for ${what} and leaves nothing`, async () => {
      await using bench = await benchOf(answer, change)

      await assert.rejects(bench.fetch(), { code })

      assert.equal((await bench.request()).sha256, null)
      assert.deepEqual(await bench.leftovers(), [])
    })
})
