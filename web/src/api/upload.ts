import { ApiError } from '../model.ts'
import type { UploadProgress } from './documents-api.ts'
import { fetchJson, noAnswer } from './http.ts'
import { parseJson } from './read-json.ts'
import { toApiError } from './refusal.ts'

const MAX_RETRIES = 3
const FIRST_PAUSE_MS = 1_000
/** Without a byte sent or an answer for so long, a connection counts as lost. */
const SILENCE_MS = 60_000
/** The same once all is sent: what keeps a large file may need its time. */
const ANSWER_MS = 300_000

/** A file and where it goes. */
export type FileUpload = UploadProgress & {
  readonly url: string
  readonly file: File
  readonly fields: Readonly<Record<string, string>>
  /** For tests. */
  readonly createRequest?: () => XMLHttpRequest
  readonly pauseMs?: number
}

/**
 * Sends a file, again if the connection is lost, or once the service takes more after too much at once;
 * the idempotency key makes that one document. Resolves with the JSON of the answer.
 *
 * @throws {ApiError} `NETWORK` also when it was given up
 */
export function sendFile(upload: FileUpload): Promise<unknown> {
  return withRetries(upload, () => sendOnce(upload))
}

/** Sends JSON in the same way; given up, it is not sent again. @throws {ApiError} `NETWORK` also when it was given up */
export function sendJson(
  url: string,
  json: unknown,
  options: Pick<FileUpload, 'signal' | 'pauseMs' | 'idempotencyKey'>,
): Promise<unknown> {
  const headers = {
    'Content-Type': 'application/json',
    'Idempotency-Key': options.idempotencyKey,
  }
  const body = JSON.stringify(json)
  return withRetries(options, () =>
    fetchJson(url, { method: 'POST', headers, body, timeoutMs: SILENCE_MS }),
  )
}

type Retrying = Pick<FileUpload, 'signal' | 'pauseMs'> & Partial<Pick<FileUpload, 'onSent'>>

async function withRetries<Value>(
  { signal, pauseMs = FIRST_PAUSE_MS, onSent }: Retrying,
  send: () => Promise<Value>,
): Promise<Value> {
  for (let retries = 0; ;) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof ApiError) || signal.aborted) throw error
      if (error.status === 429 && error.retryAfterMs > 0) {
        // It waits for its turn, which comes: that counts as no try.
        onSent?.(0)
        await pause(error.retryAfterMs, signal)
        if (signal.aborted) throw error
        continue
      }
      if (error.code !== 'NETWORK' || retries === MAX_RETRIES) throw error
      await pause(pauseMs * 2 ** retries, signal)
      // Without a network, tries say nothing about the service.
      if (globalThis.navigator?.onLine === false) await online(signal)
      if (signal.aborted) throw error
      retries += 1
    }
  }
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, durationMs)
    signal.addEventListener('abort', done)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}

/** Resolves once the device has a network again, or it was given up. */
function online(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => resolve()
    globalThis.addEventListener('online', done, { once: true, signal })
    signal.addEventListener('abort', done, { once: true })
  })
}

/** By XMLHttpRequest: `fetch` cannot tell how much was sent. */
function sendOnce(upload: FileUpload): Promise<unknown> {
  const { url, file, fields, signal, onSent, idempotencyKey } = upload
  const request = upload.createRequest?.() ?? new XMLHttpRequest()
  const abort = (): void => request.abort()
  let silence = setTimeout(abort, SILENCE_MS)
  request.upload.onprogress = (event) => {
    clearTimeout(silence)
    silence = setTimeout(abort, event.loaded < event.total ? SILENCE_MS : ANSWER_MS)
    // What is sent is the form, which is a little more than the file.
    onSent(Math.min(file.size, event.loaded))
  }
  const answered = new Promise<unknown>((resolve, reject) => {
    request.onload = () => {
      const { status, responseText: body } = request
      if (status >= 200 && status < 300) resolve(parseJson(body))
      else reject(toApiError({ status, body, header: (name) => request.getResponseHeader(name) }))
    }
    request.onerror = request.onabort = () => reject(noAnswer())
    if (signal.aborted) reject(noAnswer())
  })
  request.open('POST', url)
  request.setRequestHeader('Idempotency-Key', idempotencyKey)
  signal.addEventListener('abort', abort)
  if (!signal.aborted) request.send(toForm(file, fields))
  return answered.finally(() => {
    clearTimeout(silence)
    signal.removeEventListener('abort', abort)
  })
}

function toForm(file: File, fields: FileUpload['fields']): FormData {
  const form = new FormData()
  for (const [name, text] of Object.entries(fields)) form.append(name, text)
  form.append('file', file, file.name)
  return form
}
