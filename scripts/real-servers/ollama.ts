import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeGgufModels } from './install-gguf.ts'
import { OLLAMA_RECIPE } from './install-ollama.ts'
import type { Command } from './process-group.ts'
import type { RealServer, ServerPlace } from './real-server.ts'

const TEMPLATE = 'TEMPLATE """{{ .Prompt }}"""'
// Two threads wait for each other in busy loops when something else wants a core.
const ONE_THREAD = 'PARAMETER num_thread 1'
/** Models that the tests ask for, and the files that each is made of. */
const MODELS = { 'tiny-vision': ['text.gguf', 'vision.gguf'], 'tiny-text': ['text.gguf'] }

/** Ollama with a tiny model that takes images, `tiny-vision`, and one that does not, `tiny-text`. */
export const OLLAMA_SERVER: RealServer = {
  recipe: OLLAMA_RECIPE,
  async writeModels({ modelsDirectory }, steps) {
    await writeGgufModels(modelsDirectory, steps)
    for (const [model, files] of Object.entries(MODELS)) {
      const lines = [...files.map((file) => `FROM ./${file}`), TEMPLATE, ONE_THREAD]
      await writeFile(join(modelsDirectory, `${model}.Modelfile`), `${lines.join('\n')}\n`)
    }
  },
  runs: [
    {
      title: 'Ollama with a tiny model',
      testFile: 'ollama.test.ts',
      urlVariable: 'OCR_REAL_OLLAMA_URL',
      command: (place, port) => ollama(place, port, ['serve']),
      readyPath: '/api/version',
      startTimeoutMs: 30_000,
      prepare: Object.keys(MODELS).map(
        (model) => (place, port) =>
          ollama(place, port, ['create', model, '-f', `${model}.Modelfile`]),
      ),
    },
  ],
}

function ollama(place: ServerPlace, port: number, args: readonly string[]): Command {
  return {
    program: join(place.directory, 'bin', 'ollama'),
    args,
    cwd: place.modelsDirectory,
    env: {
      OLLAMA_HOST: `127.0.0.1:${port}`,
      OLLAMA_MODELS: join(place.directory, 'store'),
      OLLAMA_NO_CLOUD: '1',
      OLLAMA_NUM_PARALLEL: '1',
      // It writes its keys into the home directory.
      HOME: place.directory,
    },
  }
}
