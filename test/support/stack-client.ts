import assert from 'node:assert/strict'
import { until } from './until.ts'

/** The parts of `/v1`'s status that tests look at. */
export type StatusBody = {
  readonly id: string
  readonly status: string
  readonly pages: {
    readonly total: number
    readonly done: number
    readonly ok: number
    readonly empty: number
    readonly degraded: number
    readonly failed: number
  }
  readonly failed_pages: readonly { readonly page: number; readonly code: string }[]
  readonly failure: { readonly code: string; readonly title: string } | null
  readonly queued_reason: string | null
}

/** Sends a document to `/v1` and returns the raw answer. */
export function postDocument(
  url: string,
  file: { readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string },
  options: { readonly fields?: Readonly<Record<string, string>>; readonly key?: string } = {},
): Promise<Response> {
  const form = new FormData()
  for (const [name, value] of Object.entries(options.fields ?? {})) form.append(name, value)
  form.append('file', new Blob([file.bytes]), file.name)
  return fetch(`${url}/v1/documents`, {
    method: 'POST',
    body: form,
    headers: options.key === undefined ? {} : { 'Idempotency-Key': options.key },
  })
}

/** Sends a document and returns its id. */
export async function submitDocument(
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>> = {},
): Promise<string> {
  const response = await postDocument(url, { bytes, name: 'marked.pdf' }, { fields })
  const body = (await response.json()) as { id: string }
  assert.equal(response.status, 202, JSON.stringify(body))
  return body.id
}

/** Reads a status; `null` while the api cannot be reached or is not able to say. */
export async function readStatus(url: string, id: string): Promise<StatusBody | null> {
  const response = await fetch(`${url}/v1/documents/${id}`).catch(() => null)
  if (response === null) return null
  assert.notEqual(response.status, 404, 'a document that was accepted is never unknown')
  if (response.status !== 200) {
    await response.body?.cancel()
    return null
  }
  return (await response.json()) as StatusBody
}

/** Reads a status as soon as the api is able to say: Temporal may take longer than it waits. */
export async function statusOf(url: string, id: string): Promise<StatusBody> {
  let status: StatusBody | null = null
  await until(
    async () => (status = await readStatus(url, id)) !== null,
    `the status of ${id} is told`,
    60_000,
  )
  assert.ok(status)
  return status
}

/** Waits until a document has ended and returns its last status. */
export async function waitForEnd(
  url: string,
  id: string,
  deadlineMs = 120_000,
): Promise<StatusBody> {
  let status: StatusBody | null = null
  await until(
    async () => {
      status = await readStatus(url, id)
      return ['completed', 'failed', 'cancelled'].includes(status?.status ?? '')
    },
    `document ${id} has ended`,
    deadlineMs,
  )
  assert.ok(status)
  return status
}

/** Reads the text result, page by page. */
export async function readPages(url: string, id: string): Promise<string[]> {
  const response = await fetch(`${url}/v1/documents/${id}/result?format=text`)
  assert.equal(response.status, 200)
  return (await response.text()).split('\f').map((page) => page.trim())
}
