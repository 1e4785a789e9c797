import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  jsonInit,
  PNG_BYTES,
  sendHead,
  startAnsweringApi,
} from '../../../../support/deepseek-api.ts'
import { DEEPSEEK_EXAMPLES } from '../../../../support/deepseek-examples.ts'
import { shapeOf } from '../../../../support/py-ocr-examples.ts'
import { readJson } from '../../../../support/read-json.ts'
import { PDF_BYTES, type TestApi } from '../../../../support/test-api.ts'

const TEXT = 'Extracted text content here...'
const BASE64 = PNG_BYTES.toString('base64')

const postJson = (api: TestApi, body: unknown) => api.fetch('/deepseek/ocr-base64', jsonInit(body))

describe('POST /ocr-base64', () => {
  it('answers as documented, with or without a data: prefix', async () => {
    await using api = await startAnsweringApi(TEXT)
    const request = DEEPSEEK_EXAMPLES.base64Request

    const images = [
      BASE64,
      `data:image/png;base64,${BASE64}`,
      `${BASE64.slice(0, 8)}\n${BASE64.slice(8)}`,
    ]
    for (const image of images) {
      const response = await postJson(api, { ...request, image_base64: image })
      const body = await readJson(response)
      assert.equal(response.status, 200, image)
      assert.deepEqual(shapeOf(body), shapeOf(DEEPSEEK_EXAMPLES.base64))
    }

    assert.equal(api.gateway.submissions.length, 3)
    assert.partialDeepStrictEqual(api.gateway.submissions[0], {
      question: { model: 'deepseek', prompt: request.prompt },
      source: { kind: 'upload', upload: { sizeBytes: PNG_BYTES.length, mediaType: 'png' } },
    })
  })

  it('saves nothing when told so, in JSON', async () => {
    await using api = await startAnsweringApi(TEXT)

    const body = await readJson(await postJson(api, { image_base64: BASE64, save_to_file: false }))

    assert.equal(body.output_file, null)
  })

  const undecodable = /^Failed to decode base64 image \/ 解码 base64 图片失败: ./
  const refused: [string, unknown, RegExp][] = [
    ['no image', {}, /^Invalid input \/ 输入无效: image_base64/],
    ['an image of another type', { image_base64: 7 }, /^Invalid input/],
    ['no base64', { image_base64: 'iVBORw0KGgo...' }, undecodable],
    ['cut base64', { image_base64: BASE64.slice(0, -1) }, undecodable],
    ['a PDF', { image_base64: PDF_BYTES.toString('base64') }, undecodable],
    ['a prefix alone', { image_base64: 'data:image/png;base64,' }, undecodable],
    ['a prompt that is none', { image_base64: BASE64, prompt: 1 }, /^Invalid input.*prompt/],
    ['no JSON', '{', /^Invalid input.*not JSON/],
    ['a list', [], /^Invalid input/],
    ['a million parts', `[${'[],'.repeat(1_000_000)}0]`, /^Invalid input.*too many parts/],
  ]
  for (const [what, sent, detail] of refused)
    it(`refuses ${what} with 400 and a text`, async () => {
      await using api = await startAnsweringApi(TEXT)

      const response = await postJson(api, sent)
      const body = await readJson(response)

      assert.equal(response.status, 400)
      assert.match(body.detail, detail)
      assert.equal(api.gateway.submissions.length, 0)
      assert.deepEqual(await readdir(join(api.directory, 'uploads')), [])
    })

  it('refuses what is not sent as JSON, or compressed', async () => {
    await using api = await startAnsweringApi(TEXT)
    const body = JSON.stringify({ image_base64: BASE64 })
    const send = async (headers: Record<string, string>) =>
      (await api.fetch('/deepseek/ocr-base64', { method: 'POST', headers, body })).status

    assert.equal(await send({ 'content-type': 'text/plain' }), 400)
    assert.equal(
      await send({ 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      400,
    )
  })

  it('refuses a body over 64 MB by its declared length, before it is read', async () => {
    await using api = await startAnsweringApi(TEXT)

    const answer = await sendHead(
      api,
      'POST /deepseek/ocr-base64 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 67108865\r\n' +
        'Content-Type: application/json\r\n\r\n',
    )

    assert.match(answer, /^HTTP\/1\.1 400 /)
    assert.match(answer, /File is too large/)
  })
})
