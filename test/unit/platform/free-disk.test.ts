import assert from 'node:assert/strict'
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createFreeDisk } from '../../../src/platform/free-disk.ts'

const MISSING = join(tmpdir(), 'no', 'such', 'directory')

describe('createFreeDisk', () => {
  it('tells the space of the fullest disk, without directories that are not there yet', async () => {
    const { blocks, bsize } = await statfs(tmpdir())

    const free = await createFreeDisk([MISSING, tmpdir()])()

    assert.ok(free >= 0 && free <= blocks * bsize, String(free))
  })

  it('fails when no disk can be asked', async () => {
    await assert.rejects(createFreeDisk([MISSING])(), /No disk could be asked/)
  })
})
