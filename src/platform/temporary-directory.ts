import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A directory of our own that goes away with everything in it. */
export type TemporaryDirectory = AsyncDisposable & { readonly path: string }

/** Makes `<parent>/<prefix>-<random>` (the parent too, if need be), readable by us alone. */
export async function createTemporaryDirectory(
  parent: string,
  prefix: string,
): Promise<TemporaryDirectory> {
  await mkdir(parent, { recursive: true })
  const path = await mkdtemp(join(parent, `${prefix}-`))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

/**
 * Deletes what earlier processes left in a directory of temporary things: every entry that has not
 * changed for `olderThanMs`. A missing directory is fine.
 *
 * @returns how many entries were deleted
 */
export async function sweepTemporaryDirectories(
  parent: string,
  olderThanMs: number,
): Promise<number> {
  const changedBefore = Date.now() - olderThanMs
  let deleted = 0
  for (const name of await namesIn(parent)) {
    const path = join(parent, name)
    // Another sweeper may be faster.
    const facts = await stat(path).catch(() => null)
    if (facts === null || facts.mtimeMs > changedBefore) continue
    await rm(path, { recursive: true, force: true })
    deleted += 1
  }
  return deleted
}

async function namesIn(parent: string): Promise<string[]> {
  try {
    return await readdir(parent)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
