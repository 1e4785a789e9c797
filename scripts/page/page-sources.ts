import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { BUILD_STAMP, BUILT_PAGE_DIRECTORY } from '../../src/api/page/page-files.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Everything that the web page is made of, besides packages. */
const SOURCES = ['web/**/*', 'src/contract/**/*.ts']

/** A hash of names and contents, in hexadecimal. */
export function hashPageSources(root: string = ROOT): string {
  const files = globSync(SOURCES, { cwd: root, withFileTypes: true }).filter((file) =>
    file.isFile(),
  )
  const hash = createHash('sha256')
  const paths = files.map((file) => join(file.parentPath, file.name)).toSorted()
  for (const path of paths) {
    const bytes = readFileSync(path)
    hash.update(`${relative(root, path)}\n${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}

/** Whether a page lies in a directory: of these sources, of other ones, or none. */
export function builtPageState(
  directory: string = BUILT_PAGE_DIRECTORY,
  root: string = ROOT,
): 'current' | 'stale' | 'missing' {
  try {
    readFileSync(join(directory, 'index.html'))
    const stamp = readFileSync(join(directory, BUILD_STAMP), 'utf8')
    return stamp === hashPageSources(root) ? 'current' : 'stale'
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    return 'missing'
  }
}

/** Notes which sources a page was made of; the last thing of a build. */
export function writeBuildStamp(directory: string, hash: string): void {
  writeFileSync(join(directory, BUILD_STAMP), hash)
}
