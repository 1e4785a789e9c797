import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import {
  createChatClient,
  requireWhole,
  type ChatClient,
} from '../../../../src/engines/model-server/chat-client.ts'
import { isAbortError } from '../../../../src/platform/errors.ts'
import { Secret } from '../../../../src/platform/secret.ts'
import {
  codeOfEnding,
  endingOf,
  fieldsOf,
  pageRequest,
  serverOf,
} from '../../../support/chat-requests.ts'
import { createFakeOpenai } from '../../../support/fakes/fake-openai.ts'
import { textReply } from '../../../support/fakes/fake-reply.ts'
import type { FakeModelServer } from '../../../support/fakes/fake-model-server.ts'
import { until } from '../../../support/until.ts'

const KEY = 'sk-test-1'
const never = new AbortController().signal

describe('createChatClient', () => {
  let fake: FakeModelServer
  let client: ChatClient

  before(async () => {
    fake = await createFakeOpenai({ apiKey: KEY, models: ['fake-vision', 'fake-text'] })
    client = createChatClient(serverOf(fake, { apiKey: new Secret(KEY) }))
  })
  after(async () => {
    await client[Symbol.asyncDispose]()
    await fake[Symbol.asyncDispose]()
  })
  beforeEach(() => fake.setDefault(textReply('Fake text.')))

  it('returns the whole text with the usage, whatever the characters', async () => {
    const text = '第一行 «a» 🀄 Zeile zwei\n\n| a | b |\n'
    fake.script(textReply(text, { pieceLength: 3 }))
    const counts: number[] = []

    const reply = await client.ask(pageRequest(), {
      signal: never,
      onTokens: (tokens) => counts.push(tokens),
    })

    assert.deepEqual(reply, {
      text,
      finish: 'stop',
      usage: { promptTokens: 100, completionTokens: 11 },
    })
    assert.equal(requireWhole(reply), text)
    assert.ok(counts.length > 2)
    assert.deepEqual(fake.problems, [])
  })

  it('sends the image first, the fields at the top, and nothing of this machine', async () => {
    const before = fake.requests.length

    await client.ask(pageRequest({ temperature: 0, vllm_xargs: { ngram_size: 30 } }), {
      signal: never,
      requestId: 'doc-1-page-2',
    })

    const sent = fake.requests[before]
    assert.deepEqual(fieldsOf(sent), {
      model: 'fake-vision',
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 1_000,
      temperature: 0,
      vllm_xargs: { ngram_size: 30 },
    })
    assert.deepEqual(Object.keys(sent?.headers ?? {}).toSorted(), [
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'x-client-request-id',
    ])
    assert.equal(sent?.headers['accept-encoding'], 'identity')
    assert.equal(sent?.headers['x-client-request-id'], 'doc-1-page-2')
  })

  it('returns an empty text as it is', async () => {
    fake.script(textReply(''))

    const reply = await client.ask(pageRequest(), { signal: never })

    assert.deepEqual([reply.text, reply.finish], ['', 'stop'])
  })

  it('tells an answer that ran out of tokens from a whole one', async () => {
    fake.script(textReply('half of the', { finish: 'length' }))

    const reply = await client.ask(pageRequest(), { signal: never })

    assert.equal(reply.finish, 'length')
    const ending = await endingOf((async () => requireWhole(reply))())
    assert.equal(codeOfEnding(ending), 'ENGINE_OUTPUT_TRUNCATED')
    assert.ok('usage' in ending && ending.usage?.promptTokens === 100)
  })

  it('stops reading when the model repeats itself, and cuts the loop off', async () => {
    const start = fake.requests.length
    const row = 'the same sentence once more, and then again; '
    fake.script({ kind: 'endless', piece: row })

    const reply = await client.ask(pageRequest({ max_tokens: 1_000_000 }), { signal: never })

    assert.equal(reply.finish, 'repetition')
    assert.ok(reply.text.length < 4 * row.length, `${reply.text.length} characters are left`)
    await until(() => fake.requests[start]?.aborted === true, 'the connection is closed')
  })

  it('takes a repetition that the server stopped for one', async () => {
    fake.script(textReply('abc', { finish: 'repetition' }))

    const reply = await client.ask(pageRequest(), { signal: never })

    assert.equal(reply.finish, 'repetition')
    const ending = await endingOf((async () => requireWhole(reply))())
    assert.equal(codeOfEnding(ending), 'ENGINE_OUTPUT_REPEATS')
  })

  it('fails as ENGINE_REFUSED with the usage on content_filter and on a refusal', async () => {
    const refusals = [
      textReply('Some', { finish: 'content_filter' }),
      textReply('', { refusal: 'I cannot help with that.' }),
    ]

    for (const refusal of refusals) {
      fake.script(refusal)
      const ending = await endingOf(client.ask(pageRequest(), { signal: never }))
      assert.equal(codeOfEnding(ending), 'ENGINE_REFUSED')
      assert.ok('usage' in ending && ending.usage !== null)
    }
  })

  it('throws an abort error and closes the connection when the signal fires in mid-stream', async () => {
    const start = fake.requests.length
    fake.script(textReply('slow '.repeat(1_000), { pieceLength: 5, delayMs: 5 }))
    const controller = new AbortController()

    const ending = await endingOf(
      client.ask(pageRequest(), {
        signal: controller.signal,
        onTokens: (tokens) => tokens > 3 && controller.abort(),
      }),
    )

    assert.ok('error' in ending && isAbortError(ending.error), codeOfEnding(ending))
    await until(() => fake.requests[start]?.aborted === true, 'the connection is closed')
  })

  it('throws an abort error while it waits for the headers, and asks nothing when it comes too late', async () => {
    const start = fake.requests.length
    fake.script({ kind: 'hang', at: 'headers' })
    const controller = new AbortController()
    const asked = endingOf(client.ask(pageRequest(), { signal: controller.signal }))
    await until(() => fake.requests.length > start, 'the request has arrived')

    controller.abort()
    const ending = await asked
    const late = await endingOf(client.ask(pageRequest(), { signal: controller.signal }))

    assert.ok('error' in ending && isAbortError(ending.error), codeOfEnding(ending))
    assert.ok('error' in late && isAbortError(late.error))
    assert.equal(fake.requests.length, start + 1)
    await until(() => fake.requests[start]?.aborted === true, 'the connection is closed')
  })

  it('fails as ENGINE_MISCONFIGURED with a wrong key, without saying it', async () => {
    await using other = createChatClient(serverOf(fake, { apiKey: new Secret('sk-wrong') }))

    const asked = await endingOf(other.ask(pageRequest(), { signal: never }))

    assert.equal(codeOfEnding(asked), 'ENGINE_MISCONFIGURED')
    assert.ok(!JSON.stringify(asked).includes('sk-'))
  })

  it('answers many requests at once, each with its own text', async () => {
    fake.setDefault((body) =>
      textReply(`seed ${String(seedOf(body))}`, { pieceLength: 1, delayMs: 1 }),
    )
    const numbers = Array.from({ length: 40 }, (_, number) => number)

    const replies = await Promise.all(
      numbers.map((number) => client.ask(pageRequest({ seed: number }), { signal: never })),
    )

    assert.deepEqual(
      replies.map(({ text }) => text),
      numbers.map((number) => `seed ${number}`),
    )
  })
})

function seedOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'seed' in body ? body.seed : null
}

describe('a parameter that the server refuses', () => {
  it('is left out once and for all, at the price of one request', async () => {
    await using fake = await createFakeOpenai({ refuses: ['temperature', 'stream_options'] })
    await using client = createChatClient(serverOf(fake))

    const first = await client.ask(pageRequest({ temperature: 0.1 }), { signal: never })
    const asked = fake.requests.length
    const second = await client.ask(pageRequest({ temperature: 0.1 }), { signal: never })

    assert.deepEqual([first.text, second.text], ['Fake text.', 'Fake text.'])
    assert.equal(first.usage, null)
    assert.equal(asked, 3)
    assert.equal(fake.requests.length, 4)
  })

  it('goes under its other name when it is the token limit', async () => {
    await using fake = await createFakeOpenai({ refuses: ['max_tokens'] })
    await using client = createChatClient(serverOf(fake))

    await client.ask(pageRequest({ max_tokens: 77 }), { signal: never })

    const last = fake.requests.at(-1)?.body
    assert.equal(fake.requests.length, 2)
    assert.ok(typeof last === 'object' && last !== null)
    assert.ok(!('max_tokens' in last))
    assert.ok('max_completion_tokens' in last && last.max_completion_tokens === 77)
  })

  it('does not make a server that refuses everything be asked for ever', async () => {
    await using fake = await createFakeOpenai()
    fake.setDefault({
      kind: 'status',
      status: 400,
      body: {
        error: 'unsupported: temperature, max_tokens, max_completion_tokens, stream_options',
      },
    })
    await using client = createChatClient(serverOf(fake))

    const ending = await endingOf(client.ask(pageRequest({ temperature: 0 }), { signal: never }))

    assert.equal(codeOfEnding(ending), 'ENGINE_REJECTED_REQUEST')
    // temperature, stream_options, max_tokens and the other name of that.
    assert.equal(fake.requests.length, 5)
  })

  it('is not dropped when only its value is wrong', async () => {
    await using fake = await createFakeOpenai()
    fake.script({
      kind: 'status',
      status: 400,
      body: { error: { message: 'max_tokens=9000 cannot be greater than max_model_len=8192' } },
    })
    await using client = createChatClient(serverOf(fake))

    const ending = await endingOf(client.ask(pageRequest(), { signal: never }))

    assert.equal(codeOfEnding(ending), 'ENGINE_REJECTED_REQUEST')
    assert.equal(fake.requests.length, 1)
  })
})
