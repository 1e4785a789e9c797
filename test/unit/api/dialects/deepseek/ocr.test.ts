import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { OcrError } from '../../../../../src/platform/errors.ts'
import {
  imageForm,
  LOADED,
  sendHead,
  startAnsweringApi,
  startDeepseekApi,
} from '../../../../support/deepseek-api.ts'
import { DEEPSEEK_EXAMPLES } from '../../../../support/deepseek-examples.ts'
import { sampleStatus } from '../../../../support/document-status.ts'
import { shapeOf } from '../../../../support/py-ocr-examples.ts'
import { readJson } from '../../../../support/read-json.ts'
import { PDF_BYTES, type TestApi } from '../../../../support/test-api.ts'
import { until } from '../../../../support/until.ts'

const TEXT = 'Extracted text content here...'

/** Sends the head of an upload and no body; resolves when the server has begun to wait for it. */
async function openIdleRequest({ url }: TestApi): Promise<Disposable> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
  socket.write(
    'POST /deepseek/ocr HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n' +
      'Content-Type: multipart/form-data; boundary=b\r\n\r\n',
  )
  const [head] = await once(socket, 'data')
  assert.match(String(head), /^HTTP\/1\.1 100 /)
  return { [Symbol.dispose]: () => socket.destroy() }
}

const post = (api: TestApi, form: FormData, init: RequestInit = {}) =>
  api.fetch('/deepseek/ocr', { method: 'POST', body: form, ...init })

describe('POST /ocr', () => {
  it('answers as documented, and the saved text can be downloaded', async () => {
    await using api = await startAnsweringApi(TEXT)

    const response = await post(api, imageForm())
    const body = await readJson(response)

    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.deepEqual(shapeOf(body), shapeOf(DEEPSEEK_EXAMPLES.ocr))
    assert.deepEqual({ ...body, output_file: '' }, { ...DEEPSEEK_EXAMPLES.ocr, output_file: '' })
    assert.match(body.output_file, /^ocr_result_\d{8}_\d{6}_[0-9a-f]{16}\.txt$/)
    const saved = await api.fetch(`/deepseek/results/${body.output_file}`)
    assert.equal(await saved.text(), TEXT)
  })

  it('asks the model for the first page, with the prompt of the caller', async () => {
    await using api = await startAnsweringApi(TEXT)

    await post(api, imageForm({ prompt: '<image>\\nParse the figure.' }))

    assert.partialDeepStrictEqual(api.gateway.submissions[0], {
      dialect: 'deepseek',
      engine: 'deepseek',
      question: { model: 'deepseek', prompt: '<image>\nParse the figure.' },
      pages: [[1, 1]],
      deadlineMs: 900_000,
    })
  })

  it('reads the newline that a browser sends as CRLF', async () => {
    await using api = await startAnsweringApi(TEXT)

    await post(api, imageForm({ prompt: '<image>\nOCR this image.' }))

    assert.partialDeepStrictEqual(api.gateway.submissions[0], {
      question: { prompt: '<image>\nOCR this image.' },
    })
  })

  it('answers null for the file when nothing was to be saved', async () => {
    await using api = await startAnsweringApi(TEXT)

    const body = await readJson(await post(api, imageForm({ save_to_file: 'False' })))

    assert.equal(body.output_file, null)
    assert.deepEqual((await api.store.list('saved-results/')).blobs, [])
  })

  it('answers an empty text for a page without any', async () => {
    await using api = await startAnsweringApi('')

    assert.equal((await readJson(await post(api, imageForm()))).text, '')
  })

  const nameless = new FormData()
  nameless.set('image', 'text, not a file')
  const refused: [string, FormData, RegExp][] = [
    ['no image', new FormData(), /^Invalid input \/ 输入无效: an image is needed/],
    ['a field in place of an image', nameless, /^Invalid input/],
    ['an empty image', imageForm({}, Buffer.alloc(0)), /^Invalid image \/ 图片无效: File is empty/],
    ['a PDF', imageForm({}, PDF_BYTES), /^Invalid image/],
    ['an executable', imageForm({}, Buffer.from('MZ')), /^Invalid image/],
    ['50 MB and a byte', imageForm({}, Buffer.alloc(52_428_801)), /^Invalid input.*too large/],
    ['a long prompt', imageForm({ prompt: 'x'.repeat(4_097) }), /prompt: expected at most 4096/],
    ['no boolean', imageForm({ save_to_file: 'maybe' }), /save_to_file: expected true or false/],
    ['a side below 512', imageForm({ base_size: '511' }), /base_size: expected 512 to 1280/],
  ]
  for (const [what, form, detail] of refused)
    it(`refuses ${what} with 400 and a text`, async () => {
      await using api = await startAnsweringApi(TEXT)

      const response = await post(api, form)
      const body = await readJson(response)

      assert.equal(response.status, 400)
      assert.match(body.detail, detail)
      assert.equal(api.gateway.submissions.length, 0)
      assert.deepEqual(await readdir(join(api.directory, 'uploads')), [])
    })

  it('takes the fields that no document has, and says in the log that they have no effect', async () => {
    await using api = await startAnsweringApi(TEXT)

    const fields = { base_size: '1024', image_size: '896', crop_mode: 'true' }
    const response = await post(api, imageForm(fields))

    assert.equal(response.status, 200)
    const line = api.logLines.find((one) => one.includes('fields ignored')) ?? ''
    assert.deepEqual(JSON.parse(line).fields, ['base_size', 'image_size', 'crop_mode'])
  })

  it('answers 503 before it reads the body while no model is loaded', async () => {
    await using api = await startDeepseekApi({ gpu: { ...LOADED, isReady: false } })

    const answer = await sendHead(
      api,
      'POST /deepseek/ocr HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n' +
        'Content-Type: multipart/form-data; boundary=b\r\n\r\n',
    )

    assert.match(answer, /^HTTP\/1\.1 503 /)
    assert.match(answer, /Retry-After: 10/)
    assert.match(answer, /\{"detail":"Model not loaded \/ 模型未加载"\}$/)
  })

  it('answers 503 when too many requests wait, and takes them again later', async () => {
    await using api = await startDeepseekApi({
      gpu: { ...LOADED, slots: 1 },
      documents: [sampleStatus()],
    })
    const leaving = new AbortController()
    const waiting = Array.from({ length: 16 }, () =>
      post(api, imageForm(), { signal: leaving.signal }).catch(() => null),
    )
    await until(() => api.gateway.submissions.length === 16, 'all are under way')

    const response = await post(api, imageForm())
    leaving.abort()
    await Promise.all(waiting)
    const last = new AbortController()
    let isAsking = false
    const askOnceMore = async (): Promise<void> => {
      isAsking = true
      await post(api, imageForm(), { signal: last.signal }).catch(() => null)
      isAsking = false
    }

    assert.equal(response.status, 503)
    assert.equal(response.headers.get('retry-after'), '5')
    assert.deepEqual(await readJson(response), {
      detail: 'Server is busy / 服务器繁忙',
      detail_code: 'RATE_LIMITED',
    })
    // One that is taken waits as the others did.
    await until(() => {
      if (!isAsking) void askOnceMore()
      return api.gateway.submissions.length === 17
    }, 'there is room again')
    last.abort()
  })

  it('answers others while 16 connections that send no body are open', async () => {
    await using api = await startDeepseekApi({
      gpu: { ...LOADED, slots: 1 },
      documents: [sampleStatus({ state: 'failed', failureCode: 'CORRUPT_IMAGE' })],
    })
    using idle = new DisposableStack()
    for (let place = 0; place < 16; place++) idle.use(await openIdleRequest(api))

    const response = await post(api, imageForm())

    assert.equal(response.status, 400)
    assert.equal((await readJson(response)).detail_code, 'CORRUPT_IMAGE')
  })

  it('cancels the document when the client leaves', async () => {
    await using api = await startDeepseekApi({ documents: [sampleStatus()] })
    const leaving = new AbortController()

    const request = post(api, imageForm(), { signal: leaving.signal }).catch(() => null)
    await until(() => api.gateway.submissions.length === 1, 'it is under way')
    leaving.abort()
    await request

    await until(
      () => [...api.gateway.documents.values()][0]?.state === 'cancelling',
      'the document is cancelled',
    )
  })

  it('answers 507 with the documented body when the GPU has run out of memory', async () => {
    await using api = await startDeepseekApi({
      documents: [sampleStatus({ state: 'failed', failureCode: 'TOO_COMPLEX' })],
    })

    const response = await post(api, imageForm())

    assert.equal(response.status, 507)
    assert.deepEqual(await readJson(response), {
      ...DEEPSEEK_EXAMPLES.outOfMemory,
      detail_code: 'TOO_COMPLEX',
    })
  })

  it('answers 503 when Temporal or the store is away, 500 for bugs', async () => {
    await using api = await startAnsweringApi(TEXT)
    const failures = [
      new OcrError('SERVICE_UNAVAILABLE', 'inner'),
      new OcrError('STORAGE_UNAVAILABLE', 'inner'),
      new TypeError('inner'),
    ]

    const answers = []
    for (const failure of failures) {
      api.gateway.failure = failure
      const response = await post(api, imageForm())
      const { detail } = await readJson(response)
      answers.push([response.status, response.headers.get('retry-after'), detail])
    }

    assert.deepEqual(answers, [
      [503, '5', 'Service unavailable / 服务不可用'],
      [503, '5', 'Service unavailable / 服务不可用'],
      [500, null, 'OCR failed / OCR 失败: Internal server error'],
    ])
  })
})
