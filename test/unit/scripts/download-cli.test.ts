import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { downloadCli } from '../../../scripts/temporal/download-cli.ts'
import { readTarEntry } from '../../../scripts/temporal/tar-entry.ts'

const PROGRAM = '#!/bin/sh\necho hello\n'
const root = await mkdtemp(join(tmpdir(), 'download-cli-'))
after(() => rm(root, { recursive: true }))

function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write(content.length.toString(8).padStart(11, '0'), 124)
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512)
    body.write(content)
    return [header, body]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

/** A release page that serves one archive under every name, and its checksum or a wrong one. */
async function releases(options: { wrongChecksum?: boolean; silent?: boolean } = {}) {
  const archive = gzipSync(tarOf({ LICENSE: 'text', temporal: PROGRAM }))
  const sum = createHash('sha256').update(archive).digest('hex')
  const server = createServer((request, response) => {
    if (options.silent) return
    if (!request.url?.endsWith('checksums.txt')) response.end(archive)
    else
      response.end(
        ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64']
          .map((platform) => `temporal_cli_1.8.2_${platform}.tar.gz`)
          .map((name) => `${options.wrongChecksum ? '0'.repeat(64) : sum}  ${name}\n`)
          .join(''),
      )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.dispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function download(
  url: string,
  { answerTimeoutMs = 60_000 } = {},
): Promise<{ problem: string | null; path: string }> {
  const path = join(await mkdtemp(join(root, 'cache-')), 'temporal')
  const options = { releases: url, answerTimeoutMs }
  return { problem: await downloadCli(path, () => undefined, options), path }
}

describe('downloadCli', () => {
  it('writes the program of a release, executable', async () => {
    using page = await releases()

    const { problem, path } = await download(page.url)

    assert.equal(problem, null)
    assert.equal(await readFile(path, 'utf8'), PROGRAM)
    assert.equal((await stat(path)).mode & 0o111, 0o111)
  })

  it('refuses an archive whose checksum is wrong and leaves nothing behind', async () => {
    using page = await releases({ wrongChecksum: true })

    const { problem, path } = await download(page.url)

    assert.match(problem ?? '', /checksum/)
    assert.deepEqual(await readdir(join(path, '..')), [])
  })

  it('gives up soon on a page that does not answer', async () => {
    using page = await releases({ silent: true })

    const { problem } = await download(page.url, { answerTimeoutMs: 300 })

    assert.match(problem ?? '', /not reachable/)
  })

  it('says so when nobody listens', async () => {
    assert.match((await download('http://127.0.0.1:1')).problem ?? '', /not reachable/)
  })
})

describe('readTarEntry', () => {
  it('finds a file behind others', () => {
    const entry = readTarEntry(tarOf({ a: 'x'.repeat(600), './b': 'content' }), 'b')

    assert.equal(Buffer.from(entry ?? []).toString(), 'content')
  })

  it('answers null for what is not there, and for a cut archive', () => {
    assert.equal(readTarEntry(tarOf({ a: 'x' }), 'b'), null)
    assert.equal(readTarEntry(tarOf({ a: 'x'.repeat(600) }).subarray(0, 700), 'a'), null)
  })
})
