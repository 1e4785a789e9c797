import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { describeSweep } from '../../support/sweep.suite.ts'

describeSweep('directory', async () => {
  const path = await mkdtemp(join(tmpdir(), 'swept-'))
  return {
    store: createDirectoryBlobStore({ path, secret: 'x' }),
    dispose: () => rm(path, { recursive: true }),
  }
})
