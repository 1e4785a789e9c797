import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailureCode } from '../../../../src/contract/failures.ts'
import {
  failureOfStatus,
  replyOfErrorEvent,
} from '../../../../src/engines/model-server/reply-failure.ts'

const codeOf = (status: number, body: unknown = null): string =>
  failureOfStatus({ status, body, retryAfter: null }).code

describe('failureOfStatus', () => {
  it('has one code for every status, whatever the body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.jsonValue(), (status, body) => {
        const failure = failureOfStatus({ status, body, retryAfter: '5' })
        assert.ok(isFailureCode(failure.code))
        assert.equal(failure.retryAfterMs !== null, failure.code === 'ENGINE_RATE_LIMITED')
      }),
    )
  })

  it('takes the retry class from the status', () => {
    const statuses = [
      301, 400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 425, 429,
    ]
    const more = [499, 500, 501, 502, 503, 504, 520, 524, 529]

    assert.deepEqual(Object.fromEntries([...statuses, ...more].map((one) => [one, codeOf(one)])), {
      301: 'ENGINE_MISCONFIGURED',
      400: 'ENGINE_REJECTED_REQUEST',
      401: 'ENGINE_MISCONFIGURED',
      402: 'ENGINE_MISCONFIGURED',
      403: 'ENGINE_MISCONFIGURED',
      404: 'ENGINE_MISCONFIGURED',
      405: 'ENGINE_MISCONFIGURED',
      408: 'ENGINE_TIMED_OUT',
      409: 'ENGINE_REPLY_BROKEN',
      410: 'ENGINE_MISCONFIGURED',
      413: 'ENGINE_REJECTED_REQUEST',
      415: 'ENGINE_REJECTED_REQUEST',
      418: 'ENGINE_REJECTED_REQUEST',
      422: 'ENGINE_REJECTED_REQUEST',
      425: 'ENGINE_REPLY_BROKEN',
      429: 'ENGINE_RATE_LIMITED',
      499: 'ENGINE_REPLY_BROKEN',
      500: 'ENGINE_REPLY_BROKEN',
      501: 'ENGINE_REPLY_BROKEN',
      502: 'ENGINE_REPLY_BROKEN',
      503: 'ENGINE_RATE_LIMITED',
      504: 'ENGINE_TIMED_OUT',
      520: 'ENGINE_REPLY_BROKEN',
      524: 'ENGINE_TIMED_OUT',
      529: 'ENGINE_RATE_LIMITED',
    })
  })

  it('knows memory that ran out by its words, in a server error only', () => {
    const texts = ['CUDA out of memory.', 'torch.OutOfMemoryError', 'CUDA error: no memory left']

    assert.deepEqual(
      texts.map((text) => [codeOf(500, { error: { message: text } }), codeOf(503, text)]),
      texts.map(() => ['ENGINE_OUT_OF_MEMORY', 'ENGINE_OUT_OF_MEMORY']),
    )
    assert.equal(
      codeOf(400, { error: { message: 'CUDA out of memory.' } }),
      'ENGINE_REJECTED_REQUEST',
    )
  })

  it('knows a model that takes no images, whatever the status', () => {
    const texts = [
      'image input is not supported - hint: you may need to provide the mmproj',
      'The model is not a VLM (Vision Language Model). Please use text-only prompts.',
      'At most 0 image(s) may be provided in one prompt.',
      'this model does not support images',
      "fake-text doesn't support image input.",
      'The model does not support vision, choose another',
    ]

    assert.deepEqual(
      texts.map((message) => codeOf(400, { error: { message } })),
      texts.map(() => 'ENGINE_MISCONFIGURED'),
    )
  })

  it('does not take a limit of images for a model without vision', () => {
    const texts = [
      'This server does not support images larger than 10 MB.',
      'The model does not support images with an alpha channel',
      'We do not support image formats other than PNG',
    ]

    assert.deepEqual(
      texts.map((message) => [400, 500].map((status) => codeOf(status, { error: { message } }))),
      texts.map(() => ['ENGINE_REJECTED_REQUEST', 'ENGINE_REPLY_BROKEN']),
    )
    assert.deepEqual(
      [413, 415, 422, 429].map((status) => codeOf(status, 'The model does not support images.')),
      [...Array<string>(3).fill('ENGINE_REJECTED_REQUEST'), 'ENGINE_RATE_LIMITED'],
    )
  })

  it('reads a body that is nested too deeply to be written down', () => {
    const nested: unknown = JSON.parse('['.repeat(30_000) + ']'.repeat(30_000))

    assert.deepEqual(
      [nested, { error: nested }, { error: { code: 'slow_down', message: nested } }].map((body) =>
        codeOf(500, body),
      ),
      ['ENGINE_REPLY_BROKEN', 'ENGINE_REPLY_BROKEN', 'ENGINE_REPLY_BROKEN'],
    )
  })

  it('says the status and the code of the server, and no word of its message', () => {
    const body = { error: { message: 'secret of the page', code: 'rate_limit_exceeded' } }

    const { message } = failureOfStatus({ status: 429, body, retryAfter: null })

    assert.equal(message, 'Cannot get an answer from the engine: status 429, rate_limit_exceeded')
  })

  it('does not say a code that is none', () => {
    const body = { error: { code: 'secret of the page', type: 'x\ny' } }

    const { message } = failureOfStatus({ status: 400, body, retryAfter: null })

    assert.equal(message, 'Cannot get an answer from the engine: status 400')
  })
})

describe('replyOfErrorEvent', () => {
  it('has the status that the event tells, else that of a server error', () => {
    const events = [
      { code: 400 },
      { code: '503' },
      { code: 'server_is_overloaded' },
      { type: 'Service Unavailable', code: null },
      { code: 200 },
      { message: 'x' },
      'a string',
      null,
      [],
    ]

    assert.deepEqual(
      events.map((event) => replyOfErrorEvent(event).status),
      [400, 503, 429, 429, 500, 500, 500, 500, 500],
    )
  })
})
