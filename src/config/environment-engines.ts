import type { z } from 'zod'
import { CPU_ENGINE_IDS } from '../contract/engines.ts'
import { withDefault, withoutDefault } from './variable.ts'
import {
  oneOf,
  positiveNumber,
  secret,
  serverUrl,
  temperature,
  text,
  wholeNumber,
} from './variable-types.ts'

/** The key of a documented sample file: it counts as none. */
export const PLACEHOLDER_API_KEY = 'sk-111111111'

const engines = { section: 'Engines' } as const
const llm = { section: 'LLM and Ollama' } as const
const gpu = { section: 'GPU engines' } as const

/** The variables of the engines. */
export const ENGINE_VARIABLES = {
  OCR_CPU_ENGINE: withDefault(oneOf(CPU_ENGINE_IDS), 'paddle', {
    ...engines,
    description: 'Engine of documents that name none.',
  }),
  OCR_FALLBACK_ENGINE: withDefault(oneOf([...CPU_ENGINE_IDS, 'none']), 'paddle', {
    ...engines,
    description:
      'Engine that takes over a page on which an engine behind a server answers nonsense. One that every `ocr-cpu` worker has, or such pages would wait for a worker. Read by the api.',
  }),
  OCR_PADDLE_MODELS: withoutDefault(text, 'the models that npm brings', {
    ...engines,
    description: 'Directory with better PP-OCR models; `npm run models` fills one.',
  }),
  OCR_LLM_BASE_URL: withoutDefault(
    serverUrl,
    '`API_BASE_URL`; with a key `https://api.openai.com`',
    {
      ...llm,
      description:
        'Server of the engine `llm`: anything that speaks OpenAI, with or without `/v1`.',
    },
  ),
  OCR_LLM_API_KEY: withoutDefault(secret, '`OPENAI_API_KEY`', {
    ...llm,
    description: `Its key. Servers of your own may want none; \`${PLACEHOLDER_API_KEY}\` counts as none.`,
  }),
  OCR_LLM_MODEL: withoutDefault(text, '`MODEL`', {
    ...llm,
    description: 'Its model; it must take images.',
  }),
  OCR_LLM_MAX_TOKENS: withDefault(wholeNumber(256, 131_072), '8192', {
    ...llm,
    unit: 'tokens',
    description: 'Longest answer for a page.',
  }),
  OCR_LLM_TEMPERATURE: withDefault(temperature, '0', {
    ...llm,
    description: 'Sampling; `none` or empty: not sent, for models that refuse it.',
  }),
  OCR_LLM_TOKEN_PARAMETER: withDefault(
    oneOf(['max_tokens', 'max_completion_tokens', 'both']),
    'max_tokens',
    { ...llm, description: 'What the server calls the limit; newer reasoning models differ.' },
  ),
  OCR_REMOTE_SLOTS: withDefault(wholeNumber(1, 256), '16', {
    ...llm,
    description: 'Pages that one worker process has at the `llm` server at once.',
  }),
  OCR_REMOTE_PAGES_PER_SECOND: withoutDefault(positiveNumber(10_000), 'as many as it takes', {
    ...llm,
    unit: 'pages/s',
    description: 'Pages that all workers together start at the `llm` server, such as `0.5`.',
  }),
  API_BASE_URL: withoutDefault(serverUrl, 'none', {
    ...llm,
    description: 'Documented name of `OCR_LLM_BASE_URL`, which goes first.',
  }),
  OPENAI_API_KEY: withoutDefault(secret, 'none', {
    ...llm,
    description: 'Documented name of `OCR_LLM_API_KEY`, which goes first.',
  }),
  MODEL: withoutDefault(text, '`gpt-4o` where none of the `OCR_LLM_*` names is set', {
    ...llm,
    description: 'Documented name of `OCR_LLM_MODEL`, which goes first.',
  }),
  OCR_OLLAMA_URL: withoutDefault(serverUrl, 'none', {
    ...llm,
    description: 'Server of the engine `ollama`, such as `http://127.0.0.1:11434`.',
  }),
  OCR_OLLAMA_MODEL: withoutDefault(text, 'none', {
    ...llm,
    description: 'Its model; it must have the capability `vision`.',
  }),
  OCR_OLLAMA_NUM_CTX: withDefault(wholeNumber(2048, 1_048_576), '16384', {
    ...llm,
    unit: 'tokens',
    description: 'Context of a page and its answer, half of it each; below 8192 pages get cut.',
  }),
  OCR_OLLAMA_SLOTS: withDefault(wholeNumber(1, 64), '1', {
    ...llm,
    description: 'Pages at the Ollama server at once; not above its `OLLAMA_NUM_PARALLEL`.',
  }),
  OCR_DOTS_URL: withoutDefault(serverUrl, 'none', {
    ...gpu,
    description: 'vLLM that serves dots.ocr, such as `http://127.0.0.1:8000`.',
  }),
  OCR_DOTS_MODEL: withDefault(text, 'model', {
    ...gpu,
    description: 'Its `--served-model-name`.',
  }),
  OCR_DOTS_API_KEY: withoutDefault(secret, 'none', { ...gpu, description: 'Its `--api-key`.' }),
  OCR_DOTS_MAX_TOKENS: withDefault(wholeNumber(1024, 32_768), '16384', {
    ...gpu,
    unit: 'tokens',
    description: 'Longest answer for a page.',
  }),
  OCR_DEEPSEEK_URL: withoutDefault(serverUrl, 'none', {
    ...gpu,
    description: 'vLLM that serves DeepSeek-OCR, such as `http://127.0.0.1:8001`.',
  }),
  OCR_DEEPSEEK_MODEL: withDefault(text, 'deepseek-ai/DeepSeek-OCR', {
    ...gpu,
    description: 'Its `--served-model-name`.',
  }),
  OCR_DEEPSEEK_API_KEY: withoutDefault(secret, 'none', { ...gpu, description: 'Its `--api-key`.' }),
  OCR_GPU_SLOTS: withDefault(wholeNumber(1, 256), '32', {
    ...gpu,
    description:
      'Pages that one GPU worker has at its vLLM at once; not above its `--max-num-seqs`.',
  }),
}

/** The variables of the engines, read. */
export type EngineEnvironment = z.output<z.ZodObject<typeof ENGINE_VARIABLES>>
