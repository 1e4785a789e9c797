import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { answerOf, linesOf, postOcr } from '../support/dots-api.ts'
import { DOTS_EXAMPLES as documented, DOTS_SAMPLES as samples } from '../support/dots-examples.ts'
import { dotsPage, questionsTo } from '../support/dots-fixtures.ts'
import type { FakeModelServer } from '../support/fakes/fake-model-server.ts'
import { textReply } from '../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../support/fakes/fake-vllm.ts'
import { assertIsExample, shapeOf } from '../support/py-ocr-examples.ts'
import { readJson } from '../support/read-json.ts'
import { serve } from '../support/serve.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { PDF_BYTES } from '../support/test-api.ts'
import { until } from '../support/until.ts'

const PAGE = await dotsPage()
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/
/** Boxes go to the model's pixels and back. */
const BOX_TOLERANCE_PX = 2

describe('dots: the examples of its document with everything behind them', () => {
  let fake: FakeModelServer
  let stack: Stack
  let images: string
  let imagePath: string
  const resources = new AsyncDisposableStack()
  const dots = { fetch: (path: string, init?: RequestInit) => fetch(`${stack.url}${path}`, init) }
  const ask = (fields: object): Promise<Response> => postOcr(dots, fields)
  const base64 = { image: Buffer.from(PAGE.png).toString('base64'), image_format: 'base64' }

  before(async () => {
    const { path: root } = resources.use(await mkdtempDisposable(join(tmpdir(), 'dots-')))
    imagePath = join(root, 'image.png')
    await writeFile(imagePath, PAGE.png)
    const server = resources.use(
      await serve(({ url }, res) => {
        if (url === '/image.jpg') res.end(PAGE.png)
        else if (url === '/login') res.setHeader('content-type', 'image/png').end('<html>')
        else res.writeHead(404).end('a secret in a body')
      }),
    )
    images = server.url
    fake = resources.use(await createFakeVllm({ model: 'dots' }))
    stack = resources.use(
      await startStack({
        stubDelayMs: null,
        env: {
          OCR_DOTS_URL: fake.url,
          OCR_GPU_SLOTS: '2',
          DOTS_PATH_ROOTS: root,
          OCR_ALLOWED_URL_HOSTS: `127.0.0.1:${server.port}`,
        },
      }),
    )
    await until(
      async () => (await readJson(await dots.fetch('/dots/health'))).model_loaded === true,
      'the model is loaded',
      60_000,
    )
  })
  afterEach(() => assert.deepEqual(fake.problems, []))
  after(() => resources.disposeAsync())

  const lastAsked = (): Readonly<Record<string, unknown>> => {
    const asked = questionsTo(fake).at(-1)
    assert.ok(asked)
    return asked.fields
  }

  it('GET /health', async () => {
    const [status, body] = await answerOf(await dots.fetch('/dots/health'))

    assert.equal(status, 200)
    assertIsExample(body, documented.health)
  })

  it('curl: 使用文件路径进行OCR', async () => {
    const [status, body] = await answerOf(await ask({ image: imagePath, ...samples.curlPath }))

    assert.equal(status, 200)
    assertIsExample(body, documented.answer, ['response'])
  })

  it('path格式, without image_format', async () => {
    const [status, body] = await answerOf(await ask({ image: imagePath }))

    assert.equal(status, 200)
    assertIsExample(body, documented.answer, ['response'])
  })

  it('url格式', async () => {
    const image = `${images}/image.jpg`
    const [status, body] = await answerOf(await ask({ ...documented.url, image }))

    assert.equal(status, 200)
    assertIsExample(body, documented.answer, ['response'])
  })

  it('curl: 使用Base64图像进行OCR', async () => {
    const [status, body] = await answerOf(await ask({ ...base64, ...samples.curlBase64 }))

    assert.equal(status, 200)
    assert.deepEqual(body, {
      ...documented.answer,
      response: 'Fake text of the page.',
      prompt_type: 'prompt_ocr',
    })
  })

  it('请求体: every documented parameter reaches the model', async () => {
    const [status] = await answerOf(await ask({ ...documented.request, ...base64, top_p: 0.9 }))

    assert.equal(status, 200)
    assert.partialDeepStrictEqual(lastAsked(), {
      temperature: 0.1,
      top_p: 0.9,
      max_completion_tokens: 12_000,
    })
  })

  it('Python: the sample, at the root of the main port', async () => {
    const response = await postOcr(dots, { image: imagePath, ...samples.python }, { prefix: '' })

    const [status, body] = await answerOf(response)
    assert.equal(status, 200)
    assertIsExample(body, documented.answer, ['response'])
  })

  it('gives boxes in pixels of the submitted image, and the raw text to who asks for it', async () => {
    const cooked = await readJson(await ask(base64))
    const raw = await readJson(await ask({ ...base64, raw: true }))

    const boxOf = ({ response }: { response: string }): number[] => JSON.parse(response)[0].bbox
    // The fake's title takes 10 to 90 % of the width and 5 to 10 % of the height.
    const expected = [0.1 * 400, 0.05 * 610, 0.9 * 400, 0.1 * 610]
    for (const [side, pixel] of boxOf(cooked).entries())
      assert.ok(Math.abs(pixel - (expected[side] ?? 0)) <= BOX_TOLERANCE_PX, String(boxOf(cooked)))
    assert.notDeepEqual(boxOf(raw), boxOf(cooked))
  })

  it('prompt_grounding_ocr, with the additive region', async () => {
    const fields = { ...base64, prompt_type: 'prompt_grounding_ocr', bbox: [40, 30, 360, 60] }
    const { response } = await readJson(await ask(fields))

    assert.equal(typeof response, 'string')
    assert.match(questionsTo(fake).at(-1)?.text ?? '', /Bounding Box:\n\[\d+, \d+, \d+, \d+\]$/)
  })

  it('curl: 流式响应', async () => {
    const response = await ask({ image: imagePath, ...samples.curlStream })

    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/x-ndjson')
    const lines = await Array.fromAsync(linesOf(response))
    const [part, , last] = documented.stream
    for (const line of lines) {
      assert.match(String(line['created_at']), TIME)
      assert.deepEqual(shapeOf(line), shapeOf(part))
    }
    assertIsExample(lines.at(-1), last, ['created_at'])
    const text = lines.map((line) => String(line['response'])).join('')
    assert.equal(JSON.parse(text)[0].category, 'Title')
    assert.ok(lines.length > 3, 'it came in pieces')
  })

  it('sends the first line long before the model has finished', async () => {
    const { promise: endsAfter, resolve: finish } = Promise.withResolvers<void>()
    const text = '一二三四五六七八九十'.repeat(4)
    fake.script(textReply(text, { pieceLength: 4, delayMs: 200, endsAfter }))
    const count = fake.requests.length
    const lines = linesOf(await ask({ ...base64, prompt_type: 'prompt_ocr', stream: true }))

    const first = await lines.next()

    const request = fake.requests[count]
    assert.equal(request?.endedAtMs, null, 'the model still writes')
    finish()
    const rest = await Array.fromAsync(lines)
    const told = [first.value, ...rest].map((line) => String(line?.['response'])).join('')
    assert.equal(told, text)
    assert.equal(rest.at(-1)?.['done'], true)
  })

  for (const stream of [false, true])
    it(`ends the model's request soon after the client has left (stream: ${stream})`, async () => {
      fake.script(textReply('一'.repeat(3000), { pieceLength: 10, delayMs: 100 }))
      const count = fake.requests.length
      const client = new AbortController()
      const fields = { ...base64, prompt_type: 'prompt_ocr', stream }
      const answer = postOcr(dots, fields, { signal: client.signal })
      await until(() => fake.requests.length > count, 'the model is asked')
      if (stream) await linesOf(await answer).next()

      client.abort()
      const leftAtMs = Date.now()
      await answer.catch(() => undefined)

      const request = fake.requests[count]
      await until(() => request?.aborted === true, 'the request was given up')
      const afterMs = (request?.endedAtMs ?? Infinity) - leftAtMs
      // Two seconds, and what a busy machine may take; by itself it would end after 30 s.
      assert.ok(afterMs <= 10_000, `${afterMs} ms`)
    })

  it('缺少图像数据', async () => {
    assert.deepEqual(await answerOf(await ask({ image_format: 'base64' })), [
      400,
      documented.noImage,
    ])
  })

  it('无效的提示类型', async () => {
    assert.deepEqual(await answerOf(await ask({ ...base64, prompt_type: 'prompt' })), [
      400,
      documented.wrongPromptType,
    ])
  })

  it('服务器繁忙', async () => {
    const { promise: endsAfter, resolve: finish } = Promise.withResolvers<void>()
    const slow = textReply('一'.repeat(100), { pieceLength: 10, delayMs: 200, endsAfter })
    fake.script(slow, slow)
    const count = fake.requests.length
    const running = [1, 2].map(() => ask({ ...base64, prompt_type: 'prompt_ocr' }))
    await until(() => fake.requests.length === count + 2, 'both slots are taken')

    const busy = await ask(base64)
    finish()

    assert.deepEqual(await answerOf(busy), [429, documented.busy])
    assert.equal(busy.headers.get('retry-after'), '1')
    for (const response of await Promise.all(running)) assert.equal(response.status, 200)
  })

  it('answers 400 for an image that is none, or cannot be fetched', async () => {
    const broken = Buffer.from(PAGE.png.subarray(0, 60)).toString('base64')
    const wrong: readonly (readonly [string, object])[] = [
      ['CORRUPT_IMAGE', { ...base64, image: broken }],
      ['UNSUPPORTED_FILE_TYPE', { ...base64, image: PDF_BYTES.toString('base64') }],
      ['UNSUPPORTED_FILE_TYPE', { image: `${images}/login`, image_format: 'url' }],
      ['FETCH_REFUSED', { image: `${images}/absent`, image_format: 'url' }],
      ['URL_NOT_ALLOWED', { image: 'http://127.0.0.1:9/', image_format: 'url' }],
    ]

    for (const [code, fields] of wrong) {
      const response = await ask(fields)
      const { error, ...more } = await readJson(response)
      assert.deepEqual([response.status, more], [400, { detail_code: code }])
      assert.deepEqual(shapeOf({ error }), shapeOf(documented.error))
    }
  })

  it('模型未加载', async () => {
    fake.goAway()
    await until(
      async () => (await readJson(await dots.fetch('/dots/health'))).model_loaded === false,
      'the model is missed',
      60_000,
    )

    assert.deepEqual(await answerOf(await ask(base64)), [500, documented.notLoaded])
  })
})
