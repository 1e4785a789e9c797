import { join } from 'node:path'
import type { InstallPlace } from './install-once.ts'
import type { NeededProgram, Steps } from './steps.ts'

/** Python with the module `venv`. */
export const PYTHON: NeededProgram = { names: ['python3'], debianPackage: 'python3-venv' }

/** A script of tools/real-servers. */
export function toolScript(name: string): string {
  return join(import.meta.dirname, '..', '..', 'tools', 'real-servers', name)
}

/** The interpreter of the virtual environment in a folder. */
export function venvPython(directory: string): string {
  return join(directory, 'venv', 'bin', 'python')
}

/** Makes a virtual environment with some packages and gives its interpreter. */
export async function createVenv(
  { directory, logFile }: InstallPlace,
  packages: readonly string[],
  steps: Steps,
): Promise<string> {
  const args = ['-m', 'venv', join(directory, 'venv')]
  await steps.run({ program: 'python3', args }, logFile)
  const python = venvPython(directory)
  await steps.run(
    { program: python, args: ['-m', 'pip', 'install', '--quiet', ...packages] },
    logFile,
  )
  return python
}
