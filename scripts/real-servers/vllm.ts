import { join } from 'node:path'
import { VLLM_RECIPE } from './install-vllm.ts'
import type { Command } from './process-group.ts'
import { toolScript, venvPython } from './python.ts'
import type { RealServer, ServerPlace } from './real-server.ts'

// 45 s on 2 idle cores; several times that beside other work.
const START_TIMEOUT_MS = 600_000

const ENVIRONMENT = {
  VLLM_CPU_KVCACHE_SPACE: '1',
  VLLM_CPU_OMP_THREADS_BIND: 'nobind',
  // Two threads wait for each other in busy loops when something else wants a core.
  OMP_NUM_THREADS: '1',
  HF_HUB_OFFLINE: '1',
  VLLM_NO_USAGE_STATS: '1',
  DO_NOT_TRACK: '1',
}

const DOTS_ARGS = [
  ['--served-model-name', 'model'],
  ['--chat-template-content-format', 'string'],
  ['--trust-remote-code'],
  ['--limit-mm-per-prompt', '{"image":1}'],
  ['--max-model-len', '32768'],
].flat()

const DEEPSEEK_ARGS = [
  ['--served-model-name', 'deepseek-ai/DeepSeek-OCR'],
  ['--logits-processors', 'vllm.model_executor.models.deepseek_ocr:NGramPerReqLogitsProcessor'],
  ['--no-enable-prefix-caching'],
  ['--mm-processor-cache-gb', '0'],
  ['--max-model-len', '8192'],
  // Many times faster than bfloat16 where the processor does not know that.
  ['--dtype', 'float32'],
].flat()

/** vLLM with the real model code of dots.ocr and DeepSeek-OCR, on the CPU. */
export const VLLM_SERVER: RealServer = {
  recipe: VLLM_RECIPE,
  async writeModels({ directory, modelsDirectory }, steps) {
    const args = [toolScript('tiny_vllm_models.py'), modelsDirectory]
    await steps.run({ program: venvPython(directory), args }, null)
  },
  runs: [
    {
      title: 'vLLM with a tiny dots.ocr',
      testFile: 'vllm-dots.test.ts',
      urlVariable: 'OCR_REAL_DOTS_URL',
      command: (place, port) => serve(place, port, ['--model', 'TinyDots', ...DOTS_ARGS]),
      readyPath: '/health',
      startTimeoutMs: START_TIMEOUT_MS,
    },
    {
      title: 'vLLM with a tiny DeepSeek-OCR',
      testFile: 'vllm-deepseek.test.ts',
      urlVariable: 'OCR_REAL_DEEPSEEK_URL',
      command: (place, port) =>
        serve(place, port, ['--model', 'TinyDeepseekOCR', ...DEEPSEEK_ARGS]),
      readyPath: '/health',
      startTimeoutMs: START_TIMEOUT_MS,
    },
  ],
}

function serve(place: ServerPlace, port: number, args: readonly string[]): Command {
  return {
    // The package's command `vllm` looks for a package of that name and fails.
    program: venvPython(place.directory),
    args: [
      ['-m', 'vllm.entrypoints.openai.api_server', '--load-format', 'dummy', '--enforce-eager'],
      ['--host', '127.0.0.1', '--port', `${port}`, '--max-num-seqs', '8'],
      args,
    ].flat(),
    cwd: place.modelsDirectory,
    env: { ...ENVIRONMENT, VLLM_CACHE_ROOT: join(place.directory, 'cache') },
  }
}
