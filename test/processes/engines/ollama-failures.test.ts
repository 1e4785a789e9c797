import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FailureCode } from '../../../src/contract/failures.ts'
import type { OcrEngine } from '../../../src/engines/engine.ts'
import { createOllamaEngine } from '../../../src/engines/ollama.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { drawPage } from '../../support/draw-page.ts'
import { createFakeOllama, type FakeOllama } from '../../support/fakes/fake-ollama.ts'
import { chatLine, doneLine, type OllamaReply } from '../../support/fakes/ollama-replies.ts'

/** Stands in every reply that has a text: no error may quote it. */
const SECRET = 'Reply of the server'
const page = drawPage([{ text: 'Some text', xPx: 60, yPx: 120, sizePx: 40 }])

const error = (status: number, text: string): OllamaReply => ({
  kind: 'status',
  status,
  body: { error: text },
})
const errorLine = (text: unknown): OllamaReply => ({
  kind: 'error-line',
  text: `${SECRET} goes on until`,
  error: text,
})
const raw = (end: 'close' | 'reset', ...chunks: readonly (string | Uint8Array)[]): OllamaReply => ({
  kind: 'raw',
  chunks,
  end,
})
const status = (code: number, body: string | object, headers = {}): OllamaReply => ({
  kind: 'status',
  status: code,
  body,
  headers,
})

const wholeReply = `${chatLine(SECRET)}${chatLine(' and more')}${doneLine()}`

const REPLIES: readonly [what: string, reply: OllamaReply, code: FailureCode][] = [
  // What Ollama says.
  ['a missing model', error(404, "model 'fake' not found"), 'ENGINE_MISCONFIGURED'],
  [
    'a model to pull',
    error(404, 'model "f" not found, try pulling it first'),
    'ENGINE_MISCONFIGURED',
  ],
  ['a model without vision', error(400, '"f" does not support vision'), 'ENGINE_MISCONFIGURED'],
  ['no model', error(400, 'model is required'), 'ENGINE_MISCONFIGURED'],
  [
    'a wrong option',
    error(500, 'option "num_ctx" must be of type integer'),
    'ENGINE_MISCONFIGURED',
  ],
  ['a refused host name', status(403, ''), 'ENGINE_MISCONFIGURED'],
  ['bad base64', error(400, 'illegal base64 data at input byte 4'), 'ENGINE_REJECTED_REQUEST'],
  [
    'a page longer than the context',
    error(400, 'the input length exceeds the context length'),
    'ENGINE_REJECTED_REQUEST',
  ],
  [
    'a full queue',
    error(503, 'server busy, please try again.  maximum pending requests exceeded'),
    'ENGINE_RATE_LIMITED',
  ],
  [
    'its repetition abort as an error',
    error(500, 'prediction aborted, token repeat limit reached'),
    'ENGINE_OUTPUT_REPEATS',
  ],
  [
    'its repetition abort as a false success',
    { kind: 'never-done', text: `${SECRET} . . . . . . . .` },
    'ENGINE_OUTPUT_REPEATS',
  ],
  [
    'a runner that stopped',
    error(500, 'model runner has unexpectedly stopped, this may be due to resource limitations'),
    'ENGINE_DIED',
  ],
  [
    'a runner that stopped on the way',
    errorLine('model runner has unexpectedly stopped'),
    'ENGINE_DIED',
  ],
  ['too little memory', error(500, 'CUDA error: out of memory'), 'ENGINE_OUT_OF_MEMORY'],
  ['a cut answer', { kind: 'ok', text: SECRET, reason: 'length' }, 'ENGINE_OUTPUT_TRUNCATED'],
  ['a loop', { kind: 'endless', piece: `${SECRET} again. `, everyMs: 1 }, 'ENGINE_OUTPUT_REPEATS'],
  ['an empty answer', { kind: 'ok', text: '' }, 'ENGINE_REPLY_BROKEN'],
  ['a refusal', { kind: 'ok', text: 'I’m sorry, I can’t assist with that.' }, 'SUSPECT_OUTPUT'],
  ['JSON that is cut', { kind: 'ok', text: '{"content": "cut' }, 'ENGINE_OUTPUT_INVALID'],
  // What comes of proxies, crashes and other programs.
  ['an empty 200', raw('close'), 'ENGINE_REPLY_BROKEN'],
  ['null', status(200, 'null'), 'ENGINE_REPLY_BROKEN'],
  ['a list', status(200, '[]'), 'ENGINE_REPLY_BROKEN'],
  ['a number', status(200, '42'), 'ENGINE_REPLY_BROKEN'],
  ['HTML', status(200, `<html><body>${SECRET}</body></html>`), 'ENGINE_REPLY_BROKEN'],
  ['plain text', status(200, SECRET), 'ENGINE_REPLY_BROKEN'],
  [
    'another API',
    status(200, { choices: [{ message: { content: SECRET } }] }),
    'ENGINE_REPLY_BROKEN',
  ],
  ['another shape', raw('close', `{"response":"${SECRET}","done":true}\n`), 'ENGINE_REPLY_BROKEN'],
  ['an unknown error line', errorLine(SECRET), 'ENGINE_REPLY_BROKEN'],
  ['an error line that is an object', errorLine({ message: SECRET }), 'ENGINE_REPLY_BROKEN'],
  ['done without a reason', { kind: 'ok', text: SECRET, reason: null }, 'ENGINE_REPLY_BROKEN'],
  ['done for another reason', { kind: 'ok', text: SECRET, reason: 'load' }, 'ENGINE_REPLY_BROKEN'],
  ['half a line', raw('close', chatLine(SECRET), '{"message":{"con'), 'ENGINE_REPLY_BROKEN'],
  ['half a line, then a reset', raw('reset', chatLine(SECRET), '{"mess'), 'ENGINE_REPLY_BROKEN'],
  ['a reset after a line', raw('reset', chatLine(SECRET)), 'ENGINE_REPLY_BROKEN'],
  ['a reset before the answer', raw('reset'), 'ENGINE_UNREACHABLE'],
  [
    'invalid UTF-8',
    raw('close', chatLine(SECRET), Buffer.from([0xff, 0xfe, 0x0a]), doneLine()),
    'ENGINE_REPLY_BROKEN',
  ],
  ['event streams', raw('close', `data: ${chatLine(SECRET)}\n`), 'ENGINE_REPLY_BROKEN'],
  [
    'a stack trace with the prompt',
    status(500, `panic: ${SECRET}\n  at main.go:1`),
    'ENGINE_REPLY_BROKEN',
  ],
  ['a bad gateway', status(502, `<html>${SECRET}</html>`), 'ENGINE_REPLY_BROKEN'],
  ['a gateway that waited', status(504, SECRET), 'ENGINE_TIMED_OUT'],
  ['too many requests', status(429, SECRET, { 'retry-after': '7' }), 'ENGINE_RATE_LIMITED'],
  ['a redirect', status(302, '', { location: '/elsewhere' }), 'ENGINE_MISCONFIGURED'],
  ['a wrong key', status(401, SECRET), 'ENGINE_MISCONFIGURED'],
  ['no content', status(204, ''), 'ENGINE_MISCONFIGURED'],
]

describe('createOllamaEngine, replies that are no page', () => {
  let fake: FakeOllama
  let engine: OcrEngine
  before(async () => {
    fake = await createFakeOllama()
    const model = { model: 'fake-vision', numCtx: 8_192, numPredict: 4_096, keepAlive: '5m' }
    engine = createOllamaEngine({ baseUrl: fake.url, ...model })
  })
  after(async () => {
    await engine[Symbol.asyncDispose]()
    await fake[Symbol.asyncDispose]()
  })

  const failure = async (reply: OllamaReply): Promise<unknown> => {
    fake.script(reply)
    const signal = AbortSignal.timeout(30_000)
    return engine.recognize(page, { languages: null, signal }).then(
      () => null,
      (thrown: unknown) => thrown,
    )
  }

  for (const [what, reply, code] of REPLIES) {
    it(`fails as ${code} for ${what}, after one request, quoting nothing`, async () => {
      const seen = fake.chats.length

      const thrown = await failure(reply)

      assert.ok(thrown instanceof OcrError, String(thrown))
      assert.equal(thrown.code, code)
      assert.equal(fake.chats.length, seen + 1)
      assert.doesNotMatch(`${thrown.message} ${thrown.publicDetail}`, new RegExp(SECRET))
    })
  }

  it('gives no page for an answer that is cut at any tenth of it', async () => {
    for (let tenth = 0; tenth < 10; tenth++) {
      const cut = wholeReply.slice(0, Math.floor((wholeReply.length * tenth) / 10))
      for (const end of ['close', 'reset'] as const) {
        const thrown = await failure(raw(end, cut))

        assert.ok(thrown instanceof OcrError, `cut at ${tenth}/10, then ${end}`)
      }
    }
  })
})
