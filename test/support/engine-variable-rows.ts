import { resolve } from 'node:path'
import type { Config } from '../../src/config/config.ts'

/** One variable, as the test of the configuration sets it. */
export type VariableRow = {
  readonly good: string
  /** What becomes of the good value. */
  readonly reads: (config: Config) => unknown
  readonly as: unknown
  /** `null`: every text is good. */
  readonly bad: string | null
  /** What the good value needs beside it. */
  readonly beside?: Readonly<Record<string, string>>
}

const LLM = { OCR_LLM_BASE_URL: 'http://localhost:1', OCR_LLM_MODEL: 'm' }
const OLLAMA = { OCR_OLLAMA_URL: 'http://localhost:2', OCR_OLLAMA_MODEL: 'm' }
const DOTS = { OCR_DOTS_URL: 'http://localhost:3' }
const DEEPSEEK = { OCR_DEEPSEEK_URL: 'http://localhost:4' }

/** The variables of the engines, one good and one bad value each. */
export const ENGINE_VARIABLE_ROWS: Readonly<Record<string, VariableRow>> = {
  OCR_CPU_ENGINE: {
    good: 'tesseract',
    reads: (c) => [c.engines.cpuEngine, c.api.defaultEngine],
    as: ['tesseract', 'tesseract'],
    bad: 'dots',
  },
  OCR_FALLBACK_ENGINE: {
    good: 'none',
    reads: (c) => c.engines.fallbackEngine,
    as: null,
    bad: 'magic',
  },
  OCR_PADDLE_MODELS: {
    good: '/m',
    reads: (c) => c.engines.paddleModelsDirectory,
    as: resolve('/m'),
    bad: null,
  },
  OCR_LLM_BASE_URL: {
    good: 'https://llm.example.com/v1/',
    beside: LLM,
    reads: (c) => c.engines.llm?.server.baseUrl,
    as: 'https://llm.example.com/v1',
    bad: 'llm.example.com',
  },
  OCR_LLM_API_KEY: {
    good: 'k',
    beside: LLM,
    reads: (c) => c.engines.llm?.server.apiKey?.reveal(),
    as: 'k',
    bad: null,
  },
  OCR_LLM_MODEL: {
    good: 'qwen',
    beside: LLM,
    reads: (c) => c.engines.llm?.server.model,
    as: 'qwen',
    bad: null,
  },
  OCR_LLM_MAX_TOKENS: {
    good: '256',
    beside: LLM,
    reads: (c) => c.engines.llm?.maxTokens,
    as: 256,
    bad: '255',
  },
  OCR_LLM_TEMPERATURE: {
    good: '0.25',
    beside: LLM,
    reads: (c) => c.engines.llm?.temperature,
    as: 0.25,
    bad: '2.1',
  },
  OCR_LLM_TOKEN_PARAMETER: {
    good: 'both',
    beside: LLM,
    reads: (c) => c.engines.llm?.tokenLimitParameter,
    as: 'both',
    bad: 'max',
  },
  OCR_REMOTE_SLOTS: {
    good: '3',
    reads: (c) => c.worker.remoteSlots,
    as: 3,
    bad: '257',
  },
  OCR_REMOTE_PAGES_PER_SECOND: {
    good: '0.5',
    reads: (c) => c.worker.remotePagesPerSecond,
    as: 0.5,
    bad: '0',
  },
  API_BASE_URL: {
    good: 'http://localhost:9/',
    beside: { MODEL: 'm' },
    reads: (c) => c.engines.llm?.server.baseUrl,
    as: 'http://localhost:9',
    bad: 'file:///etc/passwd',
  },
  OPENAI_API_KEY: {
    good: 'k',
    reads: (c) => c.engines.llm?.server.apiKey?.reveal(),
    as: 'k',
    bad: null,
  },
  MODEL: {
    good: 'm',
    beside: { OPENAI_API_KEY: 'k' },
    reads: (c) => c.engines.llm?.server.model,
    as: 'm',
    bad: null,
  },
  OCR_OLLAMA_URL: {
    good: 'http://localhost:5/',
    beside: OLLAMA,
    reads: (c) => c.engines.ollama?.baseUrl,
    as: 'http://localhost:5',
    bad: 'http://user:secret@localhost',
  },
  OCR_OLLAMA_MODEL: {
    good: 'qwen3-vl',
    beside: OLLAMA,
    reads: (c) => c.engines.ollama?.model,
    as: 'qwen3-vl',
    bad: null,
  },
  OCR_OLLAMA_NUM_CTX: {
    good: '2049',
    beside: OLLAMA,
    reads: (c) => [c.engines.ollama?.numCtx, c.engines.ollama?.numPredict],
    as: [2049, 1024],
    bad: '2047',
  },
  OCR_OLLAMA_SLOTS: { good: '2', reads: (c) => c.worker.ollamaSlots, as: 2, bad: '0' },
  OCR_DOTS_URL: {
    good: 'http://gpu1:8000',
    reads: (c) => c.engines.dots?.server.baseUrl,
    as: 'http://gpu1:8000',
    bad: 'http://gpu1:8000/?x=1',
  },
  OCR_DOTS_MODEL: {
    good: 'DotsOCR',
    beside: DOTS,
    reads: (c) => c.engines.dots?.server.model,
    as: 'DotsOCR',
    bad: null,
  },
  OCR_DOTS_API_KEY: {
    good: 'k',
    beside: DOTS,
    reads: (c) => c.engines.dots?.server.apiKey?.reveal(),
    as: 'k',
    bad: null,
  },
  OCR_DOTS_MAX_TOKENS: {
    good: '12000',
    beside: DOTS,
    reads: (c) => c.engines.dots?.maxTokens,
    as: 12_000,
    bad: '12k',
  },
  OCR_DEEPSEEK_URL: {
    good: 'http://gpu1:8001',
    reads: (c) => c.engines.deepseek?.server.baseUrl,
    as: 'http://gpu1:8001',
    bad: 'gpu1',
  },
  OCR_DEEPSEEK_MODEL: {
    good: 'ocr-2',
    beside: DEEPSEEK,
    reads: (c) => c.engines.deepseek?.server.model,
    as: 'ocr-2',
    bad: null,
  },
  OCR_DEEPSEEK_API_KEY: {
    good: 'k',
    beside: DEEPSEEK,
    reads: (c) => c.engines.deepseek?.server.apiKey?.reveal(),
    as: 'k',
    bad: null,
  },
  OCR_GPU_SLOTS: { good: '64', reads: (c) => c.worker.gpuSlots, as: 64, bad: '300' },
}
