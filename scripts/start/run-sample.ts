import { openAsBlob } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { bearerHeader } from '../../src/platform/bearer-header.ts'
import type { Secret } from '../../src/platform/secret.ts'

/** The bundled document. */
export const SAMPLE_PATH = join(import.meta.dirname, '..', '..', 'samples', 'sample.pdf')

const CREATED = z.object({ id: z.string() })
const STATUS = z.object({
  status: z.enum(['queued', 'processing', 'cancelling', 'completed', 'failed', 'cancelled']),
  pages: z.object({ total: z.number(), done: z.number() }),
  failure: z.object({ code: z.string(), title: z.string() }).nullable(),
})

const POLL_MS = 200
const TIMEOUT_MS = 300_000

/** How the sample is sent. */
export type SampleOptions = {
  /** Of the api; `null`: none is sent. */
  readonly apiKey: Secret | null
  /** Told every change of its progress. */
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * Sends the sample through `/v1` and returns its Markdown.
 *
 * @throws {Error} when it is not completed within 5 minutes
 */
export async function runSample(
  origin: string,
  { apiKey, say, signal }: SampleOptions,
): Promise<string> {
  const init = { headers: bearerHeader(apiKey), signal }
  const url = await sendSample(origin, init)
  const deadlineMs = Date.now() + TIMEOUT_MS
  let told = ''
  while (Date.now() < deadlineMs) {
    const { status, pages, failure } = STATUS.parse(await fetchJson(url, init))
    const line = `sample: ${status}, page ${pages.done} of ${pages.total || '?'} done`
    if (line !== told) say(line)
    told = line
    if (status === 'completed') return await fetchText(`${url}/result?format=markdown`, init)
    if (status === 'failed' || status === 'cancelled')
      throw new Error(
        `The sample is ${status}${failure ? `: ${failure.code}, ${failure.title}` : ''}`,
      )
    await delay(POLL_MS, undefined, { signal })
  }
  throw new Error('The sample was not completed within 5 minutes')
}

async function sendSample(origin: string, init: RequestInit): Promise<string> {
  const form = new FormData()
  form.append('file', await openAsBlob(SAMPLE_PATH, { type: 'application/pdf' }), 'sample.pdf')
  const url = `${origin}/v1/documents`
  const { id } = CREATED.parse(await fetchJson(url, { ...init, method: 'POST', body: form }))
  return `${url}/${id}`
}

async function fetchJson(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, init)
  // A key was sent, or this was refused before anything was started.
  if (response.status === 401)
    throw new Error(
      'The api refuses the key in OCR_API_KEY: set it to one of those of OCR_API_KEYS',
    )
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return await response.json()
}

async function fetchText(url: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return await response.text()
}
