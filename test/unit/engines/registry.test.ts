import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, it } from 'node:test'
import { loadConfig } from '../../../src/config/config.ts'
import { ENGINE_IDS } from '../../../src/contract/engines.ts'
import { createEngine } from '../../../src/engines/registry.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { engineOptionsOf } from '../../../src/workers/engine-options.ts'

const SERVERS = {
  OCR_LLM_BASE_URL: 'http://127.0.0.1:1',
  OCR_LLM_MODEL: 'm',
  OCR_OLLAMA_URL: 'http://127.0.0.1:1',
  OCR_OLLAMA_MODEL: 'm',
  OCR_DOTS_URL: 'http://127.0.0.1:1',
  OCR_DEEPSEEK_URL: 'http://127.0.0.1:1/v1',
}

const optionsOf = (env: Readonly<Record<string, string>>) =>
  engineOptionsOf(loadConfig(env), tmpdir())

describe('createEngine', () => {
  for (const id of ENGINE_IDS)
    it(`makes ${id} from the configuration, without asking a server`, async () => {
      await using engine = createEngine(id, optionsOf(SERVERS))

      assert.equal(engine.id, id)
      assert.match(engine.version, /\d/)
    })

  it('names the setting of an engine that is not set up', () => {
    for (const [id, setting] of [
      ['llm', 'OCR_LLM_MODEL'],
      ['ollama', 'OCR_OLLAMA_URL'],
      ['dots', 'OCR_DOTS_URL'],
      ['deepseek', 'OCR_DEEPSEEK_URL'],
    ] as const)
      assert.throws(
        () => createEngine(id, optionsOf({})),
        (error) =>
          error instanceof OcrError &&
          error.code === 'ENGINE_MISCONFIGURED' &&
          error.publicDetail?.includes(setting),
      )
  })

  it('gives an engine another version when its model is another one', async () => {
    await using first = createEngine('dots', optionsOf(SERVERS))
    await using second = createEngine('dots', optionsOf({ ...SERVERS, OCR_DOTS_MODEL: 'other' }))

    assert.notEqual(first.version, second.version)
  })
})
