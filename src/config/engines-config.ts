import { resolve } from 'node:path'
import type { CpuEngineId } from '../contract/engines.ts'
import type { DeepseekOptions } from '../engines/deepseek.ts'
import type { DotsOptions } from '../engines/dots.ts'
import type { LlmOptions } from '../engines/llm.ts'
import type { OllamaOptions } from '../engines/ollama.ts'
import type { EngineEnvironment } from './environment-engines.ts'
import { isSetUp, ROLE_NEEDS, settingsOf } from './server-config.ts'
import { WORKER_ROLES, type WorkerRole } from './worker-roles.ts'

/** The engines; one that has not what it needs is `null`. */
export type EnginesConfig = {
  readonly cpuEngine: CpuEngineId
  readonly fallbackEngine: CpuEngineId | null
  /** Directory with `det.onnx`, `rec.onnx` and a dictionary; `null`: the models that npm brings. */
  readonly paddleModelsDirectory: string | null
  readonly llm: LlmOptions | null
  readonly ollama: OllamaOptions | null
  readonly dots: DotsOptions | null
  readonly deepseek: DeepseekOptions | null
}

/** How much is asked of the servers. */
export type ServerLimits = {
  /** Pages at the server of `llm` at once, per worker process. */
  readonly remoteSlots: number
  /** Pages that all workers together start at it; `null`: no limit. */
  readonly remotePagesPerSecond: number | null
  readonly ollamaSlots: number
  /** Pages at one vLLM at once. */
  readonly gpuSlots: number
}

/** How long Ollama keeps a model loaded after its last page: its own default. */
const OLLAMA_KEEP_ALIVE = '5m'

/** Reads what the engines need. */
export function toEnginesConfig(env: EngineEnvironment): EnginesConfig {
  const models = env.OCR_PADDLE_MODELS
  const fallback = env.OCR_FALLBACK_ENGINE
  const dots = settingsOf(env, 'dots')
  const deepseek = settingsOf(env, 'deepseek')
  return {
    cpuEngine: env.OCR_CPU_ENGINE,
    fallbackEngine: fallback === 'none' ? null : fallback,
    paddleModelsDirectory: models === null ? null : resolve(models),
    llm: toLlmOptions(env),
    ollama: toOllamaOptions(env),
    dots: dots && { server: dots, maxTokens: env.OCR_DOTS_MAX_TOKENS, slots: env.OCR_GPU_SLOTS },
    deepseek: deepseek && { server: deepseek, slots: env.OCR_GPU_SLOTS },
  }
}

/** Reads how much is asked of the servers. */
export function toServerLimits(env: EngineEnvironment): ServerLimits {
  return {
    remoteSlots: env.OCR_REMOTE_SLOTS,
    remotePagesPerSecond: env.OCR_REMOTE_PAGES_PER_SECOND,
    ollamaSlots: env.OCR_OLLAMA_SLOTS,
    gpuSlots: env.OCR_GPU_SLOTS,
  }
}

/** The roles that there is something to work with for. */
export function possibleRoles(env: EngineEnvironment): readonly WorkerRole[] {
  return WORKER_ROLES.filter((role) => {
    const needs = ROLE_NEEDS[role]
    return needs === null || needs.engines.some((engine) => isSetUp(env, engine))
  })
}

function toLlmOptions(env: EngineEnvironment): LlmOptions | null {
  const server = settingsOf(env, 'llm')
  if (server === null) return null
  return {
    server,
    maxTokens: env.OCR_LLM_MAX_TOKENS,
    temperature: env.OCR_LLM_TEMPERATURE,
    tokenLimitParameter: env.OCR_LLM_TOKEN_PARAMETER,
    slots: env.OCR_REMOTE_SLOTS,
  }
}

function toOllamaOptions(env: EngineEnvironment): OllamaOptions | null {
  const server = settingsOf(env, 'ollama')
  if (server === null) return null
  const { baseUrl, model } = server
  const numCtx = env.OCR_OLLAMA_NUM_CTX
  return {
    baseUrl,
    model,
    numCtx,
    numPredict: Math.floor(numCtx / 2),
    keepAlive: OLLAMA_KEEP_ALIVE,
    slots: env.OCR_OLLAMA_SLOTS,
  }
}
