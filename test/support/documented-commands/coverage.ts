/** Which test runs a block, or why none can. `has` stands in the block. */
export type Coverage =
  | { readonly has: string; readonly test: string }
  | { readonly has: string; readonly notRun: string }

/** The test of the blocks that no other test runs. */
export const DOCUMENTED_COMMANDS = 'test/e2e/documented-commands.test.ts'

const RUNBOOK = 'test/e2e/operations.test.ts'
const GPU_HOST = 'it needs a GPU; test/unit/docs/commands.test.ts compares it with the unit'
const DOCKER = 'it needs Docker; test/integration runs make-env and checks the compose file'

/**
 * Every block of shell commands of every document, in order. A document with one row for all its
 * blocks has `has: ''` there: that test collects the blocks itself and misses none.
 */
export const COVERAGE: Readonly<Record<string, readonly Coverage[]>> = {
  'README.md': [
    { has: 'npm ci && npm start', test: DOCUMENTED_COMMANDS },
    { has: 'curl -F file=@samples/sample.pdf', test: DOCUMENTED_COMMANDS },
    { has: 'npm start -- --sample', test: DOCUMENTED_COMMANDS },
    { has: '/events"', test: DOCUMENTED_COMMANDS },
    { has: '{"url": ', test: DOCUMENTED_COMMANDS },
    { has: 'npx durable-ocr scan.pdf -o scan.md', test: DOCUMENTED_COMMANDS },
    { has: 'pkill', test: DOCUMENTED_COMMANDS },
    { has: 'npx durable-ocr doctor', test: DOCUMENTED_COMMANDS },
    { has: 'docker compose up', notRun: DOCKER },
    { has: 'npm test', notRun: 'it runs all tests, this one included' },
  ],
  'deploy/gpu/README.md': [
    { has: 'OCR_GPU_SLOTS=32', test: DOCUMENTED_COMMANDS },
    { has: 'systemctl enable', notRun: 'it needs systemd and changes the system' },
  ],
  'docs/access.md': [
    { has: 'npx durable-ocr new-key scanner', test: 'test/processes/cli/new-key.test.ts' },
  ],
  'docs/command-line.md': [{ has: 'npx durable-ocr inbox/ --watch', test: DOCUMENTED_COMMANDS }],
  'docs/compatibility.md': [{ has: '--form-string', test: DOCUMENTED_COMMANDS }],
  'docs/docker.md': [
    { has: 'sh deploy/compose/make-env\n', notRun: DOCKER },
    { has: 'make-env prod', notRun: DOCKER },
    { has: '--scale worker=3', notRun: DOCKER },
    { has: '-cz -C "/volumes/$volume"', notRun: DOCKER },
    { has: '-xz -C "/volumes/$volume"', notRun: DOCKER },
    { has: 'postgres.tgz', notRun: DOCKER },
    { has: 'git pull', notRun: DOCKER },
    { has: 'docker build', notRun: 'it needs Docker; test/e2e/image.test.ts does the steps' },
  ],
  'docs/engines.md': [
    { has: 'npx durable-ocr doctor', test: DOCUMENTED_COMMANDS },
    { has: 'apt install tesseract-ocr', notRun: 'it changes the system; CI does it first' },
    { has: 'OCR_LLM_BASE_URL=', test: DOCUMENTED_COMMANDS },
    { has: 'ollama serve', notRun: 'it needs Ollama and a model of several GB' },
    { has: 'OCR_OLLAMA_URL=', test: DOCUMENTED_COMMANDS },
    { has: 'vllm serve rednote-hilab/dots.ocr', notRun: GPU_HOST },
    { has: 'OCR_DOTS_URL=', test: DOCUMENTED_COMMANDS },
    { has: 'vllm serve deepseek-ai/DeepSeek-OCR', notRun: GPU_HOST },
    { has: 'OCR_DEEPSEEK_URL=', test: DOCUMENTED_COMMANDS },
  ],
  'docs/operations.md': [{ has: '', test: RUNBOOK }],
}
