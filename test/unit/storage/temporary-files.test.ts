import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { keepTemporaryDirectory } from '../../../src/storage/temporary-files.ts'
import { until } from '../../support/until.ts'

const HOUR_MS = 3_600_000

describe('keepTemporaryDirectory', () => {
  it('removes what a killed api left in a directory of uploads, also while another one runs on', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'uploads-'))
    try {
      t.mock.timers.enable({ apis: ['setInterval'] })
      const kept = keepTemporaryDirectory(directory)
      const [old, young] = [join(directory, 'old.tmp'), join(directory, 'young.tmp')]
      await writeFile(young, 'x')
      await writeFile(old, 'x')
      const twoDaysAgo = Date.now() / 1000 - 2 * 86_400
      await utimes(old, twoDaysAgo, twoDaysAgo)

      t.mock.timers.tick(HOUR_MS)
      const names = (): Promise<string[]> => readdir(directory)
      await until(async () => (await names()).length < 2, 'the old file is gone', 5_000)
      await utimes(young, twoDaysAgo, twoDaysAgo)
      kept[Symbol.dispose]()
      t.mock.timers.tick(2 * HOUR_MS)

      assert.deepEqual(await names(), ['young.tmp'])
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})
