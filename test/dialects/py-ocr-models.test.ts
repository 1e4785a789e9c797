import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  createFakeOllama,
  FAKE_OLLAMA_MODEL,
  type FakeOllama,
} from '../support/fakes/fake-ollama.ts'
import { createFakeOpenai } from '../support/fakes/fake-openai.ts'
import type { FakeModelServer } from '../support/fakes/fake-model-server.ts'
import { textReply } from '../support/fakes/fake-reply.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { markedDocument } from '../support/marked-document.ts'
import { createPyOcrClient } from '../support/py-ocr-client.ts'
import {
  assertIsExample,
  PY_OCR_EXAMPLES as documented,
  shapeOf,
  withoutDetailCode,
} from '../support/py-ocr-examples.ts'
import { readPageNumber } from '../support/read-page-number.ts'
import { startStack, type Stack } from '../support/stack.ts'

const UNKNOWN_ID = '550e8400-e29b-41d4-a716-446655440000'
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/** Chinese, and characters beyond 16 bits: bytes, UTF-16 units and code points all differ. */
const WORDS = '发票 𠮷 🧾'
const RESULT_TEXT = `--- 第1页 ---\n${WORDS}\n`

/** A document of its own: results are kept by content. */
const documentOf = (pages: number, marker: string): Buffer =>
  Buffer.concat([markedDocument(pages), Buffer.from(`% ${marker}\n`)])

describe('Py OCR: the examples of LLM and Ollama tasks (2, 4, 6, 8, 9, 10)', () => {
  let stack: Stack
  let llm: FakeModelServer
  let ollama: FakeOllama
  const resources = new AsyncDisposableStack()
  const client = createPyOcrClient(() => `${stack.url}/api`)
  /** The models never answer for this page and those after it. */
  let heldFromPage = 2

  const read = async (body: unknown): Promise<string> => {
    const page = await readPageNumber(sentPng(body))
    // Until the task is cancelled, which closes the connection.
    return page < heldFromPage ? WORDS : new Promise<never>(() => undefined)
  }

  before(async () => {
    llm = resources.use(
      await createFakeOpenai({
        apiKey: 'sk-test',
        reply: async (body) => textReply(await read(body)),
      }),
    )
    ollama = resources.use(await createFakeOllama())
    ollama.setDefault(async (body) => ({ kind: 'ok', text: await read(body) }))
    const env = {
      OCR_LLM_BASE_URL: llm.url,
      OCR_LLM_API_KEY: 'sk-test',
      OCR_LLM_MODEL: 'fake-vision',
      OCR_OLLAMA_URL: ollama.url,
      OCR_OLLAMA_MODEL: FAKE_OLLAMA_MODEL,
      // With the one slot of the default, a held page would keep the others from being read.
      OCR_OLLAMA_SLOTS: '4',
    }
    stack = resources.use(await startStack({ stubDelayMs: null, env }))
  })
  after(() => resources.disposeAsync())

  async function completedTask(prefix: '/llm' | '/ocr', marker: string): Promise<string> {
    const taskId = await client.submit(prefix, documentOf(1, marker))
    await client.statusWhen(prefix, taskId, (body) => body['status'] === 'completed')
    return taskId
  }

  const kinds = [
    { prefix: '/llm', uploads: documented[2], section: 2 },
    { prefix: '/ocr', uploads: documented[8], section: 8 },
  ] as const
  for (const { prefix, uploads, section } of kinds) {
    it(`${section}: 成功, with Location`, async () => {
      const { status, headers, body } = await client.upload(prefix, documentOf(1, 'uploaded'))

      assert.equal(status, 200)
      assertIsExample(body, uploads.uploaded, ['task_id'])
      const taskId = String(body['task_id'])
      assert.equal(headers.get('location'), `/api${prefix}/status/${taskId}`)
    })

    it(`${section}: 失败, 没有上传文件`, async () => {
      const { status, body } = await client.upload(prefix, null)

      assert.equal(status, 400)
      assertIsExample(body, uploads.noFile)
    })

    it(`${section}: 失败, 不支持的文件类型`, async () => {
      const { status, body } = await client.upload(prefix, Buffer.from('text'), 'a.pdf')

      assert.equal(status, 400)
      assertIsExample(body, uploads.wrongType)
    })

    it(`${section}: 失败, 文件大小超过限制`, async () => {
      const { status, body } = await client.upload(prefix, Buffer.alloc(10_485_761, '%PDF-1.7\n'))

      assert.equal(status, 400)
      assertIsExample(body, uploads.tooLarge)
    })
  }

  it('4: as 3, 成功，任务处理中', async () => {
    const taskId = await client.submit('/llm', documentOf(3, 'processing'))

    const body = await client.statusWhen('/llm', taskId, (one) => 'estimated_completion' in one)

    const times = ['started_at', 'estimated_completion']
    assertIsExample(body, documented[3].processing, ['progress', ...times])
    assert.equal(body['progress'], 33)
    for (const key of times) assert.match(String(body[key]), TIME)
    await client.cancel('/llm', taskId)
  })

  it('4: as 3, 成功，任务已完成', async () => {
    const taskId = await completedTask('/llm', 'completed')

    const { body } = await client.status('/llm', taskId)

    assert.deepEqual(shapeOf(body), shapeOf(documented[3].completed))
    assert.equal(await (await fetch(String(body['minio_url']))).text(), RESULT_TEXT)
  })

  it('4: as 3, 成功，任务失败', async () => {
    const taskId = await client.submit('/llm', documentOf(1, 'failed').subarray(0, 300))

    const body = await client.statusWhen('/llm', taskId, (one) => one['status'] === 'failed')

    assertIsExample(withoutDetailCode(body), documented[3].failed, ['failed_at', 'retry_count'])
    assert.equal(body['detail_code'], 'CORRUPT_PDF')
  })

  it('4: as 3, 失败，任务不存在', async () => {
    const { status, body } = await client.status('/llm', UNKNOWN_ID)

    assert.equal(status, 404)
    assertIsExample(body, documented[3].notFound)
  })

  it('9: 成功，任务处理中', async () => {
    const taskId = await client.submit('/ocr', documentOf(2, 'processing'))
    await client.statusWhen('', taskId, (body) => body['progress'] === 50)

    const { status, body } = await client.status('/ocr', taskId)

    assert.equal(status, 200)
    assert.deepEqual(body, { ...documented[9].processing, task_id: taskId })
    await client.cancel('/ocr', taskId)
  })

  it('9: 成功，任务已完成, and minio_url gives the text', async () => {
    const taskId = await completedTask('/ocr', 'completed')

    const { body } = await client.status('/ocr', taskId)

    assertIsExample(body, documented[9].completed, ['task_id', 'minio_url'])
    assert.equal(body['task_id'], taskId)
    assert.equal(await (await fetch(String(body['minio_url']))).text(), RESULT_TEXT)
  })

  it('9: 成功，任务失败', async () => {
    const taskId = await client.submit('/ocr', documentOf(1, 'failed').subarray(0, 300))

    const body = await client.statusWhen('/ocr', taskId, (one) => one['status'] === 'failed')

    assertIsExample(withoutDetailCode(body), documented[9].failed, ['task_id', 'error'])
    assert.deepEqual(
      [body['task_id'], body['error'], body['detail_code']],
      [taskId, 'Ollama OCR处理失败: 文件损坏', 'CORRUPT_PDF'],
    )
  })

  it('9: 失败，任务不存在', async () => {
    const { status, body } = await client.status('/ocr', UNKNOWN_ID)

    assert.equal(status, 404)
    assertIsExample(body, documented[9].notFound)
  })

  for (const [prefix, name] of [
    ['/llm', '6: as 5'],
    ['/ocr', '10'],
  ] as const) {
    it(`${name}, 成功, and the task ends as cancelled`, async () => {
      const taskId = await client.submit(prefix, documentOf(2, 'cancelled'))
      await client.statusWhen('', taskId, (body) => body['progress'] === 50)

      const { status, body } = await client.cancel(prefix, taskId)

      assert.equal(status, 200)
      assertIsExample(body, documented[10].cancelled)
      const ended = await client.statusWhen(prefix, taskId, (one) => one['status'] !== 'processing')
      assert.deepEqual(ended, {
        status: 'cancelled',
        ...(prefix === '/ocr' ? { task_id: taskId } : {}),
        error: '任务已被用户取消',
      })
    })

    it(`${name}, 失败`, async () => {
      const taskId = await completedTask(prefix, 'not cancellable')

      const { status, body } = await client.cancel(prefix, taskId)

      assert.equal(status, 400)
      assertIsExample(body, documented[10].notCancellable)
    })

    it(`${name}, 失败，任务不存在`, async () => {
      const { status, body } = await client.cancel(prefix, UNKNOWN_ID)

      assert.equal(status, 404)
      assertIsExample(body, documented[10].notFound)
    })
  }

  it('answers any kind of task at any route, in the form of the route, and in one batch', async () => {
    const llmId = await completedTask('/llm', 'any')
    const ollamaId = await client.submit('/ocr', documentOf(1, 'any').subarray(0, 300))
    await client.statusWhen('/ocr', ollamaId, (body) => body['status'] === 'failed')

    const brief = await client.status('/ocr', llmId)
    const detailed = await client.status('', ollamaId)
    const batch = await client.batch([llmId, ollamaId])

    assert.deepEqual(shapeOf(brief.body), shapeOf(documented[9].completed))
    assert.deepEqual(shapeOf(withoutDetailCode(detailed.body)), shapeOf(documented[3].failed))
    assert.equal(detailed.body['error'], documented[3].failed.error)
    const results = batch.body['results'] as Record<string, unknown>[]
    assert.deepEqual(shapeOf(results[0]), shapeOf(documented[7].answer.results[0]))
    assert.deepEqual(results[1], {
      task_id: ollamaId,
      status: 'failed',
      error: 'Ollama OCR处理失败: 文件损坏',
      detail_code: 'CORRUPT_PDF',
    })
  })

  it('omits estimated_completion while unknown, cuts milliseconds, counts code points and bytes', async () => {
    heldFromPage = 1
    const unknown = await client.submit('/llm', documentOf(1, 'held'))
    const requests = llm.requests.length

    const processing = await client.statusWhen(
      '/llm',
      unknown,
      () => llm.requests.length > requests,
    )
    await client.cancel('/llm', unknown)
    heldFromPage = 2
    const taskId = await completedTask('/llm', 'counted')
    const { body } = await client.status('/llm', taskId)

    assert.deepEqual(Object.keys(processing).toSorted(), ['progress', 'started_at', 'status'])
    assert.match(String(processing['started_at']), TIME)
    assert.match(String(body['completed_at']), TIME)
    assert.equal(body['text_length'], Array.from(RESULT_TEXT).length)
    assert.equal(body['file_size'], Buffer.byteLength(RESULT_TEXT))
  })

  it('asks the models as they want to be asked', () => {
    assert.deepEqual([llm.problems, ollama.problems], [[], []])
  })
})
