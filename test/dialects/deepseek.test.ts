import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import axios from 'axios'
import NodeFormData from 'form-data'
import { createDirectoryBlobStore } from '../../src/storage/directory-blob-store.ts'
import { writeWorkerSnapshot } from '../../src/storage/worker-snapshots.ts'
import { imageForm, jsonInit } from '../support/deepseek-api.ts'
import { DEEPSEEK_EXAMPLES } from '../support/deepseek-examples.ts'
import { drawPage } from '../support/draw-page.ts'
import { readChatRequest } from '../support/fakes/check-chat-request.ts'
import type { FakeModelServer } from '../support/fakes/fake-model-server.ts'
import { OUT_OF_MEMORY_REPLY, textReply } from '../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../support/fakes/fake-vllm.ts'
import { shapeOf, withoutDetailCode } from '../support/py-ocr-examples.ts'
import { readJson } from '../support/read-json.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { until } from '../support/until.ts'

const run = promisify(execFile)
const TEXT = 'Extracted text content here...\n文字'
const PROMPT = '<image>\nFree OCR.'
const PNG = drawPage([{ text: 'Some text', xPx: 100, yPx: 300 }], {
  widthPx: 600,
  heightPx: 400,
}).png
const PNG_BASE64 = Buffer.from(PNG).toString('base64')

describe('DeepSeek with everything behind it', () => {
  let fake: FakeModelServer
  let stack: Stack
  const resources = new AsyncDisposableStack()
  before(async () => {
    fake = resources.use(
      await createFakeVllm({ model: 'deepseek', takesAnyPrompt: true, reply: textReply(TEXT) }),
    )
    const env = { OCR_DEEPSEEK_URL: fake.url }
    stack = resources.use(await startStack({ stubDelayMs: null, env }))
    await until(
      async () => (await fetch(url('/health'))).status === 200,
      'a worker is ready',
      60_000,
    )
  })
  after(() => resources.disposeAsync())

  const url = (path: string) => `${stack.url}/deepseek${path}`
  const postImage = (fields: Readonly<Record<string, string>> = {}, init: RequestInit = {}) =>
    fetch(url('/ocr'), { method: 'POST', body: imageForm(fields, PNG), ...init })
  const lastPrompt = () => readChatRequest(fake.requests.at(-1)?.body).text

  function assertAnswer(body: Record<string, unknown>): void {
    assert.deepEqual(shapeOf(body), shapeOf(DEEPSEEK_EXAMPLES.ocr))
    assert.deepEqual([body['success'], body['text']], [true, TEXT])
    assert.equal(body['message'], DEEPSEEK_EXAMPLES.ocr.message)
  }

  it('answers GET / as documented', async () => {
    const body = await readJson(await fetch(url('/')))

    assert.deepEqual({ ...body, endpoints: {} }, DEEPSEEK_EXAMPLES.info)
  })

  it('answers GET /health as documented, without gpu_ keys where there is no GPU', async () => {
    const body = await readJson(await fetch(url('/health')))

    const { status, model_loaded, tokenizer_loaded, device, mode } = DEEPSEEK_EXAMPLES.health
    const documented = { status, model_loaded, tokenizer_loaded, device, mode }
    assert.deepEqual(shapeOf(body), shapeOf(documented))
    assert.deepEqual(body, { ...documented, device: 'cpu', mode: 'CPU' })
  })

  it('answers POST /ocr as a browser sends it, with CRLF for a newline, and saves the text', async () => {
    const response = await postImage({ prompt: PROMPT, save_to_file: 'True' })
    const body = await readJson(response)

    assert.equal(response.status, 200)
    assertAnswer(body)
    assert.equal(lastPrompt(), PROMPT)
    const file = await fetch(url(`/results/${body.output_file}`))
    assert.equal(file.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.equal(await file.text(), TEXT)
  })

  it('answers POST /ocr as the Node.js example sends it', async () => {
    const form = new NodeFormData()
    form.append('image', Readable.from([PNG]), { filename: 'document.png' })
    form.append('prompt', PROMPT)
    form.append('save_to_file', 'true')

    const { status, data } = await axios.post(url('/ocr'), form, { headers: form.getHeaders() })

    assert.equal(status, 200)
    assertAnswer(data)
    assert.equal(lastPrompt(), PROMPT)
  })

  it('answers POST /ocr as curl sends it, with a newline in letters', async (test) => {
    const curl = await run('curl', ['--version']).catch(() => null)
    if (curl === null) return test.skip('there is no curl')
    await using directory = await mkdtempDisposable(join(tmpdir(), 'deepseek-'))
    const path = join(directory.path, 'document.png')
    await writeFile(path, PNG)
    const form = ['-F', `image=@${path}`, '--form-string', 'prompt=<image>\\nFree OCR.']

    const { stdout } = await run('curl', [
      '-sX',
      'POST',
      url('/ocr'),
      ...form,
      '-F',
      'save_to_file=true',
    ])

    assertAnswer(JSON.parse(stdout))
    assert.equal(lastPrompt(), PROMPT)
    const documented = ['-F', `image=@${path}`, '-F', 'prompt=<image>\\nFree OCR.']
    // The document's own line: curl reads a value that begins with `<` from a file.
    await assert.rejects(run('curl', ['-sX', 'POST', url('/ocr'), ...documented]), { code: 26 })
  })

  it('answers POST /ocr-base64 as documented', async () => {
    const request = {
      ...DEEPSEEK_EXAMPLES.base64Request,
      image_base64: `data:image/png;base64,${PNG_BASE64}`,
    }

    const response = await fetch(url('/ocr-base64'), jsonInit(request))

    assert.equal(response.status, 200)
    assertAnswer(await readJson(response))
    assert.equal(lastPrompt(), PROMPT)
  })

  it('passes the tip of the document on, and saves nothing when told so', async () => {
    const prompt = '<image>\nConvert document to markdown'

    const body = await readJson(
      await fetch(
        url('/ocr-base64'),
        jsonInit({ image_base64: PNG_BASE64, prompt, save_to_file: false }),
      ),
    )

    assert.equal(body.output_file, null)
    assert.equal(lastPrompt(), prompt)
  })

  it('answers 400 for an image that is broken, on both routes', async () => {
    const cut = PNG.subarray(0, 60)

    const file = await fetch(url('/ocr'), { method: 'POST', body: imageForm({}, cut) })
    const base64 = await fetch(
      url('/ocr-base64'),
      jsonInit({ image_base64: Buffer.from(cut).toString('base64') }),
    )

    assert.deepEqual([file.status, base64.status], [400, 400])
    assert.match((await readJson(file)).detail, /^Invalid image \/ 图片无效: /)
    assert.match(
      (await readJson(base64)).detail,
      /^Failed to decode base64 image \/ 解码 base64 图片失败: /,
    )
  })

  it('answers 404 for a file that is not there', async () => {
    const response = await fetch(url(`/results/${DEEPSEEK_EXAMPLES.ocr.output_file}`))

    assert.equal(response.status, 404)
    assert.deepEqual(await readJson(response), {
      detail: `File not found / 文件未找到: ${DEEPSEEK_EXAMPLES.ocr.output_file}`,
    })
  })

  it('answers 507 with the documented body when the GPU is out of memory, also in less pixels', async () => {
    fake.script(OUT_OF_MEMORY_REPLY, OUT_OF_MEMORY_REPLY, OUT_OF_MEMORY_REPLY)

    const response = await postImage()

    assert.equal(response.status, 507)
    assert.deepEqual(withoutDetailCode(await readJson(response)), DEEPSEEK_EXAMPLES.outOfMemory)
  })

  it('asks once more when an answer ran away, then answers 500', async () => {
    const before = fake.requests.length
    const runAway = textReply('. . . . ', { finish: 'length' })
    fake.script(runAway, runAway)

    const response = await postImage()

    assert.equal(response.status, 500)
    assert.match((await readJson(response)).detail, /^OCR failed \/ OCR 失败: ./)
    assert.equal(fake.requests.length - before, 2)
  })

  it('stops the model soon after the client has left', async () => {
    const before = fake.requests.length
    fake.script({ kind: 'endless', piece: 'word ', delayMs: 100 })
    const leaving = new AbortController()

    const request = postImage({}, { signal: leaving.signal }).catch(() => null)
    await until(() => fake.requests.length > before, 'the page is with the model', 60_000)
    const leftAtMs = Date.now()
    leaving.abort()
    await request
    await until(() => fake.requests[before]?.aborted === true, 'the connection is closed', 20_000)

    // Two seconds, and what a busy machine may take; by itself it would end after 12 s.
    assert.ok((fake.requests[before]?.endedAtMs ?? Infinity) - leftAtMs <= 10_000)
  })

  it('answers /health and /cleanup with the figures of a GPU, in the documented form', async () => {
    const path = join(stack.dataDirectory, 'store')
    const gpu = { index: 0, uuid: 'GPU-0', freeMib: 8_069, utilizationPercent: 0 }
    const { gpu_name: name } = DEEPSEEK_EXAMPLES.health
    await writeWorkerSnapshot(
      createDirectoryBlobStore({ path, secret: 'only for URLs, of which there are none' }),
      { host: '0-another-host', role: 'ocr-gpu-deepseek', serverHash: 'ab' },
      {
        at: new Date().toISOString(),
        host: '0-another-host',
        role: 'ocr-gpu-deepseek',
        engine: 'deepseek',
        model: 'deepseek-ai/DeepSeek-OCR',
        isReady: true,
        slots: 1,
        gpus: [{ ...gpu, name, totalMib: 12_288, usedMib: 4_219, allocatedMib: 3_533 }],
      },
    )
    await until(
      async () => (await readJson(await fetch(url('/health')))).device === 'cuda',
      'the GPU is seen',
    )

    const health = await readJson(await fetch(url('/health')))
    const cleanup = await readJson(await fetch(url('/cleanup'), { method: 'POST' }))

    assert.deepEqual(health, DEEPSEEK_EXAMPLES.health)
    assert.deepEqual(shapeOf(cleanup), shapeOf(DEEPSEEK_EXAMPLES.cleanup))
    assert.deepEqual(cleanup, {
      message: DEEPSEEK_EXAMPLES.cleanup.message,
      gpu_memory_allocated: '3.45 GB',
      gpu_memory_reserved: '4.12 GB',
    })
  })

  it('serves its own documentation', async () => {
    for (const path of ['/docs', '/redoc', '/openapi.json'])
      assert.equal((await fetch(url(path))).status, 200, path)
    assert.deepEqual(fake.problems, [])
  })

  it('answers 503 within a minute after the model has gone, and never lies about it', async () => {
    fake.goAway()

    await until(async () => (await fetch(url('/health'))).status === 503, 'health says so', 60_000)
    const response = await postImage()

    assert.equal(response.status, 503)
    assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
    assert.deepEqual(await readJson(response), { detail: 'Model not loaded / 模型未加载' })
  })
})
