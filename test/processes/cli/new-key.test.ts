import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, it } from 'node:test'
import { KeyRing } from '../../../src/api/guards/key-ring.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { startCli } from '../../support/cli-run.ts'
import { KEYED_ACCESS } from '../../support/api-keys.ts'
import { startTestApi } from '../../support/test-api.ts'

const inTemporary = { cwd: tmpdir() }

describe('durable-ocr new-key', () => {
  it('prints a key, and the line of the setting that lets it in', async () => {
    const { exitCode, stdout } = await startCli(['new-key', 'scanner'], inTemporary).ended

    assert.equal(exitCode, 0)
    const [, key = '', , line = ''] = stdout.split('\n').map((text) => text.trim())
    assert.match(key, /^ocr_[\w-]{43}$/)
    const { access } = loadConfig({ OCR_API_KEYS: line }).api
    assert.equal(new KeyRing(access.apiKeys).holderOf(key)?.name, 'scanner')
  })

  it('prints another one each time', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => startCli(['new-key', 'scanner'], inTemporary).ended),
    )

    assert.notEqual(one?.stdout, other?.stdout)
  })
})

describe('durable-ocr, where keys are needed', () => {
  it('says to set OCR_API_KEY, and starts no server of its own', async () => {
    await using api = await startTestApi({ api: { access: KEYED_ACCESS } })

    for (const args of [['list'], ['list', '--server', api.url], ['-']]) {
      const env = { OCR_PORT: new URL(api.url).port }
      const run = startCli(args, { ...inTemporary, env, stdin: '%PDF-1.7' })
      const { exitCode, stderr } = await run.ended

      assert.equal(exitCode, 1, args.join(' '))
      assert.match(stderr, /wants an API key: set OCR_API_KEY/)
    }
  })
})
