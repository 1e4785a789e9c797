import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isAbsence } from './object-file.ts'

/** Which keys of a listing are wanted. */
type Wanted = {
  readonly prefix: string
  /** Only keys after this one; empty: all. */
  readonly after: string
}

/**
 * The keys below a directory in byte order of the whole key, as S3 lists them: a directory sorts
 * as `name/`, so that `a-b` comes before `a/b`. Directories that cannot hold a wanted key are not
 * read. Keys are ASCII, so comparing UTF-16 units compares bytes.
 *
 * @yields each wanted key
 */
export async function* walkKeys(root: string, wanted: Wanted): AsyncGenerator<string> {
  const cut = wanted.prefix.lastIndexOf('/') + 1
  yield* walk(root, wanted.prefix.slice(0, cut), wanted)
}

async function* walk(root: string, parent: string, wanted: Wanted): AsyncGenerator<string> {
  for (const key of await entriesOf(root, parent)) {
    const isDirectory = key.endsWith('/')
    if (!key.startsWith(wanted.prefix) && !(isDirectory && wanted.prefix.startsWith(key))) continue
    if (key <= wanted.after && !(isDirectory && wanted.after.startsWith(key))) continue
    if (isDirectory) yield* walk(root, key, wanted)
    else yield key
  }
}

async function entriesOf(root: string, parent: string): Promise<string[]> {
  try {
    const entries = await readdir(join(root, parent), { withFileTypes: true })
    return entries
      .map((entry) => parent + entry.name + (entry.isDirectory() ? '/' : ''))
      .toSorted((a, b) => (a < b ? -1 : 1))
  } catch (error) {
    if (isAbsence(error)) return []
    throw error
  }
}
