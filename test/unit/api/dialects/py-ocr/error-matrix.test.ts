import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DocumentStatus } from '../../../../../src/contract/document-status.ts'
import type { EngineId } from '../../../../../src/contract/engines.ts'
import type { FailureCode } from '../../../../../src/contract/failures.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { sampleDocumentId, sampleStatus } from '../../../../support/document-status.ts'
import { PY_OCR_ERRORS, PY_OCR_EXAMPLES } from '../../../../support/py-ocr-examples.ts'
import { readJson } from '../../../../support/read-json.ts'
import { fileForm, PDF_BYTES, startTestApi, type TestApi } from '../../../../support/test-api.ts'

/*
 * One cause, one answer: the Py OCR column of the matrix of causes, for each kind of task. What a
 * worker finds is a failed task, whose code the fake gateway hands out.
 */

const ID = sampleDocumentId()
const { noFile, wrongType, tooLarge, innerError } = PY_OCR_EXAMPLES[1]

type Answer = {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: unknown
}

type Kind = {
  readonly prefix: string
  readonly engine: EngineId
  readonly label: string
  readonly maxPages: number
}

const KINDS: readonly Kind[] = [
  { prefix: '', engine: 'paddle', label: 'OCR处理失败', maxPages: 100 },
  { prefix: '/llm', engine: 'llm', label: 'OCR处理失败', maxPages: 50 },
  { prefix: '/ocr', engine: 'ollama', label: 'Ollama OCR处理失败', maxPages: 100 },
]

for (const kind of KINDS)
  describe(`what ${kind.prefix || 'OCR'} tasks answer to a cause`, () => {
    const upload = (api: TestApi, form: FormData) =>
      answerOf(api, `${kind.prefix}/upload`, { method: 'POST', body: form })
    const status = (api: TestApi, id: string) => answerOf(api, `${kind.prefix}/status/${id}`)
    const cancel = (api: TestApi, id: string) =>
      answerOf(api, `${kind.prefix}/cancel/${id}`, { method: 'POST' })

    const nameless = new FormData()
    nameless.set('file', new Blob([PDF_BYTES]), '')
    const refused: [string, FormData, unknown][] = [
      ['no file', new FormData(), noFile],
      ['an empty file name', nameless, noFile],
      ['an empty file', fileForm(Buffer.alloc(0)), { ...noFile, detail_code: 'EMPTY_FILE' }],
      ['a wrong type by content', fileForm(Buffer.from('MZ'), { name: 'a.pdf' }), wrongType],
      ['a file that is too large', fileForm(Buffer.alloc(10_485_761, '%PDF-1.7\n')), tooLarge],
    ]
    for (const [cause, form, body] of refused)
      it(`${cause}: 400`, async () => {
        await using api = await startTestApi()

        const answer = await upload(api, form)

        assert.deepEqual(answer, { status: 400, retryAfter: null, body })
        assert.equal(api.gateway.submissions.length, 0)
      })

    const failedTasks: [string, FailureCode, string, number][] = [
      ['an image that does not decode', 'CORRUPT_IMAGE', '文件损坏', 0],
      ['the pixel limit', 'IMAGE_DIMENSIONS', '图片分辨率超过限制，最大 4096x4096', 0],
      ['a corrupt PDF', 'CORRUPT_PDF', '文件损坏', 0],
      ['an encrypted PDF', 'ENCRYPTED_PDF', '文件已加密', 0],
      ['the page limit', 'TOO_MANY_PAGES', `页数超过限制，最多 ${kind.maxPages} 页`, 0],
      ['an engine that gave up on every page', 'ENGINE_UNREACHABLE', '服务不可用', 4],
      ['the memory guard, or a GPU out of memory', 'TOO_COMPLEX', '页面过于复杂，内存不足', 0],
    ]
    for (const [cause, code, text, retryCount] of failedTasks)
      it(`${cause}: a failed task`, async () => {
        await using api = await startTestApi({ documents: [taskOf(kind, code)] })

        const { status: httpStatus, body } = await status(api, ID)

        assert.equal(httpStatus, 200)
        const error = `${kind.label}: ${text}`
        assert.deepEqual(
          body,
          kind.engine === 'ollama'
            ? { status: 'failed', task_id: ID, error, detail_code: code }
            : {
                status: 'failed',
                error,
                code: 'OCR_PROCESSING_ERROR',
                failed_at: '2024-03-07T10:01:00Z',
                retry_count: retryCount,
                detail_code: code,
              },
        )
      })

    it('a rate limit: 429 with Retry-After', async () => {
      await using api = await startTestApi()
      api.gateway.failure = new OcrError('RATE_LIMITED', 'inner', { retryAfterMs: 7_000 })

      const answer = await upload(api, fileForm())

      assert.deepEqual(answer, {
        status: 429,
        retryAfter: '7',
        body: { error: '请求过于频繁', code: 'RATE_LIMITED' },
      })
    })

    it('an engine that is down or absent: accepted, and stays processing', async () => {
      await using api = await startTestApi({
        documents: [
          sampleStatus({
            dialect: 'py-ocr',
            engine: kind.engine,
            state: 'queued',
            queuedReason: 'NO_WORKER',
            startedAt: null,
            progress: INITIAL_PROGRESS,
          }),
        ],
      })

      const accepted = await upload(api, fileForm())
      const waiting = await status(api, ID)

      assert.deepEqual([accepted.status, waiting.status], [200, 200])
      assert.deepEqual(
        waiting.body,
        kind.engine === 'ollama'
          ? { status: 'processing', task_id: ID }
          : { status: 'processing', progress: 0, started_at: '2024-03-07T09:59:58Z' },
      )
    })

    it('Temporal unreachable, at submit, status and cancel: 503', async () => {
      await using api = await startTestApi({ documents: [taskOf(kind, null)] })
      api.gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'inner')

      const answers = [await upload(api, fileForm()), await status(api, ID), await cancel(api, ID)]

      for (const answer of answers)
        assert.deepEqual(answer, { status: 503, retryAfter: '5', body: PY_OCR_ERRORS.unavailable })
    })

    it('the store unreachable, at submit and status: 503', async () => {
      await using api = await startTestApi({ documents: [taskOf(kind, null)] })
      api.gateway.failure = new OcrError('STORAGE_UNAVAILABLE', 'inner')

      const answers = [await upload(api, fileForm()), await status(api, ID)]

      for (const answer of answers)
        assert.deepEqual(answer, {
          status: 503,
          retryAfter: '5',
          body: { ...PY_OCR_ERRORS.unavailable, detail_code: 'STORAGE_UNAVAILABLE' },
        })
    })

    it('an Idempotency-Key with another body: 422', async () => {
      await using api = await startTestApi()
      api.gateway.failure = new OcrError('IDEMPOTENCY_KEY_REUSED', 'inner')

      const answer = await upload(api, fileForm())

      assert.deepEqual(answer, {
        status: 422,
        retryAfter: null,
        body: { error: '幂等键已用于其他请求', code: 'IDEMPOTENCY_KEY_REUSED' },
      })
    })

    it('an Idempotency-Key of a deleted task: 404', async () => {
      await using api = await startTestApi()
      api.gateway.failure = new OcrError('DOCUMENT_NOT_FOUND', 'inner')

      const answer = await upload(api, fileForm())

      assert.deepEqual(answer, {
        status: 404,
        retryAfter: null,
        body: PY_OCR_EXAMPLES[3].notFound,
      })
    })

    it('each status of an upload is in the documentation', async () => {
      await using api = await startTestApi()

      const { paths } = await readJson(await api.fetch('/openapi.json'))

      const { responses } = paths[`/api${kind.prefix}/upload`].post
      const statuses = ['200', '400', '404', '408', '422', '429', '500', '503']
      assert.deepEqual(Object.keys(responses), statuses)
    })

    it('an unknown task: 404', async () => {
      await using api = await startTestApi()

      for (const answer of [await status(api, ID), await cancel(api, 'nobody')])
        assert.deepEqual(answer, {
          status: 404,
          retryAfter: null,
          body: PY_OCR_EXAMPLES[3].notFound,
        })
    })

    it('a malformed id: 400', async () => {
      await using api = await startTestApi()

      for (const answer of [await status(api, 'a.b'), await cancel(api, '任务')])
        assert.deepEqual(answer, {
          status: 400,
          retryAfter: null,
          body: PY_OCR_ERRORS.invalidTaskId,
        })
    })

    it('an inner error: 500, without its text', async () => {
      await using api = await startTestApi()
      api.gateway.failure = new TypeError('inner')

      for (const answer of [await upload(api, fileForm()), await status(api, ID)])
        assert.deepEqual(answer, { status: 500, retryAfter: null, body: innerError })
    })
  })

async function answerOf(api: TestApi, path: string, init?: RequestInit): Promise<Answer> {
  const response = await api.fetch(`/api${path}`, init)
  const retryAfter = response.status === 200 ? null : response.headers.get('retry-after')
  return { status: response.status, retryAfter, body: await readJson(response) }
}

/** A task that has failed with a code, or is under way. */
function taskOf({ engine }: Kind, failureCode: FailureCode | null): DocumentStatus {
  if (failureCode === null) return sampleStatus({ dialect: 'py-ocr', engine })
  return sampleStatus({
    dialect: 'py-ocr',
    engine,
    state: 'failed',
    failureCode,
    endedAt: '2024-03-07T10:01:00.000Z',
  })
}
