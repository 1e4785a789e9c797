import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FailureCode } from '../../../src/contract/failures.ts'
import type { OcrEngine } from '../../../src/engines/engine.ts'
import { createLlmEngine } from '../../../src/engines/llm.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { drawPage } from '../../support/draw-page.ts'
import type { FakeModelServer } from '../../support/fakes/fake-model-server.ts'
import {
  createFakeOpenai,
  QUOTA_REPLY,
  SILICONFLOW_NO_MODEL_REPLY,
} from '../../support/fakes/fake-openai.ts'
import {
  busyReply,
  CONTEXT_TOO_LONG_REPLY,
  OUT_OF_MEMORY_REPLY,
  textReply,
  UNDECODABLE_IMAGE_REPLY,
  type FakeReply,
} from '../../support/fakes/fake-reply.ts'

/** Stands in every reply that has a text: no error may quote it. */
const SECRET = 'Reply of the server'
const page = drawPage([{ text: 'Some text', xPx: 60, yPx: 120, sizePx: 40 }])

describe('createLlmEngine, replies that are no page', () => {
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

  const replies: readonly [what: string, reply: FakeReply, code: FailureCode][] = [
    ['a refusal', textReply('I’m sorry, I can’t assist with that.'), 'SUSPECT_OUTPUT'],
    ['an apology in Chinese', textReply('抱歉，我无法识别这张图片。'), 'SUSPECT_OUTPUT'],
    ['denied text', textReply('[no text]'), 'SUSPECT_OUTPUT'],
    ['a content filter', textReply(SECRET, { finish: 'content_filter' }), 'ENGINE_REFUSED'],
    ['a refusal field', textReply('', { refusal: SECRET }), 'ENGINE_REFUSED'],
    ['an empty answer', textReply(''), 'ENGINE_OUTPUT_INVALID'],
    ['a cut answer', textReply(SECRET, { finish: 'length' }), 'ENGINE_OUTPUT_TRUNCATED'],
    ['an end without a reason', textReply(SECRET, { finish: null }), 'ENGINE_REPLY_BROKEN'],
    ['a loop', { kind: 'endless', piece: `${SECRET} again. ` }, 'ENGINE_OUTPUT_REPEATS'],
    ['null as text', textReply('null'), 'ENGINE_OUTPUT_INVALID'],
    ['JSON that is cut', textReply('{"content": "cut'), 'ENGINE_OUTPUT_INVALID'],
    ['HTML as text', textReply('<!doctype html><html></html>'), 'ENGINE_OUTPUT_INVALID'],
    ['an account without credit', QUOTA_REPLY, 'ENGINE_MISCONFIGURED'],
    ['a model that is not there', SILICONFLOW_NO_MODEL_REPLY, 'ENGINE_MISCONFIGURED'],
    ['a context too long', CONTEXT_TOO_LONG_REPLY, 'ENGINE_REJECTED_REQUEST'],
    ['too little memory', OUT_OF_MEMORY_REPLY, 'ENGINE_OUT_OF_MEMORY'],
    ['too many requests', busyReply(), 'ENGINE_RATE_LIMITED'],
    ['an image that it cannot decode', UNDECODABLE_IMAGE_REPLY, 'ENGINE_REJECTED_REQUEST'],
    ['a reset before a byte', { kind: 'reset' }, 'ENGINE_UNREACHABLE'],
    ['an overload', busyReply(null, 503), 'ENGINE_RATE_LIMITED'],
    ['a text as error', { kind: 'status', status: 400, body: SECRET }, 'ENGINE_REJECTED_REQUEST'],
    ['HTML', { kind: 'raw', body: `<html>${SECRET}</html>` }, 'ENGINE_REPLY_BROKEN'],
    ['an empty 200', { kind: 'raw', body: '' }, 'ENGINE_REPLY_BROKEN'],
    ['an event that is null', { kind: 'raw', body: 'data: null\n\n' }, 'ENGINE_REPLY_BROKEN'],
    ['an event that is a list', { kind: 'raw', body: 'data: []\n\n' }, 'ENGINE_REPLY_BROKEN'],
    ['half an event', { kind: 'raw', body: 'data: {"choi' }, 'ENGINE_REPLY_BROKEN'],
    ['invalid UTF-8', { kind: 'raw', body: Buffer.from([0xff, 0xfe]) }, 'ENGINE_REPLY_BROKEN'],
    [
      'a reset on the way',
      { kind: 'cut', text: SECRET, afterBytes: 400, how: 'reset' },
      'ENGINE_REPLY_BROKEN',
    ],
    [
      'an end on the way',
      { kind: 'cut', text: SECRET, afterBytes: 400, how: 'end' },
      'ENGINE_REPLY_BROKEN',
    ],
    [
      'an error event',
      { kind: 'error-event', error: { message: SECRET, code: 500 }, text: SECRET },
      'ENGINE_REPLY_BROKEN',
    ],
    [
      'a stack trace with the prompt',
      { kind: 'status', status: 500, body: `panic: ${SECRET}` },
      'ENGINE_REPLY_BROKEN',
    ],
  ]
  for (const [what, reply, code] of replies) {
    it(`fails as ${code} for ${what}, after one request, quoting nothing`, async () => {
      const seen = fake.requests.length
      fake.script(reply)

      const thrown: unknown = await engine
        .recognize(page, { languages: null, signal: AbortSignal.timeout(30_000) })
        .then(
          () => null,
          (error: unknown) => error,
        )

      assert.ok(thrown instanceof OcrError, String(thrown))
      assert.equal(thrown.code, code)
      assert.equal(fake.requests.length, seen + 1)
      assert.doesNotMatch(`${thrown.message} ${thrown.publicDetail}`, new RegExp(SECRET))
    })
  }
})
