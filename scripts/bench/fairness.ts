import { createHash, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { startStack, type Stack } from '../../test/support/stack.ts'
import { newDocument } from './bench-document.ts'
import { median, quantile } from './quantile.ts'

const LONG_PAGES = 300
const TRIES = 7
const GOAL = 3
/** Long documents of one caller, and pages of the other's. */
const CROWD = 5
const OTHER_PAGES = 20

/** Who sends documents: each with a key of its own. */
const KEYS = { long: randomUUID(), other: randomUUID() }

/**
 * How much longer a document of one page takes behind one of 300 pages, of the same and of another
 * submitter, than on an idle system: with a stub engine of half a second a page, or the built-in one.
 */
export async function benchFairness(stubDelayMs: number | null): Promise<void> {
  await using stack = await startStack({
    stubDelayMs,
    slots: 2,
    env: keysSetting(),
  })
  const engine = stubDelayMs === null ? 'the built-in engine' : `a stub of ${stubDelayMs} ms a page`
  console.log(`\nA page behind ${LONG_PAGES} pages, 2 slots, ${engine}`)
  // The first one warms up the engine.
  await secondsOfOne(stack, KEYS.other)
  const idle = await manyOfOne(stack, KEYS.other)
  console.log(`  idle          ${told(idle)}`)
  const long = await submit(stack, KEYS.long, LONG_PAGES)
  await untilRunning(stack, long)
  for (const [who, key] of Object.entries(KEYS)) {
    const behind = await manyOfOne(stack, key)
    const ratio = median(behind) / median(idle)
    const name = who === 'long' ? 'same sender' : 'another one'
    console.log(`  ${name}   ${told(behind)}, ratio ${ratio.toFixed(2)} (goal: at most ${GOAL})`)
  }
  const { pages, status } = await readNow(stack, KEYS.long, long)
  if (status !== 'processing') throw new Error(`The long document is ${status} already`)
  console.log(`  meanwhile     ${pages.done} pages of the long document were read`)
}

/**
 * How callers take turns: of five documents of one and one of another, all long, how many pages are read
 * while the other's is. Without turns it would be five for each of his.
 */
export async function benchTurns(): Promise<void> {
  await using stack = await startStack({ stubDelayMs: 300, slots: 2, env: keysSetting() })
  await secondsOfOne(stack, KEYS.other)
  const crowd: string[] = []
  for (let n = 0; n < CROWD; n++) crowd.push(await submit(stack, KEYS.long, 60))
  const doneOfCrowd = async (): Promise<number> => {
    const read = await Promise.all(crowd.map((id) => readNow(stack, KEYS.long, id)))
    return read.reduce((sum, { pages }) => sum + pages.done, 0)
  }
  while ((await doneOfCrowd()) < 10) await setTimeout(200)
  const other = await submit(stack, KEYS.other, OTHER_PAGES)
  const doneOfOther = async (): Promise<number> =>
    (await readNow(stack, KEYS.other, other)).pages.done
  // Its pages are drawn then: before, it is not the engine that it waits for.
  while ((await doneOfOther()) < 3) await setTimeout(200)
  const before = { crowd: await doneOfCrowd(), other: await doneOfOther() }
  while ((await doneOfOther()) < OTHER_PAGES - 2) await setTimeout(200)
  const after = { crowd: await doneOfCrowd(), other: await doneOfOther() }
  const share = (after.crowd - before.crowd) / (after.other - before.other)
  console.log(`\nTurns: ${OTHER_PAGES} pages beside ${CROWD} long documents of another caller`)
  console.log(`  pages of his  ${share.toFixed(2)} for each (goal: at most 1.5)`)
}

function readNow(stack: Stack, key: string, id: string): Promise<Read> {
  return read(stack, key, { id, waitSeconds: 0 })
}

function keysSetting(): Readonly<Record<string, string>> {
  return { OCR_API_KEYS: Object.entries(KEYS).map(keySetting).join(',') }
}

function keySetting([name, key]: readonly [string, string]): string {
  return `${name}:${createHash('sha256').update(key).digest('hex')}`
}

function told(seconds: readonly number[]): string {
  const [middle, worst] = [median(seconds), quantile(seconds, 1)]
  return `median ${middle.toFixed(2)} s, worst ${worst.toFixed(2)} s`
}

async function manyOfOne(stack: Stack, key: string): Promise<number[]> {
  const seconds: number[] = []
  for (let n = 0; n < TRIES; n++) seconds.push(await secondsOfOne(stack, key))
  return seconds
}

async function secondsOfOne(stack: Stack, key: string): Promise<number> {
  const startedAt = performance.now()
  await untilCompleted(stack, key, await submit(stack, key, 1))
  return (performance.now() - startedAt) / 1000
}

async function untilCompleted(stack: Stack, key: string, id: string): Promise<void> {
  for (;;) {
    const { status, failure } = await read(stack, key, { id, waitSeconds: 60 })
    if (status === 'completed') return
    if (status === 'failed' || status === 'cancelled')
      throw new Error(`The document is ${status}: ${failure?.code ?? 'no failure'}`)
  }
}

async function submit(stack: Stack, key: string, pages: number): Promise<string> {
  const form = new FormData()
  form.append('file', new Blob([newDocument(pages, 12, randomUUID())]), 'bench.pdf')
  const headers = { 'x-api-key': key }
  const sent = { method: 'POST', body: form, headers }
  const response = await fetch(`${stack.url}/v1/documents`, sent)
  if (response.status !== 202) throw new Error(`The submit was answered with ${response.status}`)
  return ((await response.json()) as { id: string }).id
}

type Read = {
  readonly status: string
  readonly pages: { readonly done: number }
  readonly failure: { readonly code: string } | null
}

async function read(
  stack: Stack,
  key: string,
  { id, waitSeconds }: { readonly id: string; readonly waitSeconds: number },
): Promise<Read> {
  const url = `${stack.url}/v1/documents/${id}?wait=${waitSeconds}`
  const response = await fetch(url, { headers: { 'x-api-key': key } })
  return (await response.json()) as Read
}

async function untilRunning(stack: Stack, id: string): Promise<void> {
  for (;;) {
    const { pages } = await read(stack, KEYS.long, { id, waitSeconds: 1 })
    if (pages.done >= 10) return
  }
}
