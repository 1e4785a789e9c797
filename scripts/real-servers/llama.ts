import { join } from 'node:path'
import { writeGgufModels } from './install-gguf.ts'
import { LLAMA_RECIPE } from './install-llama.ts'
import type { RealServer } from './real-server.ts'

/** llama.cpp's `llama-server` with a tiny model that takes images. */
export const LLAMA_SERVER: RealServer = {
  recipe: LLAMA_RECIPE,
  async writeModels({ modelsDirectory }, steps) {
    await writeGgufModels(modelsDirectory, steps)
  },
  runs: [
    {
      title: 'llama.cpp with a tiny model',
      testFile: 'llama.test.ts',
      urlVariable: 'OCR_REAL_LLAMA_URL',
      command: ({ directory, modelsDirectory }, port) => ({
        program: join(directory, 'llama-server'),
        args: [
          ['-m', join(modelsDirectory, 'text.gguf')],
          ['--mmproj', join(modelsDirectory, 'vision.gguf')],
          ['--host', '127.0.0.1', '--port', `${port}`],
          ['-c', '65536', '-np', '2', '-t', '1', '--offline', '--no-webui'],
        ].flat(),
      }),
      readyPath: '/health',
      startTimeoutMs: 60_000,
    },
  ],
}
