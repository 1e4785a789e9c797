import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { compatApp } from '../../../../support/compat-app.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { PY_OCR_EXAMPLES, shapeOf } from '../../../../support/py-ocr-examples.ts'
import { readJson } from '../../../../support/read-json.ts'
import { fileForm, PDF_BYTES, startTestApi, type TestApi } from '../../../../support/test-api.ts'

const ID = sampleDocumentId()
const PNG_BYTES = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

function upload(api: TestApi, body: FormData, headers: Record<string, string> = {}) {
  return api.fetch('/api/upload', { method: 'POST', body, headers })
}

describe('POST /api/llm/upload and /api/ocr/upload', () => {
  const kinds = [
    {
      path: '/llm',
      example: PY_OCR_EXAMPLES[2].uploaded,
      // "每个任务最大处理时间: 5 分钟", "PDF 页数: 最大 50 页".
      submission: { engine: 'llm', maxPages: 50, deadlineMs: 300_000, route: 'py-ocr/llm/upload' },
    },
    {
      path: '/ocr',
      example: PY_OCR_EXAMPLES[8].uploaded,
      submission: { engine: 'ollama', maxPages: 100, deadlineMs: null, route: 'py-ocr/ocr/upload' },
    },
  ] as const
  for (const { path, example, submission } of kinds)
    it(`${path} answers with its message and submits within its limits`, async () => {
      await using api = await startTestApi()

      const init = { method: 'POST', body: fileForm() }
      const response = await api.fetch(`/api${path}/upload?ocr_type=ocr`, init)

      assert.equal(response.status, 200)
      assert.deepEqual(await readJson(response), { ...example, task_id: ID })
      assert.equal(response.headers.get('location'), `/api${path}/status/${ID}`)
      assert.partialDeepStrictEqual(api.gateway.submissions[0], {
        ...submission,
        dialect: 'py-ocr',
        maxImageSidePx: 4_096,
        textStyle: 'py-ocr',
      })
    })
})

describe('POST /api/upload', () => {
  it('answers as documented, and in headers where and when to look', async () => {
    await using api = await startTestApi()

    const response = await upload(api, fileForm(), { 'idempotency-key': 'k1' })
    const body = await readJson(response)

    assert.equal(response.status, 200)
    assert.deepEqual(shapeOf(body), shapeOf(PY_OCR_EXAMPLES[1].uploaded))
    assert.deepEqual(body, { ...PY_OCR_EXAMPLES[1].uploaded, task_id: ID })
    assert.equal(response.headers.get('location'), `/api/status/${ID}`)
    assert.equal(response.headers.get('retry-after'), '5')
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.partialDeepStrictEqual(api.gateway.submissions[0], {
      dialect: 'py-ocr',
      engine: 'paddle',
      languages: ['zh', 'en'],
      maxPages: 100,
      deadlineMs: null,
      route: 'py-ocr/upload',
      maxImageSidePx: 4_096,
      textStyle: 'py-ocr',
      idempotencyKey: 'k1',
    })
  })

  it('is served under its prefix and on its own port as well', async () => {
    await using api = await startTestApi()
    await using port5000 = await startTestApi({ createApp: compatApp(5000) })

    const init = { method: 'POST', body: fileForm() }
    const prefixed = await api.fetch('/pyocr/api/upload', init)
    const own = await upload(port5000, fileForm())

    assert.deepEqual([prefixed.status, own.status], [200, 200])
    assert.equal(prefixed.headers.get('location'), `/pyocr/api/status/${ID}`)
  })

  const { noFile, wrongType, tooLarge } = PY_OCR_EXAMPLES[1]
  const big = (sizeBytes: number): Buffer =>
    Buffer.concat([PDF_BYTES, Buffer.alloc(sizeBytes - PDF_BYTES.length)])
  const nameless = new FormData()
  nameless.set('file', 'text, not a file')
  const refused: [string, FormData, unknown][] = [
    ['no file', new FormData(), noFile],
    ['a field in place of a file', nameless, noFile],
    ['an empty file', fileForm(Buffer.alloc(0)), { ...noFile, detail_code: 'EMPTY_FILE' }],
    ['an executable called .pdf', fileForm(Buffer.from('MZ'), { name: 'a.pdf' }), wrongType],
    ['a GIF', fileForm(Buffer.from('GIF89a\u0001\u0000\u0001\u0000')), wrongType],
    ['10,485,761 bytes', fileForm(big(10_485_761)), tooLarge],
  ]
  for (const [what, form, expected] of refused)
    it(`refuses ${what} with 400, as documented`, async () => {
      await using api = await startTestApi()

      const response = await upload(api, form)

      assert.equal(response.status, 400)
      assert.deepEqual(await readJson(response), expected)
      assert.equal(api.gateway.submissions.length, 0)
    })

  it('takes 10,485,760 bytes, Chinese names and a PNG that is called .pdf', async () => {
    await using api = await startTestApi()

    const statuses = [
      (await upload(api, fileForm(big(10_485_760)))).status,
      (await upload(api, fileForm(PNG_BYTES, { name: '发票.pdf' }))).status,
    ]

    assert.deepEqual(statuses, [200, 200])
  })

  it('holds the documented rule for names only when told to', async () => {
    await using api = await startTestApi({
      api: { pyOcr: { strictFileNames: true, downscale: true } },
    })

    const chinese = await upload(api, fileForm())
    const plain = await upload(api, fileForm(PDF_BYTES, { name: 'scan_2024-03.pdf' }))

    assert.equal(chinese.status, 400)
    assert.partialDeepStrictEqual(await readJson(chinese), {
      code: 'INVALID_FILE_NAME',
      detail_code: 'INVALID_FILE_NAME',
    })
    assert.equal(plain.status, 200)
    assert.equal(api.gateway.submissions[0]?.maxImageSidePx, null)
  })

  it('answers 503 when Temporal or the store is away, 422 for a reused key, 500 for bugs', async () => {
    await using api = await startTestApi()
    const failures = [
      new OcrError('SERVICE_UNAVAILABLE', 'inner'),
      new OcrError('STORAGE_UNAVAILABLE', 'inner'),
      new OcrError('IDEMPOTENCY_KEY_REUSED', 'inner'),
      new TypeError('inner'),
    ]

    const answers = []
    for (const failure of failures) {
      api.gateway.failure = failure
      const response = await upload(api, fileForm())
      answers.push([response.status, response.headers.get('retry-after'), await readJson(response)])
    }

    const unavailable = { error: '服务暂时不可用', code: 'SERVICE_UNAVAILABLE' }
    const reused = { error: '幂等键已用于其他请求', code: 'IDEMPOTENCY_KEY_REUSED' }
    assert.deepEqual(answers, [
      [503, '5', unavailable],
      [503, '5', { ...unavailable, detail_code: 'STORAGE_UNAVAILABLE' }],
      [422, null, reused],
      [500, null, PY_OCR_EXAMPLES[1].innerError],
    ])
  })

  it('refuses a declared length over the limit before reading, and cuts off an endless body', async () => {
    await using api = await startTestApi()
    const head =
      'POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n'
    const part =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n'

    const declared = await sendEndlessly(api, `${head}Content-Length: 10000000000\r\n\r\n`, '')
    const endless = await sendEndlessly(
      api,
      `${head}Transfer-Encoding: chunked\r\n\r\n${part.length.toString(16)}\r\n${part}\r\n`,
      `10000\r\n${'x'.repeat(65_536)}\r\n`,
    )

    for (const { answer } of [declared, endless]) {
      assert.match(answer, /^HTTP\/1\.1 400 /)
      assert.deepEqual(JSON.parse(answer.split('\r\n\r\n')[1] ?? ''), tooLarge)
    }
    assert.equal(declared.sentBytes, 0)
    assert.deepEqual(await readdir(`${api.directory}/uploads`), [])
  })
})

/** Sends `chunk` again and again until the server closes the connection. */
async function sendEndlessly(
  api: TestApi,
  head: string,
  chunk: string,
): Promise<{ answer: string; sentBytes: number }> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
  let answer = ''
  let sentBytes = 0
  let isClosed = false
  socket.on('error', () => {}).on('data', (data) => (answer += String(data)))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  void closed.then(() => (isClosed = true))
  socket.write(head)
  while (chunk !== '' && !isClosed && socket.writable) {
    sentBytes += chunk.length
    if (socket.write(chunk)) continue
    const drained = new Promise<void>((resolve) => socket.once('drain', () => resolve()))
    await Promise.race([drained, closed])
  }
  await closed
  return { answer, sentBytes }
}
