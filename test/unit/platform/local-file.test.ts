import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  link,
  mkdir,
  mkdtempDisposable,
  rename,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openLocalFile } from '../../../src/platform/local-file.ts'
import { failureOf } from '../../support/failure-of.ts'

const MAX_BYTES = 1000

async function startDirectory() {
  const directory = await mkdtempDisposable(join(tmpdir(), 'local-file-'))
  const root = join(directory.path, 'root')
  await mkdir(join(root, 'inner'), { recursive: true })
  await writeFile(join(root, 'a.png'), 'inside')
  await writeFile(join(directory.path, 'secret'), 'outside')
  return {
    directory: directory.path,
    root,
    open: (path: string, roots: readonly string[] = [root]) =>
      openLocalFile(path, { roots, maxBytes: MAX_BYTES }),
    [Symbol.asyncDispose]: () => directory.remove(),
  }
}

async function contentOf(file: Awaited<ReturnType<typeof openLocalFile>>): Promise<string> {
  assert.ok(file)
  await using open = file
  return Buffer.concat(await Array.fromAsync(open.content)).toString()
}

describe('openLocalFile', () => {
  it('reads a regular file below a root', async () => {
    await using files = await startDirectory()

    const file = await files.open(join(files.root, 'a.png'))

    assert.deepEqual([file?.name, file?.sizeBytes], ['a.png', 6])
    assert.equal(await contentOf(file), 'inside')
  })

  it('follows links that stay inside, and roots that are links', async () => {
    await using files = await startDirectory()
    await symlink('../a.png', join(files.root, 'inner', 'link.png'))
    await symlink(files.root, join(files.directory, 'mount'))

    const paths = ['inner/link.png', 'inner/../a.png', './/a.png']
    for (const path of paths)
      assert.equal(await contentOf(await files.open(`${files.root}/${path}`)), 'inside')
    const mount = join(files.directory, 'mount')
    assert.equal(await contentOf(await files.open(join(mount, 'a.png'), [mount])), 'inside')
  })

  it('gives the same answer for everything else', async () => {
    await using files = await startDirectory()
    const { root, directory } = files
    await symlink(join(directory, 'secret'), join(root, 'link-out'))
    await symlink(directory, join(root, 'directory-out'))
    await symlink('loop', join(root, 'loop'))
    await mkdir(`${root}-twin`)
    await writeFile(`${root}-twin/b.png`, 'outside')
    execFileSync('mkfifo', [join(root, 'fifo')])
    const socket = createServer().listen(join(root, 'socket'))
    await once(socket, 'listening')
    const paths = [
      join(root, 'absent'),
      '/etc/passwd',
      `${root}/../secret`,
      `${root}/inner/../../secret`,
      `${root}/link-out`,
      `${root}/directory-out/secret`,
      `${root}/loop`,
      `${root}-twin/b.png`,
      '/proc/self/environ',
      '/proc/self/root/etc/passwd',
      '/dev/fd/0',
      '/dev/zero',
      `${root}/fifo`,
      `${root}/socket`,
      `${root}/inner`,
      root,
      `${root}/a.png/`,
      `${root}/a.png\0.txt`,
      `${root}/${'a/'.repeat(3000)}`,
      `${root}/${'a'.repeat(300)}`,
      'a.png',
      './a.png',
      `file://${root}/a.png`,
      '',
    ]

    try {
      for (const path of paths) assert.equal(await files.open(path), null, path)
    } finally {
      socket.close()
    }
  })

  it('opens nothing where there is no root, or one that is gone', async () => {
    await using files = await startDirectory()
    const path = join(files.root, 'a.png')

    assert.equal(await files.open(path, []), null)
    assert.equal(await files.open(path, [join(files.directory, 'absent')]), null)
    assert.equal(await files.open('/dev/zero', ['/dev']), null)
    assert.equal(await contentOf(await files.open(path, ['/absent', files.root])), 'inside')
  })

  it('refuses a file that is too large, a sparse one of 10 GB included', async () => {
    await using files = await startDirectory()
    const path = join(files.root, 'sparse')
    await writeFile(path, '')
    await truncate(path, 10_000_000_000)

    assert.equal((await failureOf(files.open(path))).code, 'FILE_TOO_LARGE')
  })

  it('reads what was opened, also when another file takes its place', async () => {
    await using files = await startDirectory()
    const path = join(files.root, 'a.png')
    await using file = await files.open(path)
    assert.ok(file)

    await rename(path, join(files.root, 'old.png'))
    await link(join(files.directory, 'secret'), path)

    assert.equal(Buffer.concat(await Array.fromAsync(file.content)).toString(), 'inside')
  })

  it('ends soon after the limit when a file grows', async () => {
    await using files = await startDirectory()
    const path = join(files.root, 'a.png')
    await using file = await files.open(path)
    assert.ok(file)

    await truncate(path, 10_000_000)

    const { length } = Buffer.concat(await Array.fromAsync(file.content))
    assert.ok(length > MAX_BYTES && length <= MAX_BYTES + 65_536, `${length} bytes`)
  })
})
