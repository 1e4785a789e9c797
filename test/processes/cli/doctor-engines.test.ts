import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkEngines } from '../../../src/cli/doctor/check-engines.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { createFakeOllama } from '../../support/fakes/fake-ollama.ts'
import { createFakeVllm } from '../../support/fakes/fake-vllm.ts'

/** What the doctor says of an engine. */
async function examine(env: Readonly<Record<string, string>>) {
  const findings = await checkEngines(loadConfig(env))
  return (engine: string): string => {
    const finding = findings.find(({ name }) => name === `Engine ${engine}`)
    assert.equal(finding?.status, 'failed', engine)
    return finding?.detail ?? ''
  }
}

describe('durable-ocr doctor, of servers that answer', () => {
  it('names the setting of a missing key, of a wrong key, and of a model that is not there', async () => {
    await using locked = await createFakeVllm({ model: 'dots', apiKey: 'right' })
    await using ollama = await createFakeOllama()
    const keyless = await examine({
      OCR_DOTS_URL: locked.url,
      OCR_DEEPSEEK_URL: locked.url,
      OCR_DEEPSEEK_API_KEY: 'hunter2',
      OCR_OLLAMA_URL: ollama.url,
      OCR_OLLAMA_MODEL: 'not-pulled',
    })

    assert.match(keyless('dots'), /^Cannot use OCR_DOTS_API_KEY: .* wants a key;/)
    assert.match(keyless('deepseek'), /^Cannot use OCR_DEEPSEEK_API_KEY: .* refuses the key;/)
    assert.match(keyless('ollama'), /OCR_OLLAMA_MODEL/)
    assert.doesNotMatch(keyless('deepseek'), /hunter2/)
  })

  it('names the model that is on the port of another, and one that cannot see', async () => {
    await using dots = await createFakeVllm({ model: 'dots' })
    await using ollama = await createFakeOllama()
    ollama.setModels({ name: 'blind:latest', capabilities: ['completion'] })

    const detailOf = await examine({
      OCR_DEEPSEEK_URL: dots.url,
      OCR_OLLAMA_URL: ollama.url,
      OCR_OLLAMA_MODEL: 'blind',
    })

    assert.match(detailOf('deepseek'), /^Cannot use OCR_DEEPSEEK_MODEL: .* serves "model";/)
    assert.match(detailOf('ollama'), /vision.*OCR_OLLAMA_MODEL/)
  })
})
