import assert from 'node:assert/strict'
import { until } from './until.ts'

/** An answer with a JSON body. */
export type PyOcrAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

/** What differs between the kinds of task: where their routes are. */
export type PyOcrPrefix = '' | '/llm' | '/ocr'

/** A client of the Py OCR document. */
export type PyOcrClient = {
  call(path: string, init?: RequestInit): Promise<PyOcrAnswer>
  upload(prefix: PyOcrPrefix, bytes: Uint8Array | null, name?: string): Promise<PyOcrAnswer>
  /** Uploads what must be accepted; gives the task's id. */
  submit(prefix: PyOcrPrefix, bytes: Uint8Array): Promise<string>
  status(prefix: PyOcrPrefix, taskId: string): Promise<PyOcrAnswer>
  cancel(prefix: PyOcrPrefix, taskId: string): Promise<PyOcrAnswer>
  batch(taskIds: readonly string[]): Promise<PyOcrAnswer>
  /** Polls until a status is as wanted; gives its body. */
  statusWhen(
    prefix: PyOcrPrefix,
    taskId: string,
    isMet: (body: PyOcrAnswer['body']) => boolean,
  ): Promise<PyOcrAnswer['body']>
}

/** A client for a base URL, such as the documented `http://localhost:5000/api`. */
export function createPyOcrClient(baseUrl: () => string): PyOcrClient {
  const client: PyOcrClient = {
    async call(path, init) {
      const response = await fetch(`${baseUrl()}${path}`, init)
      const body = (await response.json()) as Record<string, unknown>
      return { status: response.status, headers: response.headers, body }
    },
    upload(prefix, bytes, name = '发票.pdf') {
      const form = new FormData()
      if (bytes !== null) form.append('file', new Blob([new Uint8Array(bytes)]), name)
      return client.call(`${prefix}/upload`, { method: 'POST', body: form })
    },
    async submit(prefix, bytes) {
      const { status, body } = await client.upload(prefix, bytes)
      assert.equal(status, 200, JSON.stringify(body))
      return String(body['task_id'])
    },
    status: (prefix, taskId) => client.call(`${prefix}/status/${taskId}`),
    cancel: (prefix, taskId) => client.call(`${prefix}/cancel/${taskId}`, { method: 'POST' }),
    batch: (taskIds) =>
      client.call('/status/batch', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ task_ids: taskIds }),
      }),
    async statusWhen(prefix, taskId, isMet) {
      let body: PyOcrAnswer['body'] = {}
      await until(
        async () => {
          const answer = await client.status(prefix, taskId)
          body = answer.body
          // The api may not be able to say just now: Temporal may take longer than it waits.
          return answer.status !== 503 && isMet(body)
        },
        `the status of ${taskId} is as wanted`,
        60_000,
      )
      return body
    },
  }
  return client
}
