import { ENGINE_VARIABLES, type EngineEnvironment } from './environment-engines.ts'
import type { EnvironmentRule } from './environment-rule.ts'
import { isSetUp, ROLE_NEEDS, SERVER_SETTINGS, type ServerEngineId } from './server-config.ts'
import type { WorkerRole } from './worker-roles.ts'

type Env = EngineEnvironment & { readonly OCR_WORKER_ROLES: 'all' | readonly WorkerRole[] }
type EngineRule = EnvironmentRule<Env>

// Every key of an object literal is one of its type.
const ENGINE_NAMES = Object.keys(ENGINE_VARIABLES) as readonly (keyof EngineEnvironment)[]

/** No engine is set up by half, and no role is asked for that has nothing to work with. */
export const ENGINE_RULES: readonly EngineRule[] = [
  half('llm', 'OCR_LLM_MODEL', 'a model beside OCR_LLM_BASE_URL or OCR_LLM_API_KEY'),
  half('llm', 'OCR_LLM_BASE_URL', 'a server beside OCR_LLM_MODEL, or a key in OCR_LLM_API_KEY'),
  half('llm', 'OCR_LLM_API_KEY', 'a key, which https://api.openai.com wants'),
  half('ollama', 'OCR_OLLAMA_MODEL', 'a model beside OCR_OLLAMA_URL'),
  half('ollama', 'OCR_OLLAMA_URL', 'a server beside OCR_OLLAMA_MODEL'),
  half('dots', 'OCR_DOTS_URL', 'a server beside OCR_DOTS_API_KEY'),
  half('deepseek', 'OCR_DEEPSEEK_URL', 'a server beside OCR_DEEPSEEK_API_KEY'),
  {
    variable: 'OCR_WORKER_ROLES',
    names: ['OCR_WORKER_ROLES', ...ENGINE_NAMES],
    error: (env) => `expected ${missingSettings(env).join(', ')}`,
    isMet: (env) => missingSettings(env).length === 0,
  },
]

function half(engine: ServerEngineId, variable: keyof EngineEnvironment, what: string): EngineRule {
  return {
    variable,
    names: ENGINE_NAMES,
    error: `expected ${what}`,
    isMet: (env) => SERVER_SETTINGS[engine](env) !== variable,
  }
}

/** What the named roles lack, in words. */
function missingSettings(env: Env): readonly string[] {
  const roles = env.OCR_WORKER_ROLES === 'all' ? [] : env.OCR_WORKER_ROLES
  return roles.flatMap((role) => {
    const needs = ROLE_NEEDS[role]
    const isUsable = needs === null || needs.engines.some((engine) => isSetUp(env, engine))
    return isUsable ? [] : [`${needs.settings} beside ${role}`]
  })
}
