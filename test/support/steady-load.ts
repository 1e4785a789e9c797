import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { markedDocument } from './marked-document.ts'

/** A document that was sent. */
export type SentDocument = {
  readonly id: string
  readonly pages: number
  /** The answer to its cancel; `null`: nobody cancelled it. */
  cancelStatus: number | null
}

/** What became of the requests of a load. */
export type LoadReport = {
  readonly documents: readonly SentDocument[]
  readonly requests: number
  /** Answers of 500 and above, with what was asked. */
  readonly serverErrors: readonly string[]
  /** Requests whose connection broke before the answer; each was sent once more. */
  readonly broken: readonly string[]
  /** Requests that had no answer the second time either. */
  readonly lost: readonly string[]
}

/** Uploads with keys, statuses and cancels against one address, until it is stopped. */
export type SteadyLoad = { stop(): Promise<LoadReport> }

/** Documents under way at most: a busy machine must not get a backlog of minutes. */
const LANES = 6
const PAUSE_MS = 300
const STATUS_EVERY_MS = 60
const CANCEL_EVERY = 6

/** Starts the load. */
export function startSteadyLoad(url: string): SteadyLoad {
  const stopping = new AbortController()
  const documents: SentDocument[] = []
  const serverErrors: string[] = []
  const broken: string[] = []
  const lost: string[] = []
  let requests = 0

  const ask = async (
    what: string,
    path: string,
    init: () => RequestInit,
  ): Promise<Response | null> => {
    for (const seen of [broken, lost]) {
      requests += 1
      try {
        const response = await fetch(url + path, init())
        if (response.status >= 500) serverErrors.push(`${what}: ${response.status}`)
        return response
      } catch (error) {
        seen.push(`${what}: ${String(error instanceof Error ? error.cause : error)}`)
      }
    }
    return null
  }

  const upload = async (place: number): Promise<SentDocument | null> => {
    const pages = 1 + (place % 4)
    const marker = Buffer.from(`% load ${randomUUID()}\n`)
    const bytes = new Uint8Array(Buffer.concat([markedDocument(pages), marker]))
    const key = randomUUID()
    const answer = await ask('upload', '/v1/documents', () => {
      const body = new FormData()
      body.append('file', new Blob([bytes]), 'load.pdf')
      return { method: 'POST', body, headers: { 'Idempotency-Key': key } }
    })
    if (answer?.status !== 202) {
      await answer?.body?.cancel()
      return null
    }
    const { id } = (await answer.json()) as { id: string } // documented
    const document: SentDocument = { id, pages, cancelStatus: null }
    documents.push(document)
    if (place % CANCEL_EVERY !== CANCEL_EVERY - 1) return document
    const cancel = await ask('cancel', `/v1/documents/${id}/cancel`, () => ({ method: 'POST' }))
    document.cancelStatus = cancel?.status ?? null
    await cancel?.body?.cancel()
    return document
  }

  const hasEnded = async ({ id }: SentDocument): Promise<boolean> => {
    const answer = await ask('status', `/v1/documents/${id}`, () => ({}))
    if (answer?.status !== 200) {
      await answer?.body?.cancel()
      return false
    }
    const { status } = (await answer.json()) as { status: string } // documented
    return ['completed', 'failed', 'cancelled'].includes(status)
  }

  const { signal } = stopping
  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal }).catch(() => undefined)

  let place = 0
  const lane = async (): Promise<void> => {
    while (!signal.aborted) {
      const document = await upload(place++)
      await pause(PAUSE_MS)
      while (!signal.aborted && document !== null && !(await hasEnded(document)))
        await pause(PAUSE_MS)
    }
  }

  const askForStatuses = async (): Promise<void> => {
    const works = new Set<Promise<void>>()
    for (let turn = 0; !signal.aborted; turn++) {
      const document = documents[turn % Math.max(1, documents.length)]
      const path = document === undefined ? '/readyz' : `/v1/documents/${document.id}`
      const one = ask('status', path, () => ({}))
        .then((answer) => answer?.body?.cancel())
        .finally(() => works.delete(one))
      works.add(one)
      await pause(STATUS_EVERY_MS)
    }
    await Promise.all(works)
  }

  const running = Promise.all([askForStatuses(), ...Array.from({ length: LANES }, lane)])
  return {
    async stop() {
      stopping.abort()
      await running
      return { documents, requests, serverErrors, broken, lost }
    },
  }
}
