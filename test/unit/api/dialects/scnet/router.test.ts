import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { Secret } from '../../../../../src/platform/secret.ts'
import { readJson } from '../../../../support/read-json.ts'
import { SCNET_BASE, startScnetApi, type ScnetApi } from '../../../../support/scnet-api.ts'
import { SCNET_EXAMPLES, scnetExamplesOf } from '../../../../support/scnet-examples.ts'
import { NO_DOCUMENTS, readDocument } from '../../../../support/client-programs/documents.ts'

describe('SCNET_EXAMPLES', () => {
  it(
    'are what the document says, letter by letter',
    {
      skip: NO_DOCUMENTS,
    },
    () => {
      const document = readDocument('scnet')

      assert.deepEqual(Object.values(SCNET_EXAMPLES), scnetExamplesOf(document))
    },
  )
})

describe('the API key', () => {
  const keyed = {
    scnet: { apiKeys: [new Secret('one'), new Secret('two')], codeStyle: 'doc' },
  } as const

  for (const [what, authorization] of [
    ['missing', ''],
    ['empty', 'Bearer '],
    ['of another scheme', 'Basic one'],
    ['wrong', 'Bearer three'],
    ['only the start of one', 'Bearer on'],
  ] as const)
    it(`is refused when it is ${what}`, async () => {
      await using api = await startScnetApi({ api: keyed })

      const { status, headers, body } = await api.call('/result?taskId=T', {
        headers: { authorization },
      })

      assert.equal(status, 401)
      assert.equal(headers.get('www-authenticate'), 'Bearer')
      assert.equal(body.code, '401')
      assert.equal(body.error.type, 'unauthorized')
      assert.ok(!api.logLines.join('').includes('three'))
    })

  for (const token of ['one', 'two'])
    it(`is accepted when it is one of ours: ${token}`, async () => {
      await using api = await startScnetApi({ api: keyed })

      const { status } = await api.call('/result?taskId=T', {
        headers: { authorization: `bearer ${token}` },
      })

      assert.equal(status, 404)
    })

  it('may be any when none is configured, even the placeholder of the document', async () => {
    await using api = await startScnetApi()

    const accepted = await api.call('/result?taskId=T', {
      headers: { authorization: 'Bearer <API Key>' },
    })
    const refused = await api.call('/result?taskId=T', { headers: { authorization: 'Bearer' } })

    assert.equal(accepted.status, 404)
    assert.equal(refused.status, 401)
  })

  for (const [method, path] of [
    ['POST', '/submit'],
    ['POST', '/result'],
    ['GET', '/result'],
    ['POST', '/upload'],
    ['GET', '/submit'],
    ['GET', '/nothing'],
  ] as const)
    it(`is asked for before anything else: ${method} ${path}`, async () => {
      await using api = await startScnetApi()

      const { status } = await api.call(path, { method, headers: { authorization: '' } })

      assert.equal(status, 401)
    })
})

type Sent = { readonly headers: Readonly<Record<string, string>>; readonly body: string }

describe('a JSON body', () => {
  const types = [
    ['without a content type', {}],
    ["with curl's default type", { 'content-type': 'application/x-www-form-urlencoded' }],
    ['with a charset', { 'content-type': 'application/json; charset=utf-8' }],
  ] as const
  const send = (api: ScnetApi, path: string, { headers, body }: Sent) =>
    api.fetch(SCNET_BASE + path, {
      method: 'POST',
      // Bytes: fetch names a type for a text.
      body: Buffer.from(body),
      headers: { authorization: 'Bearer any', ...headers },
    })

  for (const [what, headers] of types)
    it(`is read ${what}`, async () => {
      await using api = await startScnetApi()

      const result = await send(api, '/result', { headers, body: '{"task_ids":["T"]}' })
      const submit = await send(api, '/submit', {
        headers,
        body: '{"file_url":"https://files.example.com/a.pdf"}',
      })

      assert.equal(result.status, 200)
      assert.equal((await readJson(result)).data[0].output.task_id, 'T')
      assert.equal(submit.status, 200)
      assert.equal(api.gateway.submissions.length, 1)
    })

  it('is refused when it is a form in truth', async () => {
    await using api = await startScnetApi()

    const response = await send(api, '/result', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'task_ids=T',
    })

    assert.equal(response.status, 400)
    assert.equal((await readJson(response)).error.type, 'InvalidParameter')
  })
})

describe('the envelope', () => {
  it('answers unknown paths and wrong methods too', async () => {
    await using api = await startScnetApi()

    const unknown = await api.call('/nothing')
    const wrongMethod = await api.call('/submit')

    assert.equal(unknown.status, 404)
    assert.equal(unknown.body.error.detail_code, 'NOT_FOUND')
    assert.equal(wrongMethod.status, 405)
    assert.equal(wrongMethod.headers.get('allow'), 'POST, OPTIONS')
    assert.equal(wrongMethod.body.code, '405')
  })

  for (const code of ['SERVICE_UNAVAILABLE', 'STORAGE_UNAVAILABLE'] as const)
    it(`answers ${code} with 500`, async () => {
      await using api = await startScnetApi()
      api.gateway.failure = new OcrError(code, 'Cannot reach')

      const { status, body } = await api.call('/result', {
        method: 'POST',
        body: { task_ids: ['550e8400-e29b-41d4-a716-446655440000'] },
      })

      assert.equal(status, 500)
      assert.equal(body.error.type, 'SystemError')
      assert.equal(body.error.message, 'An system error has occurred, please try again later')
      assert.equal(body.error.detail_code, code)
    })

  it('answers a rate limit with 429 and the time to wait', async () => {
    await using api = await startScnetApi()
    api.gateway.failure = new OcrError('RATE_LIMITED', 'Cannot accept', { retryAfterMs: 7_000 })

    const { status, headers, body } = await api.call('/submit', {
      method: 'POST',
      body: { file_url: 'https://files.example.com/a.pdf' },
    })

    assert.equal(status, 429)
    assert.equal(headers.get('retry-after'), '7')
    assert.equal(body.error.type, 'limit_burst_rate')
    assert.equal(body.error.message, 'Burst rate limit exceeded for model DOC_PARING')
  })

  it('tells nothing of a bug', async () => {
    await using api = await startScnetApi()
    api.gateway.failure = new Error('the inside')

    const { status, body } = await api.call('/submit', {
      method: 'POST',
      body: { file_url: 'https://files.example.com/a.pdf' },
    })

    assert.equal(status, 500)
    assert.equal(body.error.type, 'SystemError')
    assert.ok(!JSON.stringify(body).includes('inside'))
  })

  it('refuses compressed bodies', async () => {
    await using api = await startScnetApi()

    const { status, body } = await api.call('/submit', {
      method: 'POST',
      body: {},
      headers: { 'content-encoding': 'gzip' },
    })

    assert.equal(status, 400)
    assert.equal(body.error.type, 'InvalidParameter')
  })
})
