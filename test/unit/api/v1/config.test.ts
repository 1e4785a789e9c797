import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../../../src/platform/secret.ts'
import { readJson } from '../../../support/read-json.ts'
import { startTestApi } from '../../../support/test-api.ts'

const OLLAMA = {
  baseUrl: 'http://ollama.internal:11434',
  model: 'a-model',
  numCtx: 8_192,
  numPredict: 4_096,
  keepAlive: '5m',
  slots: 1,
}

describe('GET /v1/config', () => {
  it('tells limits and engines as they are configured', async () => {
    await using api = await startTestApi({
      api: {
        maxUploadBytes: 1_234,
        maxPages: 56,
        defaultEngine: 'tesseract',
        title: 'Scans',
        temporalUi: { url: 'http://127.0.0.1:8233', namespace: 'default' },
      },
      engines: { ollama: OLLAMA },
    })

    const response = await api.fetch('/v1/config')
    const { version, title, temporal_ui_url, limits, engines } = await readJson(response)

    assert.equal(response.status, 200)
    assert.match(version, /^\d+\.\d+\.\d+/)
    assert.deepEqual([title, temporal_ui_url], ['Scans', 'http://127.0.0.1:8233'])
    assert.deepEqual(limits, {
      max_upload_bytes: 1_234,
      max_pages: 56,
      media_types: ['pdf', 'png', 'jpeg', 'tiff', 'webp', 'gif', 'bmp'],
      languages: ['zh', 'en'],
      dpi: { min: 72, max: 600 },
    })
    assert.deepEqual(
      engines.map(({ id, default: isDefault, configured }: Record<string, unknown>) => [
        id,
        isDefault,
        configured,
      ]),
      [
        ['paddle', false, true],
        ['tesseract', true, true],
        ['llm', false, false],
        ['ollama', false, true],
        ['dots', false, false],
        ['deepseek', false, false],
      ],
    )
    assert.deepEqual([engines[3].dpi, engines[3].queue], [200, 'ocr-remote-ollama'])
  })

  it('tells no address, model or secret', async () => {
    await using api = await startTestApi({
      api: {
        internalUrl: 'http://api.internal:8080',
        scnet: { apiKeys: [new Secret('sk-canary')], codeStyle: 'doc' },
      },
      engines: { ollama: OLLAMA },
    })

    const text = await (await api.fetch('/v1/config')).text()

    for (const canary of ['internal', 'a-model', 'canary', api.directory])
      assert.equal(text.includes(canary), false, canary)
  })
})
