import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { installOnce, type Recipe } from './install-once.ts'
import { LLAMA_SOURCES_RECIPE, llamaSources } from './install-llama-sources.ts'

/** The `llama-server` of llama.cpp, compiled. */
export const LLAMA_RECIPE: Recipe = {
  name: 'llama',
  version: `llama-server of ${LLAMA_SOURCES_RECIPE.version}`,
  effort: 'some minutes of compiling, 20 MB',
  programs: [
    { names: ['cmake'], debianPackage: 'cmake' },
    { names: ['ninja'], debianPackage: 'ninja-build' },
    { names: ['g++', 'c++'], debianPackage: 'g++' },
  ],
  async install({ directory, logFile }, steps) {
    const sources = llamaSources(await installOnce(LLAMA_SOURCES_RECIPE, steps))
    const build = join(directory, 'build')
    const off = ['LLAMA_CURL', 'LLAMA_BUILD_TESTS', 'LLAMA_BUILD_EXAMPLES', 'BUILD_SHARED_LIBS']
    const settings = ['CMAKE_BUILD_TYPE=Release', ...off.map((name) => `${name}=OFF`)]
    await steps.run(
      {
        program: 'cmake',
        args: ['-S', sources, '-B', build, '-G', 'Ninja', ...settings.map((one) => `-D${one}`)],
      },
      logFile,
    )
    await steps.run(
      {
        program: 'nice',
        args: ['ninja', '-C', build, `-j${availableParallelism()}`, 'llama-server'],
      },
      logFile,
    )
    await steps.run(
      { program: 'cmake', args: ['-E', 'copy', join(build, 'bin', 'llama-server'), directory] },
      logFile,
    )
    await rm(build, { recursive: true, force: true })
  },
}
