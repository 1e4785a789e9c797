import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertShape, type Shape } from '../support/body-shape.ts'
import { createFakeOpenai } from '../support/fakes/fake-openai.ts'
import { textReply, type FakeReply } from '../support/fakes/fake-reply.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { markedDocument } from '../support/marked-document.ts'
import { markedPage } from '../support/marked-page.ts'
import { truthMarkdown } from '../support/page-truth.ts'
import { QIANXIA_SHAPES } from '../support/qianxia-examples.ts'
import { QIANXIA_SYSTEM_SHAPES } from '../support/qianxia-system-examples.ts'
import { readJson } from '../support/read-json.ts'
import { readPageNumber } from '../support/read-page-number.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { until } from '../support/until.ts'

type Body = Awaited<ReturnType<typeof readJson>>

const PASSWORD = 'your-password'
/** The model refuses to read it. */
const BAD_PAGE = 7
const PAGE_MS = 400

/** Once the first two pages are answered, others are not before `released`. */
let hold = { answered: new Set<number>(), released: Promise.resolve() }

/** Lets no document go beyond its first pages until the function that it gives is called. */
function holdOthers(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  hold = { answered: new Set(), released: promise }
  return resolve
}

async function replyTo(body: unknown): Promise<FakeReply> {
  const page = await readPageNumber(sentPng(body))
  const { answered, released } = hold
  if (page <= 2) answered.add(page)
  else if (answered.size === 2) await released
  if (page !== BAD_PAGE)
    return textReply(truthMarkdown(page, false), { delayMs: PAGE_MS, pieceLength: 10_000 })
  const error = { message: 'invalid image', type: 'invalid_request_error', param: null, code: null }
  return { kind: 'status', status: 400, body: { error } }
}

describe('Qianxia with everything behind it', () => {
  let stack: Stack
  const resources = new AsyncDisposableStack()

  before(async () => {
    const fake = resources.use(await createFakeOpenai({ models: ['gpt-4o'], reply: replyTo }))
    // The names and the sample of the document.
    const documented = {
      API_BASE_URL: fake.url,
      OPENAI_API_KEY: 'sk-your-api-key-here',
      MODEL: 'gpt-4o',
      PASSWORD,
      CONCURRENCY: '2',
      BATCH_SIZE: '4',
      MAX_PDF_PAGES: '20',
    }
    const env = {
      ...documented,
      OCR_FALLBACK_ENGINE: 'none',
      // On a busy machine the ten seconds of a user are not enough, and the answer is another one.
      QIANXIA_INSPECTION_WAIT_S: '120',
    }
    stack = resources.use(await startStack({ stubDelayMs: null, env }))
  })
  after(() => resources.disposeAsync())

  async function call(path: string, init?: RequestInit): Promise<Body> {
    const ask = () => fetch(`${stack.url}/${PASSWORD}${path}`, init)
    let response = await ask()
    // Who only reads asks again, as the answer says: Temporal may take longer than the api waits.
    for (let tries = 1; init === undefined && response.status === 503 && tries < 12; tries++) {
      await response.body?.cancel()
      await sleep(5_000)
      response = await ask()
    }
    const body = await readJson(response)
    assert.equal(response.status, 200, `${path}: ${JSON.stringify(body)}`)
    return body
  }

  async function read(path: string, shape: Shape): Promise<Body> {
    const body = await call(path)
    assertShape(body, shape)
    return body
  }

  function send(path: string, files: readonly (readonly [string, Uint8Array])[]): Promise<Body> {
    const form = new FormData()
    const field = path.endsWith('/batch') ? 'files' : 'file'
    for (const [name, bytes] of files) form.append(field, new Blob([new Uint8Array(bytes)]), name)
    return call(path, { method: 'POST', body: form })
  }

  const pdf = (pages: number, marker: string): Uint8Array =>
    Buffer.concat([markedDocument(pages, 2), Buffer.from(`% ${marker}\n`)])

  const statusIs = (taskId: string, state: string) =>
    until(
      async () => (await call(`/api/tasks/${taskId}`)).data.status === state,
      `the task is ${state}`,
      60_000,
    )

  it('answers the curl lines of the document', async () => {
    const health = await fetch(`${stack.url}/qianxia/health`)
    assert.equal(health.status, 200)
    assertShape(await readJson(health), QIANXIA_SHAPES.health)

    await read('/api/system/stats', QIANXIA_SYSTEM_SHAPES.stats)
    await read('/api/system/metrics', QIANXIA_SYSTEM_SHAPES.metrics)
    await read('/api/tasks', QIANXIA_SHAPES.tasks)
    await read('/api/system/health', QIANXIA_SYSTEM_SHAPES.systemHealth)
    const page = await fetch(`${stack.url}/${PASSWORD}`)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    await page.body?.cancel()
  })

  it('shows a PDF from upload to export, with a page that failed, exactly as documented', async () => {
    const releaseOthers = holdOthers()
    const submitted = await send('/process/pdf', [['发票.pdf', pdf(10, 'whole')]])
    assertShape(submitted, QIANXIA_SHAPES.processPdf)
    assert.partialDeepStrictEqual(submitted, { total_pages: 10, estimated_time: 30 })
    const task = submitted.status_url
    const id = submitted.task_id

    await until(async () => (await call(task)).data.processed_pages > 0, 'a page has ended', 60_000)
    await read(task, QIANXIA_SHAPES.runningTask)
    await read(`${task}/progress`, QIANXIA_SHAPES.progress)
    const early = await read(submitted.result_url, QIANXIA_SHAPES.result)
    assert.equal(early.data.content, '')

    releaseOthers()
    await statusIs(id, 'completed')
    const whole = await read(task, QIANXIA_SHAPES.task)
    assert.partialDeepStrictEqual(whole.data, {
      task_type: 'pdf_ocr',
      total_pages: 10,
      processed_pages: 10,
      failed_pages: 1,
      progress: 100,
      client_ip: '127.0.0.1',
      batch_size: 4,
      max_retries: 5,
      result_summary: { successful_pages: 9, success_rate: '90.0%' },
    })
    const result = await read(submitted.result_url, QIANXIA_SHAPES.result)
    const good = [1, 2, 3, 4, 5, 6, 8, 9, 10]
    const content = good.map((page) => truthMarkdown(page, false)).join('\n\n')
    assert.equal(result.data.content, content)
    const pages = await read(`${task}/pages`, QIANXIA_SHAPES.pages)
    assert.equal(pages.data.pages[BAD_PAGE - 1].status, 'failed')
    assert.equal(pages.data.pages[BAD_PAGE - 1].content, null)
    assert.ok(pages.data.page_statistics.average_processing_time >= PAGE_MS / 1000)
    const page = await read(`${task}/pages/2`, QIANXIA_SHAPES.page)
    assert.equal(page.data.page_result.content, truthMarkdown(2, false))
    assert.ok(page.data.page_result.processing_time >= PAGE_MS / 1000)
    const batches = await read(`${task}/batches`, QIANXIA_SHAPES.batches)
    assert.deepEqual(
      batches.data.batches.map((batch: Body) => [batch.id, batch.status, batch.failed_pages]),
      [
        [`${id}_batch_001`, 'completed', 0],
        [`${id}_batch_002`, 'partial', 1],
        [`${id}_batch_003`, 'completed', 0],
      ],
    )
    const exported = await read(`${task}/export`, QIANXIA_SHAPES.exported)
    assert.equal(exported.content, content)
    await until(
      async () => (await call('/api/tasks')).data.some((row: Body) => row.id === id),
      'the task is in the list',
    )
    await read('/api/tasks', QIANXIA_SHAPES.tasks)
  })

  it('takes images on all three routes, and a batch', async () => {
    const { png } = await markedPage(3)
    const first = await send('/process/image', [['a.png', png]])
    assertShape(first, QIANXIA_SHAPES.processImage)
    assertShape(await send('/api/tasks/image', [['a.png', png]]), QIANXIA_SHAPES.submitted)
    assertShape(await send('/api/async/image', [['a.png', png]]), QIANXIA_SHAPES.asyncImage)
    assertShape(await send('/api/tasks/pdf', [['b.pdf', pdf(1, 'a')]]), QIANXIA_SHAPES.submitted)
    assertShape(await send('/api/async/pdf', [['b.pdf', pdf(1, 'b')]]), QIANXIA_SHAPES.asyncPdf)

    const batch = await send('/api/async/batch', [
      ['a.png', png],
      ['b.pdf', pdf(2, 'c')],
      ['broken.pdf', pdf(1, 'd').subarray(0, 200)],
      ['long.pdf', pdf(21, 'e')],
    ])
    assertShape(batch, QIANXIA_SHAPES.batchSubmitted)
    assert.deepEqual(
      batch.failed_files.map((file: Body) => [file.filename, file.error]),
      [
        ['broken.pdf', 'PDF文件格式错误或损坏'],
        ['long.pdf', 'PDF页数过多，最大支持20页'],
      ],
    )

    await statusIs(first.task_id, 'completed')
    await read(first.status_url, QIANXIA_SHAPES.imageTask)
    const result = await read(first.result_url, QIANXIA_SHAPES.result)
    assert.equal(result.data.content, truthMarkdown(3, false))
    assert.equal('page_results' in result.data, false)
    const ids = [...batch.submitted_tasks.map((task: Body) => task.task_id), 'nobody']
    const states = await call('/api/tasks/batch/status', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ task_ids: ids }),
    })
    assertShape(states, QIANXIA_SHAPES.batchStatus)
    assert.equal(states.summary.total_tasks, 3)
  })

  it('cancels where endpoints.cancel leads, and keeps what was read', async () => {
    const releaseOthers = holdOthers()
    const { endpoints, task_id: id } = await send('/api/async/pdf', [['c.pdf', pdf(20, 'f')]])
    await until(
      async () => (await call(endpoints.status)).data.processed_pages > 0,
      'a page has ended',
      60_000,
    )

    const cancelled = await call(endpoints.cancel, { method: 'DELETE' })

    assert.deepEqual(cancelled, { status: 'success', message: '任务已取消' })
    await statusIs(id, 'cancelled')
    releaseOthers()
    const row = (await call(endpoints.status)).data
    assert.equal(row.error_message, '任务已取消')
    assert.ok(row.processed_pages > 0 && row.processed_pages < 20)
    assert.equal(row.page_results[0].content, truthMarkdown(1, false))
  })
})
