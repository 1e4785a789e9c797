import { openAsBlob } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'

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

/**
 * Sends the sample through `/v1` and returns its Markdown; tells every change of its progress.
 *
 * @throws {Error} when it is not completed within 5 minutes
 */
export async function runSample(
  origin: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const url = await sendSample(origin, signal)
  const deadlineMs = Date.now() + TIMEOUT_MS
  let told = ''
  while (Date.now() < deadlineMs) {
    const { status, pages, failure } = STATUS.parse(await fetchJson(url, { signal }))
    const line = `sample: ${status}, page ${pages.done} of ${pages.total || '?'} done`
    if (line !== told) say(line)
    told = line
    if (status === 'completed') return await fetchText(`${url}/result?format=markdown`, signal)
    if (status === 'failed' || status === 'cancelled')
      throw new Error(
        `The sample is ${status}${failure ? `: ${failure.code}, ${failure.title}` : ''}`,
      )
    await delay(POLL_MS, undefined, { signal })
  }
  throw new Error('The sample was not completed within 5 minutes')
}

async function sendSample(origin: string, signal: AbortSignal): Promise<string> {
  const form = new FormData()
  form.append('file', await openAsBlob(SAMPLE_PATH, { type: 'application/pdf' }), 'sample.pdf')
  const url = `${origin}/v1/documents`
  const { id } = CREATED.parse(await fetchJson(url, { method: 'POST', body: form, signal }))
  return `${url}/${id}`
}

async function fetchJson(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return await response.json()
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return await response.text()
}
