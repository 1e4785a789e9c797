import { tmpdir } from 'node:os'
import type { Config } from '../../config/config.ts'
import { SETTINGS_OF, type ServerEngineId } from '../../config/server-config.ts'
import {
  CPU_ENGINE_IDS,
  ENGINE_IDS,
  type CpuEngineId,
  type EngineId,
} from '../../contract/engines.ts'
import { createEngine } from '../../engines/registry.ts'
import { coerceError } from '../../platform/errors.ts'
import { engineOptionsOf } from '../../workers/engine-options.ts'
import { probeReason } from '../../workers/probe-reason.ts'
import { failed, ok, unset, type Finding } from './check.ts'

/** A server that does not answer within 10 s is no use; loading the built-in models takes 1 to 5 s. */
const PROBE_MS = 10_000

/** The setting to look at when an engine is set up but cannot work. */
const SETTING_TO_CHANGE: Readonly<Record<ServerEngineId, string>> = {
  llm: 'OCR_LLM_BASE_URL, OCR_LLM_API_KEY or OCR_LLM_MODEL',
  ollama: 'OCR_OLLAMA_URL or OCR_OLLAMA_MODEL',
  dots: 'OCR_DOTS_URL, OCR_DOTS_API_KEY or OCR_DOTS_MODEL',
  deepseek: 'OCR_DEEPSEEK_URL, OCR_DEEPSEEK_API_KEY or OCR_DEEPSEEK_MODEL',
}

/** Tries every engine that is set up, and says what would set up the others. */
export function checkEngines(config: Config): Promise<Finding[]> {
  return Promise.all(ENGINE_IDS.map((id) => checkEngine(id, config)))
}

async function checkEngine(id: EngineId, config: Config): Promise<Finding> {
  const name = `Engine ${id}`
  if (!isCpuEngine(id) && config.engines[id] === null)
    return unset(name, `not set up: set ${SETTINGS_OF[id]}`)
  const tried = await tryEngine(id, config)
  if (tried.reason === null) return ok(name, tried.about)
  if (!isCpuEngine(id)) return failed(name, `${tried.reason}; see ${SETTING_TO_CHANGE[id]}`)
  return id === config.engines.cpuEngine || id === config.engines.fallbackEngine
    ? failed(name, tried.reason)
    : unset(name, tried.reason)
}

async function tryEngine(
  id: EngineId,
  config: Config,
): Promise<{ readonly reason: string | null; readonly about: string }> {
  try {
    await using engine = createEngine(id, engineOptionsOf(config, tmpdir()))
    const probe = (signal: AbortSignal): Promise<void> => engine.probe(signal)
    const { signal } = new AbortController()
    const reason = await probeReason({ probe, timeoutMs: PROBE_MS, signal })
    return { reason, about: aboutOf(id, config, engine.version) }
  } catch (error) {
    return { reason: coerceError(error).message, about: '' }
  }
}

function aboutOf(id: EngineId, { engines }: Config, version: string): string {
  switch (id) {
    case 'paddle':
      return `ready, version ${version}`
    case 'tesseract':
      return `ready, version ${version}, languages chi_sim and eng`
    case 'ollama':
      return `ready, ${engines.ollama?.model} at ${engines.ollama?.baseUrl}`
    case 'llm':
    case 'dots':
    case 'deepseek':
      return `ready, ${engines[id]?.server.model} at ${engines[id]?.server.baseUrl}`
  }
}

function isCpuEngine(id: EngineId): id is CpuEngineId {
  return CPU_ENGINE_IDS.some((cpuEngine) => cpuEngine === id)
}
