import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { installOnce, type Recipe } from './install-once.ts'
import { LLAMA_SOURCES_RECIPE, llamaSources } from './install-llama-sources.ts'

// The newest that the Go module proxy has.
const MODULE = 'github.com/ollama/ollama@v0.17.4'

/** Ollama, compiled from its Go module. */
export const OLLAMA_RECIPE: Recipe = {
  name: 'ollama',
  version: MODULE,
  effort: 'some minutes of compiling, 50 MB',
  programs: [
    { names: ['go'], debianPackage: 'golang' },
    { names: ['g++', 'c++'], debianPackage: 'g++' },
  ],
  async install({ directory, logFile }, steps) {
    // A Go module leaves folders named vendor out, and with them the C headers that are needed.
    const vendor = join(llamaSources(await installOnce(LLAMA_SOURCES_RECIPE, steps)), 'vendor')
    const flags = `-O2 -I${vendor}`
    await steps.run(
      {
        program: 'nice',
        args: ['go', 'install', '-p', `${availableParallelism()}`, MODULE],
        env: {
          CGO_ENABLED: '1',
          CGO_CFLAGS: flags,
          CGO_CXXFLAGS: flags,
          GOBIN: join(directory, 'bin'),
          GOFLAGS: '',
        },
      },
      logFile,
    )
  },
}
