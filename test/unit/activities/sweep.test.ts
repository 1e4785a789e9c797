import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import { describeSweepLimits } from '../../support/sweep-limits.suite.ts'
import type { SweptStore } from '../../support/sweep-bench.ts'
import { describeSweep } from '../../support/sweep.suite.ts'

const open = async (): Promise<SweptStore> => {
  const path = await mkdtemp(join(tmpdir(), 'swept-'))
  return {
    store: createDirectoryBlobStore({ path, secret: 'x' }),
    dispose: () => rm(path, { recursive: true }),
  }
}

describeSweep('directory', open)
describeSweepLimits('directory', open)
