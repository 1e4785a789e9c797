import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError } from '../../../src/config/config-error.ts'
import { loadConfig } from '../../../src/config/config.ts'

type Env = Readonly<Record<string, string>>

const llmOf = (env: Env) => loadConfig(env).engines.llm
const rolesOf = (env: Env): readonly string[] => loadConfig(env).worker.roles

function problemsOf(env: Env): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('the configuration of engines', () => {
  it('has none behind a server when nothing is set', () => {
    const { llm, ollama, dots, deepseek } = loadConfig({}).engines

    assert.deepEqual([llm, ollama, dots, deepseek], [null, null, null, null])
  })

  it('works with the variables that Qianxia documents', () => {
    const env = { API_BASE_URL: 'http://localhost:9/v1', OPENAI_API_KEY: 'k', MODEL: 'm' }

    const { baseUrl, apiKey, model } = llmOf(env)?.server ?? {}

    assert.deepEqual([baseUrl, apiKey?.reveal(), model], ['http://localhost:9/v1', 'k', 'm'])
  })

  it('prefers its own names, one by one', () => {
    const env = {
      API_BASE_URL: 'http://documented',
      OPENAI_API_KEY: 'documented',
      MODEL: 'documented',
      OCR_LLM_MODEL: 'own',
    }

    const { baseUrl, apiKey, model } = llmOf(env)?.server ?? {}

    assert.deepEqual([baseUrl, apiKey?.reveal(), model], ['http://documented', 'documented', 'own'])
  })

  it('takes the documented server and model when only OPENAI_API_KEY is set', () => {
    const { baseUrl, model } = llmOf({ OPENAI_API_KEY: 'k' })?.server ?? {}

    assert.deepEqual([baseUrl, model], ['https://api.openai.com', 'gpt-4o'])
  })

  it('takes the placeholder key of a sample file for none', () => {
    const sample = {
      API_BASE_URL: 'https://api.openai.com',
      OPENAI_API_KEY: 'sk-111111111',
      MODEL: 'gpt-4o',
    }

    assert.equal(llmOf(sample), null)
    assert.equal(llmOf({ OCR_LLM_API_KEY: 'sk-111111111' }), null)
  })

  it('asks a server of our own without a key', () => {
    const env = { OCR_LLM_BASE_URL: 'http://127.0.0.1:8080', OCR_LLM_MODEL: 'm' }

    assert.equal(llmOf(env)?.server.apiKey, null)
  })

  it('lets documented names that other programs set alone', () => {
    assert.equal(llmOf({ API_BASE_URL: 'http://localhost:3000' }), null)
    assert.equal(llmOf({ MODEL: 'Latitude 7490' }), null)
  })

  for (const [missing, env] of [
    ['OCR_LLM_MODEL', { OCR_LLM_API_KEY: 'k' }],
    ['OCR_LLM_MODEL', { OCR_LLM_BASE_URL: 'http://localhost:1' }],
    ['OCR_LLM_BASE_URL', { OCR_LLM_MODEL: 'm' }],
    ['OCR_LLM_API_KEY', { OCR_LLM_BASE_URL: 'https://api.openai.com/v1', OCR_LLM_MODEL: 'm' }],
    ['OCR_OLLAMA_MODEL', { OCR_OLLAMA_URL: 'http://localhost:1' }],
    ['OCR_OLLAMA_URL', { OCR_OLLAMA_MODEL: 'm' }],
    ['OCR_DOTS_URL', { OCR_DOTS_API_KEY: 'k' }],
    ['OCR_DEEPSEEK_URL', { OCR_DEEPSEEK_API_KEY: 'k' }],
  ] as const)
    it(`names ${missing} when only ${Object.keys(env).join(' and ')} is set`, () => {
      const problems = problemsOf(env)

      assert.equal(problems.length, 1)
      assert.match(problems[0] ?? '', new RegExp(`^${missing}=.*: expected a `))
    })

  it('does not send a temperature when it is none or empty', () => {
    const env = { OCR_LLM_BASE_URL: 'http://localhost:1', OCR_LLM_MODEL: 'm' }

    assert.equal(llmOf(env)?.temperature, 0)
    assert.equal(llmOf({ ...env, OCR_LLM_TEMPERATURE: 'none' })?.temperature, null)
    assert.equal(llmOf({ ...env, OCR_LLM_TEMPERATURE: '' })?.temperature, null)
  })

  it('refuses a fallback engine that there may be no worker for', () => {
    assert.throws(() => loadConfig({ OCR_FALLBACK_ENGINE: 'llm' }), /OCR_FALLBACK_ENGINE="llm"/)
  })

  it('never shows a key', () => {
    const config = loadConfig({ OCR_DOTS_URL: 'http://gpu1:8000', OCR_DOTS_API_KEY: 'hunter2' })

    assert.doesNotMatch(JSON.stringify(config), /hunter2/)
  })
})

describe('OCR_WORKER_ROLES', () => {
  it('means, as all, the roles of the engines that are set up', () => {
    assert.deepEqual(rolesOf({}), ['documents', 'ocr-cpu'])
    assert.deepEqual(rolesOf({ OCR_DOTS_URL: 'http://h', OPENAI_API_KEY: 'k' }), [
      'documents',
      'ocr-cpu',
      'ocr-remote',
      'ocr-gpu-dots',
    ])
  })

  it('takes ocr-remote with either of its engines', () => {
    const ollama = { OCR_OLLAMA_URL: 'http://localhost:1', OCR_OLLAMA_MODEL: 'm' }

    assert.deepEqual(rolesOf({ ...ollama, OCR_WORKER_ROLES: 'ocr-remote' }), ['ocr-remote'])
  })

  it('names the settings of every role that has nothing to work with', () => {
    const [problem, ...others] = problemsOf({ OCR_WORKER_ROLES: 'ocr-remote,ocr-gpu-dots' })

    assert.match(
      problem ?? '',
      /OCR_LLM_MODEL .* beside ocr-remote, OCR_DOTS_URL beside ocr-gpu-dots/,
    )
    assert.deepEqual(others, [])
  })
})
