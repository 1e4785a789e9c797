import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askHealth, type ServerHealth } from '../../../../src/engines/vllm/server-health.ts'
import { createProbe } from '../../../../src/engines/vllm/probe-vllm.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { Secret } from '../../../../src/platform/secret.ts'
import { failureOf } from '../../../support/failure-of.ts'
import { scriptedTransport, type ScriptedAnswer } from '../../../support/scripted-transport.ts'

const server = { baseUrl: 'http://127.0.0.1:1/v1', apiKey: null, model: 'model' }
const options = {
  settingName: 'OCR_DOTS_URL',
  modelSettingName: 'OCR_DOTS_MODEL',
  keySettingName: 'OCR_DOTS_API_KEY',
}
const never = new AbortController().signal

function probeWith(health: ServerHealth, models: ScriptedAnswer): Promise<void> {
  const transport = scriptedTransport(models)
  return createProbe({ server, options, transport, health: async () => health })(never)
}

function listed(): Response {
  return Response.json({ data: [{ id: 'model' }] })
}

describe('createProbe', () => {
  it('passes for a healthy server with the model', async () => {
    await probeWith('alive', listed())
  })

  it('does not take a server for ready that lists the model and is not healthy', async () => {
    for (const health of ['unknown', 'dead'] as const) {
      const failure = await failureOf(probeWith(health, listed()))

      assert.equal(failure.code, 'ENGINE_UNREACHABLE', health)
      assert.match(failure.message, /OCR_DOTS_URL/)
    }
  })

  it('names the key rather than the health where a proxy wants one for everything', async () => {
    const failure = await failureOf(probeWith('unknown', 401))

    assert.equal(failure.code, 'ENGINE_MISCONFIGURED')
    assert.match(failure.message, /OCR_DOTS_API_KEY/)
  })
})

describe('askHealth', () => {
  const rows: readonly (readonly [what: string, ScriptedAnswer, ServerHealth])[] = [
    ['200', 200, 'alive'],
    ['503', 503, 'dead'],
    ['502', 502, 'dead'],
    ['no connection', new OcrError('ENGINE_UNREACHABLE', 'Cannot ask: refused'), 'dead'],
    ['404', 404, 'unknown'],
    ['500', 500, 'unknown'],
    ['401', 401, 'unknown'],
    ['silence', new OcrError('ENGINE_TIMED_OUT', 'Cannot ask: late'), 'unknown'],
  ]
  for (const [what, answer, health] of rows) {
    it(`is ${health} after ${what}`, async () => {
      assert.equal(await askHealth(scriptedTransport(answer), server, never), health)
    })
  }

  it('brings the key, which a proxy may want there too', async () => {
    const transport = scriptedTransport(200)

    await askHealth(transport, { ...server, apiKey: new Secret('key-of-vllm') }, never)

    const [request] = transport.sent
    assert.equal(request?.url, 'http://127.0.0.1:1/health')
    assert.equal(request.headers.get('authorization'), 'Bearer key-of-vllm')
  })
})
