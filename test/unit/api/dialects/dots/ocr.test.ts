import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { sampleDocumentId, sampleStatus } from '../../../../support/document-status.ts'
import {
  answerOf,
  BASE64_REQUEST,
  PAGE_TEXT,
  postOcr,
  startDotsApi,
  submissionOf,
  willEnd,
  willRun,
} from '../../../../support/dots-api.ts'
import { readJson } from '../../../../support/read-json.ts'
import { until } from '../../../../support/until.ts'

const PROMPT_TYPE_ERROR =
  "Invalid prompt_type. Must be one of: ['prompt_layout_all_en', 'prompt_layout_only_en', 'prompt_ocr', 'prompt_grounding_ocr']"

describe('POST /ocr: the order of checks', () => {
  it('1: a model that is not loaded, before the body is looked at', async () => {
    await using api = await startDotsApi({
      gpuStatus: async () => ({ isReady: false, slots: 0, gpu: null }),
    })

    assert.deepEqual(await answerOf(await postOcr(api, '{')), [500, { error: 'Model not loaded' }])
  })

  it('2: no JSON, in every form of it', async () => {
    await using api = await startDotsApi()
    const form = new FormData()
    form.set('image', 'x')
    const requests: RequestInit[] = [
      { body: '' },
      { body: '{' },
      { body: 'null' },
      { body: '"text"' },
      { body: '[]' },
      { body: JSON.stringify(BASE64_REQUEST), headers: { 'content-type': 'text/plain' } },
      { body: form, headers: {} },
      { body: `{"image":${'['.repeat(400_000)}` },
      {
        body: gzipSync(JSON.stringify(BASE64_REQUEST)),
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      },
    ]

    for (const init of requests)
      assert.deepEqual(await answerOf(await postOcr(api, '', init)), [
        400,
        { error: 'No JSON data provided' },
      ])
  })

  it('3: no image', async () => {
    await using api = await startDotsApi()

    for (const image of [undefined, null, ''])
      assert.deepEqual(await answerOf(await postOcr(api, { image, prompt_type: 'x' })), [
        400,
        { error: 'No image data provided' },
      ])
  })

  it('4: a wrong prompt type, with the list as Python prints it', async () => {
    await using api = await startDotsApi()

    for (const prompt_type of ['prompt_web_parsing', '', null, 7, ['prompt_ocr'], '__proto__'])
      assert.deepEqual(
        await answerOf(await postOcr(api, { image: 'x', prompt_type, image_format: 'y' })),
        [400, { error: PROMPT_TYPE_ERROR }],
      )
  })

  it('5: a wrong image format, named in one short line', async () => {
    await using api = await startDotsApi()
    const formats = [
      ['file', 'file'],
      ['a\n\u202eb', 'a__b'],
      ['x'.repeat(1000), 'x'.repeat(40)],
      ['\ud800', '\ufffd'],
      [7, '(number)'],
      [null, '(null)'],
    ] as const

    for (const [image_format, named] of formats)
      assert.deepEqual(await answerOf(await postOcr(api, { image: 7, image_format, top_p: 9 })), [
        400,
        { error: `Unsupported image format: ${named}` },
      ])
  })

  it('7: a wrong field', async () => {
    await using api = await startDotsApi()
    const fields: readonly (readonly [string, object])[] = [
      ['image', { image: 7 }],
      ['image', { image: {} }],
      ['temperature', { temperature: '0.1' }],
      ['temperature', { temperature: -1 }],
      ['temperature', { temperature: 2.1 }],
      ['top_p', { top_p: 0 }],
      ['top_p', { top_p: null }],
      ['max_new_tokens', { max_new_tokens: 1.5 }],
      ['max_new_tokens', { max_new_tokens: 0 }],
      ['max_new_tokens', { max_new_tokens: 1e9 }],
      ['stream', { stream: 'true' }],
      ['raw', { raw: 1 }],
      ['bbox', { bbox: [1, 2, 3] }],
      ['bbox', { bbox: [3, 2, 1, 4] }],
      ['bbox', { bbox: [0.5, 2, 3, 4] }],
      ['bbox', { bbox: '1,2,3,4' }],
    ]

    for (const [field, wrong] of fields) {
      const response = await postOcr(api, { ...BASE64_REQUEST, ...wrong })
      assert.equal(response.status, 400, JSON.stringify(wrong))
      assert.match((await readJson(response)).error, new RegExp(`^Invalid ${field}: `))
    }
  })
})

describe('POST /ocr: what is asked', () => {
  it('has the documented defaults', async () => {
    await using api = await startDotsApi()

    const submission = await submissionOf(api, BASE64_REQUEST)

    assert.partialDeepStrictEqual(submission, {
      dialect: 'dots',
      engine: 'dots',
      dpi: 200,
      pages: [[1, 1]],
      deadlineMs: 900_000,
      idempotencyKey: null,
      question: {
        model: 'dots',
        promptType: 'prompt_layout_all_en',
        temperature: 0.1,
        topP: 1,
        maxTokens: 12_000,
        bbox: null,
        isRaw: false,
      },
    })
    assert.equal(submission.relayUrl, undefined)
  })

  it('passes on what was asked for, and ignores fields that it does not know', async () => {
    await using api = await startDotsApi()

    const { question } = await submissionOf(api, {
      ...BASE64_REQUEST,
      prompt_type: 'prompt_grounding_ocr',
      temperature: 0,
      top_p: 0.5,
      max_new_tokens: 100,
      raw: true,
      bbox: [1, 2, 3, 4],
      seed: 7,
    })

    assert.deepEqual(question, {
      model: 'dots',
      promptType: 'prompt_grounding_ocr',
      temperature: 0,
      topP: 0.5,
      maxTokens: 100,
      bbox: [1, 2, 3, 4],
      isRaw: true,
    })
  })

  it('asks for a region only with the prompt that has one', async () => {
    await using api = await startDotsApi()

    const { question } = await submissionOf(api, { ...BASE64_REQUEST, bbox: [1, 2, 3, 4] })

    assert.partialDeepStrictEqual(question, { bbox: null })
  })

  it('answers exactly the documented keys', async () => {
    await using api = await startDotsApi()
    willEnd(api)

    const response = await postOcr(api, { ...BASE64_REQUEST, prompt_type: 'prompt_ocr' })

    assert.deepEqual(await answerOf(response), [
      200,
      { model: 'dots-ocr', response: PAGE_TEXT, prompt_type: 'prompt_ocr' },
    ])
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.ok(response.headers.get('x-request-id'))
  })
})

describe('POST /ocr: what became of the document', () => {
  it('answers why it failed', async () => {
    await using api = await startDotsApi()
    const failures = [
      ['CORRUPT_IMAGE', 400, 'Image cannot be decoded'],
      ['FETCH_FAILED', 400, 'Image could not be fetched'],
      // A GIF or TIFF with thousands of frames, or with none.
      ['TOO_MANY_PAGES', 400, 'Image has too many frames'],
      ['PAGES_OUT_OF_RANGE', 400, 'Image has no content'],
      ['SUSPECT_OUTPUT', 500, 'Engine answered nonsense'],
    ] as const

    for (const [failureCode, status, error] of failures) {
      willEnd(api, { state: 'failed', failureCode })
      const answer = await answerOf(await postOcr(api, BASE64_REQUEST))
      assert.deepEqual(answer, [status, { error, detail_code: failureCode }])
    }
  })

  it('answers 500 when it was cancelled by somebody else', async () => {
    await using api = await startDotsApi()
    willEnd(api, { state: 'cancelled' })

    assert.deepEqual(await answerOf(await postOcr(api, BASE64_REQUEST)), [
      500,
      { error: 'Document was cancelled', detail_code: 'CANCELLED' },
    ])
  })

  it('answers 500 without the cause when something is broken', async () => {
    await using api = await startDotsApi()
    api.gateway.failure = new Error('a secret in a message')

    assert.deepEqual(await answerOf(await postOcr(api, BASE64_REQUEST)), [
      500,
      { error: 'Internal server error', detail_code: 'INTERNAL_SERVER_ERROR' },
    ])
  })

  it('is cancelled when the client leaves, and its place is free again', async () => {
    await using api = await startDotsApi({ api: { dots: { maxInFlight: 1, pathRoots: [] } } })
    willRun(api)
    const client = new AbortController()
    const request = postOcr(api, BASE64_REQUEST, { signal: client.signal })
    await until(() => api.gateway.submissions.length === 1, 'the request runs')

    client.abort()
    await assert.rejects(request)

    const id = sampleDocumentId()
    await until(() => api.gateway.documents.get(id)?.state === 'cancelling', 'it is cancelled')
    api.gateway.documents.set(id, sampleStatus({ state: 'cancelled' }))
    await until(async () => (await postOcr(api, BASE64_REQUEST)).status === 500, 'a free place')
  })
})
