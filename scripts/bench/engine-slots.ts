import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import sharp from 'sharp'
import { createEngine } from '../../src/engines/registry.ts'
import { pageImageFactsKey, pageImageKey } from '../../src/storage/object-keys.ts'
import { writeJson } from '../../src/storage/read-blob.ts'
import { textReply, type FakeReply } from '../../test/support/fakes/fake-reply.ts'
import type { FakeRequest } from '../../test/support/fakes/fake-model-server.ts'
import { createFakeVllm, dotsLayout } from '../../test/support/fakes/fake-vllm.ts'
import { markedDocument } from '../../test/support/marked-document.ts'
import { startStack, type Stack } from '../../test/support/stack.ts'
import { submitDocument, waitForEnd } from '../../test/support/stack-client.ts'
import { cpuSeconds } from './cpu-time.ts'
import { sha256Of, storeOf } from './stack-store.ts'

/** A size that dots.ocr takes as it is, so that what is measured is not the resizing. */
const IMAGE = { widthPx: 1652, heightPx: 2352 }
const PIECES = 16
const DIRECT_PAGES = 100
/** Of each document: one of more than 400 drains the slots for a page's time at each 400 (91 % of use). */
const DOCUMENT_PAGES = 320

const answer = dotsLayout(IMAGE)
/** Pages that take so long on average, each from half to one and a half of it, in pieces. */
function pagesOf(meanMs: number): () => FakeReply {
  let pages = 0
  return () => {
    const share = 0.5 + ((pages++ * 619) % 1000) / 1000
    return textReply(answer, {
      pieceLength: Math.ceil(answer.length / PIECES),
      delayMs: Math.round((meanMs * share) / PIECES),
    })
  }
}

/**
 * How well the slots of a model server are used: 40 pages for each of K slots, the page images in
 * the store already, and a fake server that takes as long as a GPU with K pages in its batch.
 */
export async function benchEngineSlots(slots: number): Promise<void> {
  const pages = 40 * slots
  // A GPU takes longer for a page the more of them it has in hand; a laptop has to keep up.
  const pageMs = slots <= 8 ? 2_000 : 6_000
  await using fake = await createFakeVllm({ model: 'dots', reply: pagesOf(pageMs) })
  await using stack = await startStack({
    stubDelayMs: null,
    env: { OCR_DOTS_URL: fake.url, OCR_GPU_SLOTS: String(slots) },
  })
  const documents = Array.from(
    { length: pages / DOCUMENT_PAGES },
    () =>
      new Uint8Array(
        Buffer.concat([markedDocument(DOCUMENT_PAGES, 1), Buffer.from(`% ${randomUUID()}\n`)]),
      ),
  )
  for (const bytes of documents) await storePageImages(stack, bytes, DOCUMENT_PAGES)
  const before = cpuSeconds([stack.worker.pid()])
  const ids = await Promise.all(
    documents.map((bytes) => submitDocument(stack.url, bytes, { engine: 'dots' })),
  )
  for (const id of ids) {
    const { status } = await waitForEnd(stack.url, id, 30 * 60_000)
    if (status !== 'completed') throw new Error(`The document is ${status}`)
  }
  const cpuMs = ((cpuSeconds([stack.worker.pid()]) - before) / pages) * 1000
  const use = useOf(fake.requests, slots)
  console.log(`\n${pages} pages of ${pageMs / 1000} s on ${slots} slots of a model server`)
  console.log(`  slots used    ${(use * 100).toFixed(1)} % (goal: at least 95 %)`)
  console.log(`  worker        CPU ${cpuMs.toFixed(0)} ms a page, Temporal's client included`)
}

/** Share of the slots' time, from the first request to the last answer, in which they had a page. */
function useOf(requests: readonly FakeRequest[], slots: number): number {
  const startMs = Math.min(...requests.map(({ atMs }) => atMs))
  const endMs = Math.max(...requests.map(({ endedAtMs }) => endedAtMs ?? 0))
  const busyMs = requests.reduce(
    (sum, { atMs, endedAtMs }) => sum + ((endedAtMs ?? atMs) - atMs),
    0,
  )
  return busyMs / (slots * (endMs - startMs))
}

async function storePageImages(
  stack: Stack,
  bytes: Uint8Array<ArrayBuffer>,
  pages: number,
): Promise<void> {
  const store = await storeOf(stack)
  const sha256 = sha256Of(bytes)
  const png = await pageImage()
  for (let page = 1; page <= pages; page++) {
    const ref = { sha256, page, dpi: 200 }
    await store.put(pageImageKey(ref), png, { contentType: 'image/png' })
    await writeJson(store, pageImageFactsKey(ref), { dpi: 200, warnings: [] })
  }
}

/** A page of black bars: about as large a PNG as a page of text. */
function pageImage(): Promise<Buffer> {
  const { widthPx: width, heightPx: height } = IMAGE
  const bars = Array.from({ length: 60 }, (_, row) =>
    Array.from(
      { length: 40 },
      (_cell, column) =>
        `<rect x="${100 + column * 36}" y="${100 + row * 36}" width="${8 + ((row * 7 + column * 13) % 24)}" height="${10 + ((row + column) % 9)}"/>`,
    ).join(''),
  ).join('')
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="white"/>${bars}</svg>`
  return sharp(Buffer.from(svg)).flatten({ background: 'white' }).png().toBuffer()
}

/** What a page costs the engine's client alone: no Temporal, no store. */
export async function benchEngineClient(): Promise<void> {
  await using fake = await createFakeVllmProcess()
  const server = { baseUrl: `${fake.url}/v1`, apiKey: null, model: 'model' }
  const nothing = { llm: null, ollama: null, deepseek: null }
  await using engine = createEngine('dots', {
    slots: 1,
    temporaryDirectory: tmpdir(),
    paddleModelsDirectory: null,
    servers: { ...nothing, dots: { server, maxTokens: 16_384, slots: 8 } },
  })
  const image = { png: await pageImage(), ...IMAGE, dpi: 200 }
  const { signal } = new AbortController()
  const read = () => engine.recognize(image, { languages: null, signal })
  await read()
  const before = process.cpuUsage()
  const lanes = Array.from({ length: 8 }, async () => {
    for (let page = 0; page < DIRECT_PAGES / 8; page++) await read()
  })
  await Promise.all(lanes)
  const { user, system } = process.cpuUsage(before)
  const cpuMs = (user + system) / 1000 / (Math.ceil(DIRECT_PAGES / 8) * 8)
  console.log(`\nEngine client alone (a PNG of ${Math.round(image.png.length / 1024)} KB)`)
  console.log(`  CPU           ${cpuMs.toFixed(1)} ms a page (goal: at most 20)`)
}

/** In a process of its own, so that its work is not counted as the client's. */
async function createFakeVllmProcess(): Promise<AsyncDisposable & { readonly url: string }> {
  const program = join(import.meta.dirname, '..', '..', 'test/support/fakes/fake-model-main.ts')
  const settings = { kind: 'dots', text: answer, pieceLength: Math.ceil(answer.length / PIECES) }
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  return {
    url,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}
