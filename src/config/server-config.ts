import type { CpuEngineId, EngineId } from '../contract/engines.ts'
import type { Secret } from '../platform/secret.ts'
import { PLACEHOLDER_API_KEY, type EngineEnvironment } from './environment-engines.ts'
import type { WorkerRole } from './worker-roles.ts'

/** An engine that asks a server. */
export type ServerEngineId = Exclude<EngineId, CpuEngineId>

/** Where a model server is; the address as it was given, without slashes at the end. */
export type ServerSettings = {
  readonly baseUrl: string
  readonly apiKey: Secret | null
  readonly model: string
}

/** Settings of one server; `null`: not set up; a name: the variable that is missing. */
export type ServerState = ServerSettings | keyof EngineEnvironment | null

const OPENAI_URL = 'https://api.openai.com'
/** Documented with `OPENAI_API_KEY`; a model of a server of ours nobody can guess. */
const OPENAI_MODEL = 'gpt-4o'

/** What the environment says of each server. */
export const SERVER_SETTINGS: Readonly<
  Record<ServerEngineId, (env: EngineEnvironment) => ServerState>
> = {
  llm: llmSettings,
  ollama: (env) => {
    const baseUrl = env.OCR_OLLAMA_URL
    const model = env.OCR_OLLAMA_MODEL
    if (baseUrl === null) return model === null ? null : 'OCR_OLLAMA_URL'
    return model === null ? 'OCR_OLLAMA_MODEL' : { baseUrl, apiKey: null, model }
  },
  dots: (env) => {
    const baseUrl = env.OCR_DOTS_URL
    const apiKey = env.OCR_DOTS_API_KEY
    if (baseUrl === null) return apiKey === null ? null : 'OCR_DOTS_URL'
    return { baseUrl, apiKey, model: env.OCR_DOTS_MODEL }
  },
  deepseek: (env) => {
    const baseUrl = env.OCR_DEEPSEEK_URL
    const apiKey = env.OCR_DEEPSEEK_API_KEY
    if (baseUrl === null) return apiKey === null ? null : 'OCR_DEEPSEEK_URL'
    return { baseUrl, apiKey, model: env.OCR_DEEPSEEK_MODEL }
  },
}

/** What sets each engine up, for a person; `llm` has documented names besides. */
export const SETTINGS_OF: Readonly<Record<ServerEngineId, string>> = {
  llm: 'OCR_LLM_MODEL with OCR_LLM_BASE_URL or OCR_LLM_API_KEY',
  ollama: 'OCR_OLLAMA_URL with OCR_OLLAMA_MODEL',
  dots: 'OCR_DOTS_URL',
  deepseek: 'OCR_DEEPSEEK_URL',
}

/** What a role works for; `null`: it needs no server. */
export const ROLE_NEEDS: Readonly<
  Record<
    WorkerRole,
    { readonly engines: readonly ServerEngineId[]; readonly settings: string } | null
  >
> = {
  documents: null,
  'ocr-cpu': null,
  'ocr-remote': {
    engines: ['llm', 'ollama'],
    settings: `${SETTINGS_OF.llm} (or ${SETTINGS_OF.ollama})`,
  },
  'ocr-gpu-dots': { engines: ['dots'], settings: SETTINGS_OF.dots },
  'ocr-gpu-deepseek': { engines: ['deepseek'], settings: SETTINGS_OF.deepseek },
}

/** The settings of a server, if they are complete. */
export function settingsOf(env: EngineEnvironment, engine: ServerEngineId): ServerSettings | null {
  const state = SERVER_SETTINGS[engine](env)
  return typeof state === 'string' ? null : state
}

/** Whether an engine has what it needs. */
export function isSetUp(env: EngineEnvironment, engine: ServerEngineId): boolean {
  return settingsOf(env, engine) !== null
}

function llmSettings(env: EngineEnvironment): ServerState {
  const ownUrl = env.OCR_LLM_BASE_URL
  const ownKey = env.OCR_LLM_API_KEY
  const ownModel = env.OCR_LLM_MODEL
  const url = ownUrl ?? env.API_BASE_URL
  const givenKey = ownKey ?? env.OPENAI_API_KEY
  const apiKey = givenKey?.reveal() === PLACEHOLDER_API_KEY ? null : givenKey
  if (url === null && apiKey === null)
    return ownModel === null || givenKey !== null ? null : 'OCR_LLM_BASE_URL'
  const hasOwn = ownUrl !== null || ownKey !== null || ownModel !== null
  const model = ownModel ?? env.MODEL ?? (apiKey === null || hasOwn ? null : OPENAI_MODEL)
  // Documented names are common words: other programs may have set them.
  if (model === null) return hasOwn ? 'OCR_LLM_MODEL' : null
  const baseUrl = url ?? OPENAI_URL
  if (apiKey === null && new URL(baseUrl).origin === OPENAI_URL)
    return ownUrl === null || givenKey !== null ? null : 'OCR_LLM_API_KEY'
  return { baseUrl, apiKey, model }
}
