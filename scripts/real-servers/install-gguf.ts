import { installOnce, type Recipe } from './install-once.ts'
import type { Command } from './process-group.ts'
import { createVenv, PYTHON, toolScript, venvPython } from './python.ts'
import type { Steps } from './steps.ts'

const PACKAGE = 'gguf==0.19.0'

const GGUF_RECIPE: Recipe = {
  name: 'gguf',
  version: PACKAGE,
  effort: 'some seconds, 150 MB',
  programs: [PYTHON],
  async install(place, steps) {
    await createVenv(place, [PACKAGE], steps)
  },
}

/** Writes the tiny models for llama.cpp and Ollama, `text.gguf` and `vision.gguf`, into a folder. */
export async function writeGgufModels(directory: string, steps: Steps): Promise<void> {
  const program = venvPython(await installOnce(GGUF_RECIPE, steps))
  const command: Command = { program, args: [toolScript('tiny_gguf_models.py'), directory] }
  await steps.run(command, null)
}
