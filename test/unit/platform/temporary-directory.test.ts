import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  createTemporaryDirectory,
  sweepTemporaryDirectories,
} from '../../../src/platform/temporary-directory.ts'

let root = ''
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'durable-ocr-test-'))
})
after(() => rm(root, { recursive: true, force: true }))

describe('createTemporaryDirectory', () => {
  it('makes a private directory and its parent, and removes all of it', async () => {
    const parent = join(root, 'deep', 'parent')
    let path = ''
    {
      await using directory = await createTemporaryDirectory(parent, 'pages')
      path = directory.path
      await writeFile(join(path, 'page-1.png'), 'x')

      assert.ok(path.startsWith(join(parent, 'pages-')))
      assert.equal((await stat(path)).mode & 0o077, 0)
    }

    assert.equal(existsSync(path), false)
    assert.equal(existsSync(parent), true)
  })
})

describe('sweepTemporaryDirectories', () => {
  it('removes what is old and leaves what is new', async () => {
    const parent = join(root, 'sweep')
    await mkdir(join(parent, 'old'), { recursive: true })
    await mkdir(join(parent, 'new'))
    await writeFile(join(parent, 'old', 'page-1.png'), 'x')
    const anHourAgo = Date.now() / 1000 - 3600
    await utimes(join(parent, 'old'), anHourAgo, anHourAgo)

    const deleted = await sweepTemporaryDirectories(parent, 1_800_000)

    assert.equal(deleted, 1)
    assert.equal(existsSync(join(parent, 'old')), false)
    assert.equal(existsSync(join(parent, 'new')), true)
  })

  it('finds nothing where there is no directory', async () => {
    assert.equal(await sweepTemporaryDirectories(join(root, 'nowhere'), 0), 0)
  })
})
