import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  createChatClient,
  type ChatClient,
} from '../../../../src/engines/model-server/chat-client.ts'
import {
  codeOfEnding,
  endingOf,
  pageRequest,
  serverOf,
  SHORT_LIMITS,
  type Ending,
} from '../../../support/chat-requests.ts'
import { createFakeOpenai } from '../../../support/fakes/fake-openai.ts'
import { streamOf } from '../../../support/fakes/chat-events.ts'
import type { FakeReply } from '../../../support/fakes/fake-reply.ts'
import type { FakeModelServer } from '../../../support/fakes/fake-model-server.ts'
import { until } from '../../../support/until.ts'

const never = new AbortController().signal
/** Stands in every body below, and must not stand in any message. */
const SECRET = 'body-of-the-server'

const raw = (body: string | Uint8Array, headers: Record<string, string> = {}): FakeReply => ({
  kind: 'raw',
  body,
  headers,
})
const chunk = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`
const event = (body: unknown, text?: string): FakeReply => ({
  kind: 'error-event',
  error: body,
  ...(text === undefined ? {} : { text }),
})

/** All but the last byte of a text whose last character has three. */
function halfOfCharacter(text: string): Buffer {
  return Buffer.from(text).subarray(0, -1)
}
const DEEP = '['.repeat(20_000) + ']'.repeat(20_000)

/** Answers with status 200 that are no answers. */
const ENVELOPE_ROWS: readonly (readonly [string, FakeReply, string])[] = [
  ['HTML', raw(`<html>${SECRET}</html>`, { 'content-type': 'text/html' }), 'ENGINE_REPLY_BROKEN'],
  ['nothing', raw(''), 'ENGINE_REPLY_BROKEN'],
  ['no content: 204', { kind: 'status', status: 204 }, 'ENGINE_REPLY_BROKEN'],
  ['only [DONE]', raw('data: [DONE]\n\n'), 'ENGINE_REPLY_BROKEN'],
  ['null', raw('data: null\n\n'), 'ENGINE_REPLY_BROKEN'],
  ['an array', raw('data: []\n\n'), 'ENGINE_REPLY_BROKEN'],
  ['a number', raw('data: 5\n\n'), 'ENGINE_REPLY_BROKEN'],
  ['choices of another type', raw('data: {"choices":{"0":1}}\n\n'), 'ENGINE_REPLY_BROKEN'],
  [
    'content of another type',
    raw('data: {"choices":[{"delta":{"content":{"a":1}}}]}\n\n'),
    'ENGINE_REPLY_BROKEN',
  ],
  [
    'an unasked shape',
    raw(`data: {"code":50000,"message":"${SECRET}","data":null}\n\n`),
    'ENGINE_REPLY_BROKEN',
  ],
  ['no finish reason', raw(`${chunk('text')}data: [DONE]\n\n`), 'ENGINE_REPLY_BROKEN'],
  ['an unknown finish reason', raw(chunk('text', 'abort')), 'ENGINE_REPLY_BROKEN'],
  ['a tool call', raw(chunk('', 'tool_calls')), 'ENGINE_OUTPUT_INVALID'],
  ['not UTF-8', raw(Buffer.from(chunk('caf\u{e9}', 'stop'), 'latin1')), 'ENGINE_REPLY_BROKEN'],
  [
    'cut within a character',
    raw(halfOfCharacter(`${chunk('text', 'stop')}: 页`)),
    'ENGINE_REPLY_BROKEN',
  ],
  [
    'compressed',
    raw(gzipSync(chunk('text', 'stop')), { 'content-encoding': 'gzip' }),
    'ENGINE_REPLY_BROKEN',
  ],
  ['a line that is too long', raw(chunk('x'.repeat(1_100_000), 'stop')), 'ENGINE_REPLY_BROKEN'],
  [
    'an event that is too long',
    raw(`data: ${'x'.repeat(999)}\n`.repeat(1_100)),
    'ENGINE_REPLY_BROKEN',
  ],
  ['too many lines', raw(':\n'.repeat(1_100_000) + chunk('text', 'stop')), 'ENGINE_REPLY_BROKEN'],
  ['nested too deeply', raw(`data: {"choices":${DEEP}}\n\n`), 'ENGINE_REPLY_BROKEN'],
  ['an error event, nested too deeply', raw(`data: {"error":${DEEP}}\n\n`), 'ENGINE_REPLY_BROKEN'],
  [
    'an error event by its name',
    raw(`event: error\ndata: {"code":429}\n\n`),
    'ENGINE_RATE_LIMITED',
  ],
  [
    'a compressed bomb',
    raw(gzipSync('x'.repeat(50_000_000)), { 'content-encoding': 'gzip' }),
    'ENGINE_REPLY_BROKEN',
  ],
  ['an error event', event({ message: SECRET, code: 500 }), 'ENGINE_REPLY_BROKEN'],
  [
    'an error event after text',
    event({ message: SECRET, code: 500 }, 'half'),
    'ENGINE_REPLY_BROKEN',
  ],
  ['an error event: bad field', event({ message: SECRET, code: 400 }), 'ENGINE_REJECTED_REQUEST'],
  [
    'an error event: busy',
    event({ message: SECRET, code: 'server_is_overloaded' }),
    'ENGINE_RATE_LIMITED',
  ],
  [
    'an error event: quota',
    event({ message: SECRET, type: 'insufficient_quota' }),
    'ENGINE_MISCONFIGURED',
  ],
  [
    'an error event: out of memory',
    event({ message: 'CUDA out of memory', code: 500 }),
    'ENGINE_OUT_OF_MEMORY',
  ],
  ['an error event: a string', event(SECRET), 'ENGINE_REPLY_BROKEN'],
]

describe('createChatClient with a server that fails', () => {
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
  for (const [name, reply, expected] of ENVELOPE_ROWS) {
    it(`asks once and fails as ${expected}: ${name}`, async () => {
      const { ending, count } = await askOnce(reply)

      assert.equal(codeOfEnding(ending), expected)
      assert.equal(count, 1)
      assert.ok(!JSON.stringify(ending).includes(SECRET))
    })
  }

  it('never takes a stream that was cut for a text, wherever it was cut', async () => {
    const text = '| a | b |\n|---|---|\n'.repeat(4)
    const { wholeAt } = streamOf(text)
    for (let tenth = 0; tenth < 10; tenth++) {
      const afterBytes = Math.floor((tenth * wholeAt) / 10)
      for (const how of ['reset', 'end'] as const) {
        const { ending } = await askOnce({ kind: 'cut', text, afterBytes, how })
        const code = codeOfEnding(ending)
        // A reset may overtake the headers.
        const isExpected =
          code === 'ENGINE_REPLY_BROKEN' || (how === 'reset' && code === 'ENGINE_UNREACHABLE')
        assert.ok(isExpected, `${how} after ${afterBytes} bytes: ${code}`)
      }
    }
  })

  for (const [name, piece] of [
    ['carriage returns', '\r'],
    ['line ends', '\n'],
    ['comments', ':\n\n'],
    ['events without a choice', 'data:{"choices":[]}\n\n'],
  ] as const) {
    it(`does not burn the processor for eight megabytes of ${name}`, async () => {
      const before = process.cpuUsage()

      const { ending } = await askOnce(raw(piece.repeat(8_000_000 / piece.length)))

      assert.equal(codeOfEnding(ending), 'ENGINE_REPLY_BROKEN')
      // Of the fake, too. With the reader of the client library it were 15 s for the first.
      assert.ok(process.cpuUsage(before).user < 12_000_000)
    })
  }

  it('reads no more than 64 KB of a failed answer, and closes the connection', async () => {
    const start = fake.requests.length
    const fields = Array.from({ length: 400_000 }, (_, number) => `"key-${number}":1`).join(',')
    const before = process.cpuUsage()

    const { ending } = await askOnce({ kind: 'status', status: 500, body: `{${fields}}` })

    assert.equal(codeOfEnding(ending), 'ENGINE_REPLY_BROKEN')
    await until(() => fake.requests[start]?.aborted === true, 'the connection is closed')
    assert.ok(process.cpuUsage(before).user < 6_000_000)
  })

  it('goes on working after all of that', async () => {
    const reply = await client.ask(pageRequest(), { signal: never })

    assert.equal(reply.text, 'Fake text.')
    assert.deepEqual(fake.problems, [])
  })
})

describe('createChatClient with a server that is late', () => {
  const LATE_ROWS: readonly (readonly [string, FakeReply])[] = [
    ['sends no headers', { kind: 'hang', at: 'headers' }],
    ['sends headers only', { kind: 'hang', at: 'body' }],
    ['stops in the middle', { kind: 'hang', at: 'body', text: 'half' }],
    [
      'sends a byte now and then, until the page has taken too long',
      { kind: 'raw', body: chunk('text', 'stop'), byteEveryMs: 100 },
    ],
  ]

  for (const [name, reply] of LATE_ROWS) {
    it(`fails as ENGINE_TIMED_OUT and closes the connection: ${name}`, async () => {
      await using fake = await createFakeOpenai({ reply })
      await using client = createChatClient(serverOf(fake), { limits: SHORT_LIMITS })
      const start = performance.now()

      const ending = await endingOf(client.ask(pageRequest(), { signal: never }))

      assert.equal(codeOfEnding(ending), 'ENGINE_TIMED_OUT')
      assert.equal(fake.requests.length, 1)
      assert.ok(performance.now() - start < 60_000)
    })
  }
})

describe('createChatClient without a server', () => {
  it('fails as ENGINE_UNREACHABLE where nobody listens, and where the name is unknown', async () => {
    const fake = await createFakeOpenai()
    await fake[Symbol.asyncDispose]()

    for (const baseUrl of [fake.chatUrl, 'http://model-server.invalid/v1']) {
      await using client = createChatClient(serverOf(fake, { baseUrl }))
      const ending = await endingOf(client.ask(pageRequest(), { signal: never }))
      assert.equal(codeOfEnding(ending), 'ENGINE_UNREACHABLE')
    }
  })

  it('fails as ENGINE_MISCONFIGURED where no TLS is spoken', async () => {
    await using fake = await createFakeOpenai()
    const baseUrl = fake.chatUrl.replace('http:', 'https:')
    await using client = createChatClient(serverOf(fake, { baseUrl }))

    const ending = await endingOf(client.ask(pageRequest(), { signal: never }))

    assert.equal(codeOfEnding(ending), 'ENGINE_MISCONFIGURED')
  })
})
