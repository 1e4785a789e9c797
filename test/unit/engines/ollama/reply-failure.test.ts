import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FailureCode } from '../../../../src/contract/failures.ts'
import { failureOfOllama } from '../../../../src/engines/ollama/reply-failure.ts'

const BUSY = 'server busy, please try again.  maximum pending requests exceeded'

describe('failureOfOllama', () => {
  const rows: readonly [status: number, error: string, code: FailureCode][] = [
    [400, 'illegal base64 data at input byte 4', 'ENGINE_REJECTED_REQUEST'],
    [400, 'model is required', 'ENGINE_MISCONFIGURED'],
    [400, '"qwen3-vl" does not support vision', 'ENGINE_MISCONFIGURED'],
    [400, 'the input length exceeds the context length', 'ENGINE_REJECTED_REQUEST'],
    [404, "model 'fake' not found", 'ENGINE_MISCONFIGURED'],
    [404, 'model "fake" not found, try pulling it first', 'ENGINE_MISCONFIGURED'],
    [500, 'prediction aborted, token repeat limit reached', 'ENGINE_OUTPUT_REPEATS'],
    [500, 'option "num_ctx" must be of type integer', 'ENGINE_MISCONFIGURED'],
    [500, 'model runner has unexpectedly stopped, this may be due to …', 'ENGINE_DIED'],
    [500, 'llama runner process has terminated: signal: killed', 'ENGINE_DIED'],
    [500, 'model requires more system memory (9 GiB) than is available', 'ENGINE_MISCONFIGURED'],
    [500, 'CUDA error: out of memory', 'ENGINE_OUT_OF_MEMORY'],
    [
      500,
      'llama runner process has terminated: cudaMalloc failed: out of memory',
      'ENGINE_OUT_OF_MEMORY',
    ],
    [
      500,
      'llama runner process has terminated: CUDA error: an illegal memory access was encountered',
      'ENGINE_DIED',
    ],
    [200, 'an error was encountered while running the model: unexpected EOF', 'ENGINE_DIED'],
    [200, 'an error was encountered while running the model: EOF', 'ENGINE_DIED'],
    [
      200,
      'an error was encountered while running the model: CUDA error: out of memory',
      'ENGINE_OUT_OF_MEMORY',
    ],
    [
      200,
      'error reading llm response: read tcp 127.0.0.1:1: read: connection reset by peer',
      'ENGINE_DIED',
    ],
    [400, 'this model does not support images', 'ENGINE_MISCONFIGURED'],
    [400, 'it does not support images larger than 4096 pixels', 'ENGINE_REJECTED_REQUEST'],
    [400, 'invalid model name', 'ENGINE_MISCONFIGURED'],
    [499, 'context canceled', 'ENGINE_REPLY_BROKEN'],
    [500, 'something else', 'ENGINE_REPLY_BROKEN'],
    [502, '', 'ENGINE_REPLY_BROKEN'],
    [503, BUSY, 'ENGINE_RATE_LIMITED'],
    [504, '', 'ENGINE_TIMED_OUT'],
    [200, 'model runner has unexpectedly stopped', 'ENGINE_DIED'],
    [200, 'prediction aborted, token repeat limit reached', 'ENGINE_OUTPUT_REPEATS'],
    [200, 'something else', 'ENGINE_REPLY_BROKEN'],
  ]
  for (const [status, error, code] of rows) {
    it(`is ${code} for ${status} ${error.slice(0, 40)}`, () => {
      assert.equal(failureOfOllama({ status, body: { error }, retryAfter: null }).code, code)
    })
  }

  it('explains OLLAMA_HOST where a host name is refused with an empty body', () => {
    const failure = failureOfOllama({ status: 403, body: '', retryAfter: null })

    assert.equal(failure.code, 'ENGINE_MISCONFIGURED')
    assert.match(failure.publicDetail ?? '', /OLLAMA_HOST.*OCR_OLLAMA_URL/)
  })

  it('names the setting where the path is unknown', () => {
    const failure = failureOfOllama({ status: 404, body: '404 page not found', retryAfter: null })

    assert.equal(failure.code, 'ENGINE_MISCONFIGURED')
    assert.match(failure.publicDetail ?? '', /OCR_OLLAMA_URL/)
  })

  it('waits as long as a busy server asks for, or names no time', () => {
    const busy = (retryAfter: string | null) =>
      failureOfOllama({ status: 503, body: { error: BUSY }, retryAfter })

    assert.ok((busy('7').retryAfterMs ?? 0) >= 7_000)
    assert.equal(busy(null).retryAfterMs, null)
  })

  it('survives an error that is nested a hundred thousand times', () => {
    const error: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)

    for (const body of [error, { error }, { error: { message: error } }]) {
      const failure = failureOfOllama({ status: 200, body, retryAfter: null })

      assert.equal(failure.code, 'ENGINE_REPLY_BROKEN')
    }
  })

  it('looks at a megabyte of an error for a second of CPU at most', () => {
    const before = process.cpuUsage()

    failureOfOllama({
      status: 200,
      body: { error: 'CUDA error '.repeat(95_000) },
      retryAfter: null,
    })

    assert.ok(process.cpuUsage(before).user < 5_000_000)
  })

  it('keeps what the server wrote out of its message', () => {
    for (const status of [200, 400, 404, 500, 503]) {
      for (const body of [
        'page text',
        { error: 'page text' },
        { error: { message: 'page text' } },
      ]) {
        const failure = failureOfOllama({ status, body, retryAfter: null })

        assert.doesNotMatch(`${failure.message} ${failure.publicDetail}`, /page text/)
      }
    }
  })
})
