import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FailureCode } from '../../../src/contract/failures.ts'
import type { OcrEngine } from '../../../src/engines/engine.ts'
import { createLlmEngine } from '../../../src/engines/llm.ts'
import { endingOf, type Ending } from '../../support/chat-requests.ts'
import { drawPage } from '../../support/draw-page.ts'
import type { FakeModelServer } from '../../support/fakes/fake-model-server.ts'
import { createFakeOpenai, SILICONFLOW_NO_MODEL_REPLY } from '../../support/fakes/fake-openai.ts'
import type { FakeReply } from '../../support/fakes/fake-reply.ts'

const page = drawPage([{ text: 'Some text', xPx: 60, yPx: 120, sizePx: 40 }])

/** SiliconFlow's shape of an error, which is not OpenAI's. */
const failed = (
  status: number,
  [code, message]: readonly [code: number, message: string],
  headers: Readonly<Record<string, string>> = {},
): FakeReply => ({ kind: 'status', status, body: { code, message, data: null }, headers })

const ROWS: readonly (readonly [what: string, reply: FakeReply, code: FailureCode])[] = [
  [
    'a parameter that is wrong',
    failed(400, [20015, 'The parameter is invalid. Please check again.']),
    'ENGINE_REJECTED_REQUEST',
  ],
  ['a model that is not there', SILICONFLOW_NO_MODEL_REPLY, 'ENGINE_MISCONFIGURED'],
  [
    'a model without vision',
    failed(400, [
      20041,
      'The model is not a VLM (Vision Language Model). Please use text-only prompts.',
    ]),
    'ENGINE_MISCONFIGURED',
  ],
  [
    'a wrong key, as a plain string',
    { kind: 'status', status: 401, body: '"Invalid token"' },
    'ENGINE_MISCONFIGURED',
  ],
  [
    'an empty account',
    failed(403, [30001, 'Sorry, your account balance is insufficient']),
    'ENGINE_MISCONFIGURED',
  ],
  [
    'an account without a real name',
    failed(403, [30003, 'Please complete the real-name verification first']),
    'ENGINE_MISCONFIGURED',
  ],
  [
    'too many requests a minute',
    failed(429, [50603, 'Request was rejected due to rate limiting. Details: RPM limit reached.']),
    'ENGINE_RATE_LIMITED',
  ],
  [
    'too many tokens a minute',
    failed(429, [50604, 'Request was rejected due to rate limiting. Details: TPM limit reached.']),
    'ENGINE_RATE_LIMITED',
  ],
  [
    'an overload',
    failed(503, [50505, 'Model service overloaded. Please try again later.']),
    'ENGINE_RATE_LIMITED',
  ],
  [
    'an overload, as a late answer',
    failed(504, [50505, 'Model service overloaded. Please try again later.']),
    'ENGINE_TIMED_OUT',
  ],
  ['what nobody knows', failed(500, [50000, 'Unknown error']), 'ENGINE_REPLY_BROKEN'],
]

describe('createLlmEngine with SiliconFlow', () => {
  let fake: FakeModelServer
  let engine: OcrEngine
  before(async () => {
    fake = await createFakeOpenai()
    engine = createLlmEngine({
      server: { baseUrl: fake.url, apiKey: null, model: 'fake-vision' },
      maxTokens: 8_192,
      temperature: 0,
      tokenLimitParameter: 'max_tokens',
    })
  })
  after(async () => {
    await engine[Symbol.asyncDispose]()
    await fake[Symbol.asyncDispose]()
    assert.deepEqual(fake.problems, [])
  })

  async function read(reply: FakeReply): Promise<{ ending: Ending<unknown>; requests: number }> {
    const seen = fake.requests.length
    fake.script(reply)
    const signal = AbortSignal.timeout(30_000)
    const ending = await endingOf(engine.recognize(page, { languages: null, signal }))
    return { ending, requests: fake.requests.length - seen }
  }

  for (const [what, reply, code] of ROWS) {
    it(`fails as ${code} for ${what}, after one request, without a wait that nobody asked for`, async () => {
      const { ending, requests } = await read(reply)

      assert.ok('code' in ending)
      assert.deepEqual([ending.code, ending.retryAfterMs, requests], [code, null, 1])
    })
  }

  it('waits as long as it is asked to, where it is asked', async () => {
    const reply = failed(429, [50603, 'RPM limit reached'], { 'retry-after': '30' })

    const { ending } = await read(reply)

    const waitMs = 'retryAfterMs' in ending ? (ending.retryAfterMs ?? 0) : 0
    assert.ok(waitMs >= 30_000 && waitMs <= 36_000, `${waitMs}`)
  })
})
