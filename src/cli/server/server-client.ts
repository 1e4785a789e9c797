import { randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { bearerHeader } from '../../platform/bearer-header.ts'
import type { ResultFormat } from '../../storage/object-keys.ts'
import {
  CANCELLED,
  CONFIGURATION,
  DOCUMENT,
  DOCUMENT_LIST,
  SUBMITTED,
  type DocumentBody,
  type ListQuery,
} from './document-body.ts'
import { readBody } from './read-body.ts'
import type { Secret } from '../../platform/secret.ts'
import { sendRequest as send, type ServerRequest } from './send-request.ts'
import { ServerError } from './server-error.ts'

/** What is sent: a file of this machine, or a URL for the server to fetch. */
export type Submission = {
  readonly source: { readonly path: string; readonly name: string } | { readonly url: string }
  /** `engine`, `pages`, `password`, as `/v1` takes them. */
  readonly fields: Readonly<Record<string, string>>
}

/** `/v1` of one server. Every method throws {@link ServerError}. */
export type ServerClient = {
  readonly url: string
  /** Bytes of the largest upload; also tells whether the server is one of ours. */
  maxUploadBytes(options: CallOptions & { readonly deadlineMs: number }): Promise<number>
  /** Sends a document once, however often it has to be tried; gives its id. */
  submit(submission: Submission, options: CallOptions): Promise<string>
  status(id: string, options: CallOptions): Promise<DocumentBody>
  cancel(id: string, options: CallOptions): Promise<DocumentBody['status']>
  /** The newest documents, over as many pages of the list as that takes. */
  list(query: ListQuery, options: CallOptions): Promise<readonly DocumentBody[]>
  /** The file; its body is still to be read. */
  result(id: string, format: ResultFormat, options: CallOptions): Promise<Response>
  /** The stream of events after one of them; `null`: that one was the last. */
  events(id: string, afterId: string | null, options: CallOptions): Promise<Response | null>
}

/** How to make a call. */
export type CallOptions = {
  readonly signal: AbortSignal
  /** Default: 5. */
  readonly tries?: number
}

const DEADLINE_MS = 30_000
const RESULT_DEADLINE_MS = 600_000
/** An upload that is slower than this is given up. */
const SLOWEST_UPLOAD_BYTES_PER_MS = 50
/** The server ends a stream when the document ends; this is far longer than any document takes. */
const EVENTS_DEADLINE_MS = 86_400_000
const LARGEST_LIST_PAGE = 100

/**
 * Makes a client; `url` is without a slash at its end.
 *
 * @param apiKey Sent with every request; `null`: none
 * @param onWait Told when the server makes any of the calls wait; see `ServerRequest`
 */
export function createServerClient(
  url: string,
  apiKey: Secret | null = null,
  onWait: (waitMs: number) => void = () => undefined,
): ServerClient {
  const sendRequest = (target: string, { headers = {}, ...request }: ServerRequest) =>
    send(target, { ...request, onWait, headers: { ...headers, ...bearerHeader(apiKey) } })
  const ofDocument = (id: string): string => `${url}/v1/documents/${id}`
  return {
    url,
    async maxUploadBytes(options) {
      const response = await sendRequest(`${url}/v1/config`, options)
      return (await readBody(response, CONFIGURATION)).limits.max_upload_bytes
    },
    async submit(submission, options) {
      const response = await sendRequest(`${url}/v1/documents`, {
        method: 'POST',
        ...(await toSubmitRequest(submission)),
        ...options,
      })
      return (await readBody(response, SUBMITTED)).id
    },
    async status(id, options) {
      const response = await sendRequest(ofDocument(id), { deadlineMs: DEADLINE_MS, ...options })
      return await readBody(response, DOCUMENT)
    },
    async cancel(id, options) {
      const request = { method: 'POST', deadlineMs: DEADLINE_MS, ...options } as const
      return (await readBody(await sendRequest(`${ofDocument(id)}/cancel`, request), CANCELLED))
        .status
    },
    async list({ limit, status }, options) {
      const found: DocumentBody[] = []
      let cursor: string | null = null
      do {
        const query = new URLSearchParams({
          limit: String(Math.min(limit - found.length, LARGEST_LIST_PAGE)),
          ...(status === null ? {} : { status }),
          ...(cursor === null ? {} : { cursor }),
        })
        const request = { deadlineMs: DEADLINE_MS, ...options }
        const response = await sendRequest(`${url}/v1/documents?${query.toString()}`, request)
        const page = await readBody(response, DOCUMENT_LIST)
        found.push(...page.documents)
        cursor = page.next_cursor
      } while (cursor !== null && found.length < limit)
      return found.slice(0, limit)
    },
    result: (id, format, options) =>
      sendRequest(`${ofDocument(id)}/result?format=${format}`, {
        deadlineMs: RESULT_DEADLINE_MS,
        ...options,
      }),
    async events(id, afterId, options) {
      const response = await sendRequest(`${ofDocument(id)}/events`, {
        headers: {
          Accept: 'text/event-stream',
          ...(afterId === null ? {} : { 'Last-Event-ID': afterId }),
        },
        deadlineMs: EVENTS_DEADLINE_MS,
        ...options,
      })
      return response.status === 204 ? null : response
    },
  }
}

async function toSubmitRequest({ source, fields }: Submission) {
  // With a key, a submit that is tried again after a lost answer makes no second document.
  const key = { 'Idempotency-Key': randomUUID() }
  if ('url' in source)
    return {
      headers: { ...key, 'Content-Type': 'application/json' },
      body: async () => JSON.stringify({ url: source.url, ...fields }),
      deadlineMs: DEADLINE_MS,
    }
  const { size } = await stat(source.path)
  return {
    headers: key,
    body: async () => {
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.append(name, value)
      // Read from the disk as it is sent.
      form.append('file', await openAsBlob(source.path), source.name)
      return form
    },
    deadlineMs: DEADLINE_MS + Math.ceil(size / SLOWEST_UPLOAD_BYTES_PER_MS),
  }
}

/** Tells whether something was thrown because there is no such document. */
export function isUnknownDocument(thrown: unknown): boolean {
  return thrown instanceof ServerError && thrown.httpStatus === 404
}
