import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { markedDocument } from '../marked-document.ts'
import { submitDocument, type StatusBody } from '../stack-client.ts'

const POLL_EVERY_MS = 100
const UPLOAD_EVERY_MS = 3_000
/** Any address of 127.0.0.0/8 is this machine's, on Linux. */
const ATTACKERS_ADDRESS = '127.0.0.66'

/** Settings of the api, without and with the limits that are the default. */
export const LIMITS_PER_CALLER = {
  without: { OCR_RATE_LIMIT_REQUESTS: '0', OCR_RATE_LIMIT_SUBMITS: '0' },
  with: { OCR_RATE_LIMIT_REQUESTS: '1000', OCR_RATE_LIMIT_SUBMITS: '100' },
} as const

/** What a good client saw while others attacked. */
export type AttackReport = {
  /** Of its statuses, milliseconds. */
  readonly statusMs: readonly number[]
  /** Its statuses that were not answered with 200. */
  readonly refused: readonly string[]
  /** How its documents ended: `completed`, or `failed` with the code. */
  readonly ends: readonly string[]
  /** How long each of its documents took, ms. */
  readonly documentMs: readonly number[]
  /** By attack: how often it was answered what. */
  readonly answers: Attacked['answers']
  /** CPU time of the attackers, which the product has not. */
  readonly attackersCpuSeconds: number
}

/** What the program of the attacks prints. */
export type Attacked = {
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly cpuSeconds: number
}

/** Attacks an api for some seconds; meanwhile a good client polls statuses and sends documents. */
export async function runAttackMix(url: string, seconds: number): Promise<AttackReport> {
  const known = await submitDocument(url, newDocument())
  const program = join(import.meta.dirname, 'attack-main.ts')
  const args = [program, url, String(seconds), ATTACKERS_ADDRESS]
  let isOver = false
  const attacking = promisify(execFile)(process.execPath, args).finally(() => (isOver = true))
  const statusMs: number[] = []
  const refused: string[] = []
  const ends: string[] = []
  const documentMs: number[] = []
  const works = new Set<Promise<void>>()
  const start = (work: () => Promise<void>): void => {
    const one = work()
      .catch((error: unknown) => void refused.push(String(error)))
      .finally(() => works.delete(one))
    works.add(one)
  }
  const poll = async (): Promise<void> => {
    const startedAtMs = performance.now()
    const response = await fetch(`${url}/v1/documents/${known}`)
    await response.arrayBuffer()
    statusMs.push(performance.now() - startedAtMs)
    if (response.status !== 200) refused.push(`status: ${response.status}`)
  }
  const upload = async (): Promise<void> => {
    const sentAtMs = performance.now()
    const id = await submitDocument(url, newDocument())
    const { status, failure } = await longPoll(url, id)
    documentMs.push(performance.now() - sentAtMs)
    ends.push(failure === null ? status : `${status}: ${failure.code}`)
  }
  for (let place = 0; !isOver; place++) {
    // On time, whether or not earlier ones are answered: a slow server must not be spared.
    start(poll)
    if (place % (UPLOAD_EVERY_MS / POLL_EVERY_MS) === 0) start(upload)
    await delay(POLL_EVERY_MS)
  }
  const { stdout } = await attacking
  await Promise.all(works)
  // Printed by the program above.
  const { answers, cpuSeconds } = JSON.parse(stdout) as Attacked
  return { statusMs, refused, ends, documentMs, answers, attackersCpuSeconds: cpuSeconds }
}

/** Waits for the end as a good client does: quick polls would be a flood of their own. */
async function longPoll(url: string, id: string): Promise<StatusBody> {
  for (;;) {
    const response = await fetch(`${url}/v1/documents/${id}?wait=20`)
    if (response.status !== 200) throw new Error(`long poll: ${response.status}`)
    const status = (await response.json()) as StatusBody // documented
    if (['completed', 'failed', 'cancelled'].includes(status.status)) return status
  }
}

function newDocument(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([markedDocument(1), Buffer.from(`% ${randomUUID()}\n`)]))
}
