import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { markedDocument } from '../support/marked-document.ts'
import { readJson } from '../support/read-json.ts'
import { SCNET_EXAMPLES, shapeOf, wrappedForm } from '../support/scnet-examples.ts'
import { serve, type TestServer } from '../support/serve.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { until } from '../support/until.ts'

type Answer = { status: number; headers: Headers; body: Awaited<ReturnType<typeof readJson>> }

const JSON_HEADERS = { 'content-type': 'application/json', authorization: 'Bearer <API Key>' }

describe('SCNet with everything behind it', () => {
  const running = new AsyncDisposableStack()
  let files: TestServer
  let stack: Stack
  const fetched: string[] = []

  before(async () => {
    const server = await serve((request, response) => {
      fetched.push(request.url ?? '')
      const pages = Number(/^\/(\d+)\//.exec(request.url ?? '')?.[1])
      if (pages > 0) response.end(markedDocument(pages))
      else response.writeHead(request.url === '/text' ? 200 : 404).end('plain text')
    })
    files = running.use(server)
    const env = { OCR_ALLOWED_URL_HOSTS: `127.0.0.1:${files.port}` }
    stack = running.use(await startStack({ stubDelayMs: 300, env }))
  })
  after(() => running.disposeAsync())

  async function call(path: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(`${stack.url}/scnet/api/llm/v1/ocrdoc${path}`, {
      headers: JSON_HEADERS,
      ...init,
    })
    return { status: response.status, headers: response.headers, body: await readJson(response) }
  }

  const post = (path: string, body: unknown): Promise<Answer> =>
    call(path, { method: 'POST', body: JSON.stringify(body) })

  async function submit(path: string): Promise<string> {
    const { status, body } = await post('/submit', { file_url: files.url + path })
    assert.equal(status, 200)
    return body.data.output.task_id
  }

  async function answerWhen(taskIds: readonly string[], taskStatus: string): Promise<Answer> {
    let answer: Answer | null = null
    await until(
      async () => {
        answer = await post('/result', { task_ids: taskIds })
        // None while the api is not able to say: Temporal may take longer than it waits.
        const items: readonly { output: { task_status: string } }[] = answer.body.data ?? []
        return items.length > 0 && items.every(({ output }) => output.task_status === taskStatus)
      },
      `the tasks are ${taskStatus}`,
      60_000,
    )
    if (answer === null) throw new Error('nothing was asked')
    return answer
  }

  it('takes the request of 2.3 and answers as in 2.5', async () => {
    const request = { file_url: `${files.url}/1/submitted` }
    assert.deepEqual(shapeOf(request), shapeOf(SCNET_EXAMPLES.submit))

    const { status, headers, body } = await post('/submit', request)

    assert.equal(status, 200)
    const documented = SCNET_EXAMPLES.submitted
    assert.deepEqual(shapeOf(wrappedForm(body)), shapeOf(documented))
    assert.equal(body.code, documented.code)
    assert.equal(body.msg, documented.msg)
    assert.equal(body.data.output.task_status, documented.data.output.task_status)
    assert.equal(body.data.request_id, headers.get('x-request-id'))
  })

  it('refuses a submit in the envelope of 2.5', async () => {
    const { status, body } = await post('/submit', { file_url: 'https://127.0.0.1/a.pdf' })

    assert.equal(status, 400)
    const { code: _code, msg: _msg, requestId: _requestId, ...documented } = body
    const { detail_code: detailCode, ...error } = documented.error
    assert.deepEqual(shapeOf({ ...documented, error }), shapeOf(SCNET_EXAMPLES.error))
    assert.equal(error.type, 'InvalidParameter')
    assert.equal(detailCode, 'URL_NOT_ALLOWED')
  })

  it('takes the request of 3.2 and answers succeeded tasks as in 3.4', async () => {
    const taskIds = [await submit('/1/first'), await submit('/2/second')]
    const request = { task_ids: taskIds }
    assert.deepEqual(shapeOf(request), shapeOf(SCNET_EXAMPLES.result))

    const { body } = await answerWhen(taskIds, 'succeeded')

    const documented = SCNET_EXAMPLES.succeeded
    assert.deepEqual(shapeOf(wrappedForm(body)), shapeOf(documented))
    assert.equal(body.code, documented.code)
    assert.equal(body.msg, documented.msg)
    const [first, second] = body.data
    assert.deepEqual([first.output.task_id, second.output.task_id], taskIds)
    assert.equal(second.usage.image_count, 2)
    assert.match(first.output.submit_time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    const submittedMs = Date.parse(`${first.output.submit_time.replace(' ', 'T')}+08:00`)
    assert.ok(Math.abs(Date.now() - submittedMs) < 300_000)
    const url = new URL(second.output.results[0])
    assert.match(url.pathname, /\/results\/\d{4}\/\d\d\/\d\d\/([\da-f-]{36})\/001_result_\1\.json$/)
    const file = await readJson(await fetch(url))
    assert.equal(file.task_id, taskIds[1])
    assert.deepEqual(
      file.pages.map(({ page, layout }: { page: number; layout: { text: string }[] }) => [
        page,
        layout.map(({ text }) => text).join(),
      ]),
      [
        [1, 'stub page 1'],
        [2, 'stub page 2'],
      ],
    )
    assert.equal(file.markdown, 'stub page 1\n\n---\n\nstub page 2\n')
  })

  it('answers a running task as in 3.4', async () => {
    // So many pages that it is seen running even if the machine stands still meanwhile.
    const taskId = await submit('/60/running')

    const { body } = await answerWhen([taskId], 'running')
    await fetch(`${stack.url}/v1/documents/${taskId}/cancel`, { method: 'POST' })

    const documented = SCNET_EXAMPLES.running
    assert.deepEqual(shapeOf(wrappedForm(body)), shapeOf(documented))
    assert.equal(body.code, documented.code)
    assert.equal(body.msg, documented.msg)
    assert.equal(body.output.taskStatus, 'RUNNING')
    assert.ok(body.output.estimatedSeconds >= 1)
  })

  for (const [path, errorCode, detailCode] of [
    ['/text', 'modal_type_not_supported', 'UNSUPPORTED_FILE_TYPE'],
    ['/missing', 'InvalidParameter', 'FETCH_REFUSED'],
  ] as const)
    it(`answers a task that failed with ${detailCode} as in 3.4`, async () => {
      const taskId = await submit(path)

      const { body } = await answerWhen([taskId], 'failed')

      const documented = SCNET_EXAMPLES.failed
      const [item] = body.data
      const { detail_code: detail, ...output } = item.output
      assert.deepEqual(
        shapeOf(wrappedForm({ ...body, data: [{ ...item, output }] })),
        shapeOf(documented),
      )
      assert.equal(body.code, documented.code)
      assert.equal(output.error_code, errorCode)
      assert.equal(detail, detailCode)
      assert.equal(body.output.taskStatus, 'FAILED')
    })

  it('serves the sample programs: fileUrl, output.taskId, GET ?taskId=, SUCCEEDED', async () => {
    const { body } = await post('/submit', { fileUrl: `${files.url}/1/sample` })
    const { taskId } = body.output

    await until(
      async () => (await call(`/result?taskId=${taskId}`)).body.output?.taskStatus === 'SUCCEEDED',
      'the sample ends',
      60_000,
    )

    const unknown = await call('/result?taskId=2056703208598626305')
    assert.equal(unknown.status, 404)
    assert.equal(unknown.body.output.taskStatus, 'FAILED')
  })

  it('takes a file that was uploaded here without fetching it', async () => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(markedDocument(3))]), '发票.pdf')
    const headers = { authorization: JSON_HEADERS.authorization }
    const uploaded = await call('/upload', { method: 'POST', body: form, headers })
    assert.equal(uploaded.status, 200)

    const { body } = await post('/submit', uploaded.body.data)
    const answer = await answerWhen([body.data.output.task_id], 'succeeded')

    assert.equal(answer.body.data[0].usage.image_count, 3)
    assert.ok(fetched.every((path) => !path.includes('/files/')))
  })

  it('gives one task for one Idempotency-Key, and 422 for another file', async () => {
    const send = (path: string): Promise<Answer> =>
      call('/submit', {
        method: 'POST',
        body: JSON.stringify({ file_url: files.url + path }),
        headers: { ...JSON_HEADERS, 'idempotency-key': 'scnet-key' },
      })

    const [first, second, other] = [await send('/1/a'), await send('/1/a'), await send('/1/b')]

    assert.equal(second.body.output.taskId, first.body.output.taskId)
    assert.equal(second.headers.get('idempotent-replayed'), 'true')
    assert.equal(other.status, 422)
    assert.equal(other.body.error.detail_code, 'IDEMPOTENCY_KEY_REUSED')
  })
})
