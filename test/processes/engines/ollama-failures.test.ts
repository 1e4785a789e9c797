import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FailureCode } from '../../../src/contract/failures.ts'
import type { OcrEngine } from '../../../src/engines/engine.ts'
import { createOllamaEngine } from '../../../src/engines/ollama.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { drawPage } from '../../support/draw-page.ts'
import { createFakeOllama, type FakeOllama } from '../../support/fakes/fake-ollama.ts'
import {
  chatLine,
  doneLine,
  RUNNER_KILLED_REPLY,
  type OllamaReply,
} from '../../support/fakes/ollama-replies.ts'

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
const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
const BUSY = 'server busy, please try again.  maximum pending requests exceeded'

/** A moment of HTTP in a hundred seconds. */
const LATER = new Date(Date.now() + 100_000).toUTCString()

type Row = readonly [what: string, reply: OllamaReply, code: FailureCode]

const REPLIES: readonly Row[] = [
  // What Ollama says.
  ['a missing model', error(404, "model 'fake' not found"), 'ENGINE_MISCONFIGURED'],
  [
    'a model to pull',
    error(404, 'model "f" not found, try pulling it first'),
    'ENGINE_MISCONFIGURED',
  ],
  ['a model without vision', error(400, '"f" does not support vision'), 'ENGINE_MISCONFIGURED'],
  ['no model', error(400, 'model is required'), 'ENGINE_MISCONFIGURED'],
  ['an invalid model name', error(400, 'invalid model name'), 'ENGINE_MISCONFIGURED'],
  ['an image that newer models cannot decode', error(500, SECRET), 'ENGINE_REPLY_BROKEN'],
  ['a caller that left, as a proxy saw it', error(499, SECRET), 'ENGINE_REPLY_BROKEN'],
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
  ['a runner that was killed on the way', RUNNER_KILLED_REPLY, 'ENGINE_DIED'],
  [
    'a runner that ended of too little memory',
    error(500, 'llama runner process has terminated: cudaMalloc failed: out of memory'),
    'ENGINE_OUT_OF_MEMORY',
  ],
  ['too little memory on the way', errorLine('CUDA error: out of memory'), 'ENGINE_OUT_OF_MEMORY'],
  ['too little memory', error(500, 'CUDA error: out of memory'), 'ENGINE_OUT_OF_MEMORY'],
  ['a cut answer', { kind: 'ok', text: SECRET, reason: 'length' }, 'ENGINE_OUTPUT_TRUNCATED'],
  ['a loop', { kind: 'endless', piece: `${SECRET} again. `, everyMs: 1 }, 'ENGINE_OUTPUT_REPEATS'],
  ['an empty answer', { kind: 'ok', text: '' }, 'ENGINE_OUTPUT_INVALID'],
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
  [
    'an error line that is nested deeply',
    raw('close', `{"error":${nested}}\n`),
    'ENGINE_REPLY_BROKEN',
  ],
  ['an error that is nested deeply', status(500, `{"error":${nested}}`), 'ENGINE_REPLY_BROKEN'],
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

  const busy: readonly [what: string, reply: OllamaReply, least: number | null, most: number][] = [
    ['a full queue, which asks for no wait', error(503, BUSY), null, 0],
    ['a full queue', status(503, { error: BUSY }, { 'retry-after': '7' }), 7_000, 9_000],
    ['too many requests', status(429, SECRET, { 'retry-after': '7' }), 7_000, 9_000],
    [
      'too many requests until a date',
      status(429, SECRET, { 'retry-after': LATER }),
      50_000,
      121_000,
    ],
  ]
  for (const [what, reply, least, most] of busy) {
    it(`waits as long as it is asked to for ${what}`, async () => {
      const thrown = await failure(reply)

      assert.ok(thrown instanceof OcrError, String(thrown))
      assert.equal(thrown.code, 'ENGINE_RATE_LIMITED')
      if (least === null) assert.equal(thrown.retryAfterMs, null)
      else assert.ok(isWithin(thrown.retryAfterMs ?? 0, least, most), String(thrown.retryAfterMs))
    })
  }

  for (let tenth = 1; tenth < 10; tenth++) {
    // All of them fall into a line.
    const cut = wholeReply.slice(0, Math.floor((wholeReply.length * tenth) / 10))
    for (const end of ['close', 'reset'] as const) {
      it(`fails as ENGINE_REPLY_BROKEN for an answer that is cut at ${tenth}/10 by a ${end}`, async () => {
        const thrown = await failure(raw(end, cut))

        assert.ok(thrown instanceof OcrError, String(thrown))
        assert.equal(thrown.code, 'ENGINE_REPLY_BROKEN')
      })
    }
  }

  for (const lines of [1, 2]) {
    it(`takes an answer that ends well after ${lines} lines for a loop, not for a page`, async () => {
      const cut = wholeReply.split('\n', lines).join('\n')

      const thrown = await failure(raw('close', cut))

      assert.ok(thrown instanceof OcrError, String(thrown))
      assert.equal(thrown.code, 'ENGINE_OUTPUT_REPEATS')
    })
  }
})

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most
}
