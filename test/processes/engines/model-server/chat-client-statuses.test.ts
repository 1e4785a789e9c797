import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  createChatClient,
  type ChatClient,
} from '../../../../src/engines/model-server/chat-client.ts'
import {
  codeOfEnding,
  endingOf,
  pageRequest,
  serverOf,
  type Ending,
} from '../../../support/chat-requests.ts'
import {
  createFakeOpenai,
  QUOTA_REPLY,
  SILICONFLOW_NO_MODEL_REPLY,
} from '../../../support/fakes/fake-openai.ts'
import {
  busyReply,
  CONTEXT_TOO_LONG_REPLY,
  OUT_OF_MEMORY_REPLY,
  UNDECODABLE_IMAGE_REPLY,
  type FakeReply,
} from '../../../support/fakes/fake-reply.ts'
import type { FakeModelServer } from '../../../support/fakes/fake-model-server.ts'

const never = new AbortController().signal
/** Stands in every body below, and must not stand in any message. */
const SECRET = 'body-of-the-server'

const status = (code: number, body?: unknown, headers?: Record<string, string>): FakeReply => ({
  kind: 'status',
  status: code,
  body,
  ...(headers === undefined ? {} : { headers }),
})
const error = (code: number, fields: Record<string, unknown> = {}): FakeReply =>
  status(code, { error: { message: SECRET, ...fields } })

/** The retry classes by the answer of the server; each is asked once. */
const STATUS_ROWS: readonly (readonly [string, FakeReply, string])[] = [
  ['busy', error(429), 'ENGINE_RATE_LIMITED'],
  ['busy: OpenAI overloaded', error(503, { code: 'server_is_overloaded' }), 'ENGINE_RATE_LIMITED'],
  [
    'busy: vLLM bound',
    error(503, { type: 'Service Unavailable', code: 503 }),
    'ENGINE_RATE_LIMITED',
  ],
  ['busy: 503 that says nothing', status(503), 'ENGINE_RATE_LIMITED'],
  ['reset before a byte', { kind: 'reset' }, 'ENGINE_UNREACHABLE'],
  ['image undecodable', UNDECODABLE_IMAGE_REPLY, 'ENGINE_REJECTED_REQUEST'],
  ['closed by a proxy: 499', status(499), 'ENGINE_REPLY_BROKEN'],
  [
    'stack trace with the prompt',
    status(500, `Traceback (most recent call last): ${SECRET}`),
    'ENGINE_REPLY_BROKEN',
  ],
  ['quota', QUOTA_REPLY, 'ENGINE_MISCONFIGURED'],
  ['quota: code', error(429, { code: 'credit_balance_exhausted' }), 'ENGINE_MISCONFIGURED'],
  ['timeout', error(408), 'ENGINE_TIMED_OUT'],
  ['gateway timeout as HTML', status(504, `<html>${SECRET}</html>`), 'ENGINE_TIMED_OUT'],
  ['conflict', error(409), 'ENGINE_REPLY_BROKEN'],
  ['server error', error(500), 'ENGINE_REPLY_BROKEN'],
  ['bad gateway, empty', status(502), 'ENGINE_REPLY_BROKEN'],
  ['out of memory', OUT_OF_MEMORY_REPLY, 'ENGINE_OUT_OF_MEMORY'],
  [
    'out of memory as detail',
    status(500, { detail: 'torch.OutOfMemoryError' }),
    'ENGINE_OUT_OF_MEMORY',
  ],
  [
    'Ollama repeats',
    status(500, { error: 'prediction aborted, token repeat limit reached' }),
    'ENGINE_OUTPUT_REPEATS',
  ],
  ['bad request', error(400), 'ENGINE_REJECTED_REQUEST'],
  [
    'out of memory in the prompt',
    status(400, { error: 'CUDA out of memory' }),
    'ENGINE_REJECTED_REQUEST',
  ],
  ['context too long', CONTEXT_TOO_LONG_REPLY, 'ENGINE_REJECTED_REQUEST'],
  ['too large', status(413, `<html>${SECRET}</html>`), 'ENGINE_REJECTED_REQUEST'],
  ['media type', error(415), 'ENGINE_REJECTED_REQUEST'],
  [
    'unprocessable',
    status(422, { detail: [{ loc: ['body'], msg: SECRET }] }),
    'ENGINE_REJECTED_REQUEST',
  ],
  ['no key, as a string', status(401, { error: 'Unauthorized' }), 'ENGINE_MISCONFIGURED'],
  ['forbidden, empty', status(403, ''), 'ENGINE_MISCONFIGURED'],
  ['no such model', error(404, { type: 'NotFoundError', code: 404 }), 'ENGINE_MISCONFIGURED'],
  ['no such route', status(404, { detail: 'Not Found' }), 'ENGINE_MISCONFIGURED'],
  ['no such model at SiliconFlow', SILICONFLOW_NO_MODEL_REPLY, 'ENGINE_MISCONFIGURED'],
  ['SiliconFlow, plain string', status(401, JSON.stringify(SECRET)), 'ENGINE_MISCONFIGURED'],
  [
    'no vision',
    status(500, { error: { message: 'image input is not supported' } }),
    'ENGINE_MISCONFIGURED',
  ],
  ['redirect', status(307, '', { location: 'http://127.0.0.1:1/v1' }), 'ENGINE_MISCONFIGURED'],
  ['a status that nobody knows', status(999, SECRET), 'ENGINE_REPLY_BROKEN'],
]

describe('createChatClient with an answer that is no success', () => {
  let fake: FakeModelServer
  let client: ChatClient

  before(async () => {
    fake = await createFakeOpenai()
    client = createChatClient(serverOf(fake))
  })
  after(async () => {
    await client[Symbol.asyncDispose]()
    await fake[Symbol.asyncDispose]()
  })

  async function askOnce(reply: FakeReply): Promise<{ ending: Ending<unknown>; count: number }> {
    const start = fake.requests.length
    fake.script(reply)
    const ending = await endingOf(client.ask(pageRequest(), { signal: never }))
    return { ending, count: fake.requests.length - start }
  }

  // The table is the specification.
  for (const [name, reply, expected] of STATUS_ROWS) {
    it(`asks once and fails as ${expected}: ${name}`, async () => {
      const { ending, count } = await askOnce(reply)

      assert.equal(codeOfEnding(ending), expected)
      // Nobody asks to wait here: Temporal's own pause is meant.
      assert.ok('retryAfterMs' in ending && ending.retryAfterMs === null)
      assert.equal(count, 1)
      assert.ok(!JSON.stringify(ending).includes(SECRET))
    })
  }

  it('hands on what Retry-After asks for, and nothing where it asks for nothing', async () => {
    const waits = []
    for (const header of [
      '7',
      new Date(Date.now() + 60_000).toUTCString(),
      null,
      '1e9',
      '1000000000',
    ]) {
      const { ending } = await askOnce(busyReply(header))
      waits.push('retryAfterMs' in ending ? ending.retryAfterMs : 'no failure')
    }

    const [seconds, date, none, unreadable, endless] = waits
    assert.ok(typeof seconds === 'number' && seconds >= 7_000 && seconds <= 8_400, `${seconds}`)
    assert.ok(typeof date === 'number' && date > 30_000 && date <= 72_000, `${date}`)
    assert.deepEqual([none, unreadable, endless], [null, null, 300_000])
  })
})
