import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { freePort } from '../../scripts/temporal/ports.ts'
import {
  DOTS_ROWS,
  LLM_ROWS,
  MISCONFIGURED_REPLIES,
  OLLAMA_ROWS,
  pageByPage,
  type FailureRow,
} from '../support/failure-rows.ts'
import { startFakeEngines, type FakeEngines } from '../support/fakes/fake-engines.ts'
import { textReply, type FakeReply } from '../support/fakes/fake-reply.ts'
import type { OllamaReply } from '../support/fakes/ollama-replies.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { manageProcess } from '../support/managed-process.ts'
import { markedDocument } from '../support/marked-document.ts'
import { dotsReply, markdownOf } from '../support/page-truth.ts'
import { pageSteps, type PageStep } from '../support/page-steps.ts'
import { readJson } from '../support/read-json.ts'
import { readPageNumber } from '../support/read-page-number.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { submitDocument, waitForEnd, type StatusBody } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

type ServedEngine = 'llm' | 'ollama' | 'dots'

/** What became of a document. */
type Ending = {
  readonly id: string
  readonly status: StatusBody
  readonly steps: readonly PageStep[]
  /** Chat requests that the server saw. */
  readonly requests: readonly { readonly atMs: number; readonly body: unknown }[]
}

describe('a model server', () => {
  let fakes: FakeEngines
  let stack: Stack
  const resources = new AsyncDisposableStack()
  before(async () => {
    fakes = resources.use(await startFakeEngines())
    stack = resources.use(
      await startStack({ stubDelayMs: null, env: { ...fakes.env, OCR_GPU_SLOTS: '4' } }),
    )
  })
  beforeEach(() => {
    fakes.dots.setDefault(pageByPage([], dotsReply))
    fakes.llm.setDefault(pageByPage([], llmReply))
    fakes.ollama.setDefault(pageByPage([], ollamaReply))
  })
  afterEach(() => {
    for (const engine of ['dots', 'llm', 'ollama'] as const)
      assert.deepEqual(fakes[engine].problems, [])
  })
  after(() => resources.disposeAsync())

  async function read(engine: ServedEngine, pages: number, url = stack.url): Promise<Ending> {
    const requests = () => (engine === 'ollama' ? fakes.ollama.chats : fakes[engine].requests)
    const earlier = requests().length
    const pdf = Buffer.concat([markedDocument(pages, 4), Buffer.from(`% ${randomUUID()}\n`)])
    const id = await submitDocument(url, new Uint8Array(pdf), { engine })
    const status = await waitForEnd(url, id)
    const steps = await pageSteps(stack.client, id)
    return { id, status, steps, requests: requests().slice(earlier) }
  }

  // Before any page of this engine was read: afterwards a service's list of models condemns none.
  it('without the model fails all pages at once, until the model is there', async () => {
    fakes.ollama.setModels()
    fakes.ollama.setDefault({ kind: 'status', status: 404, body: { error: "model 'x' not found" } })

    const { status, steps, requests } = await read('ollama', 6)

    assert.equal(status.status, 'failed')
    assert.equal(steps.length, 6)
    assert.deepEqual(new Set(status.failed_pages.map(({ code }) => code)), MISCONFIGURED)
    // The page at the server, and one that stood in line for it already.
    assert.ok(requests.length <= 2, `${requests.length} requests`)

    fakes.ollama.setModels({ name: 'fake-vision:latest', capabilities: ['completion', 'vision'] })
    fakes.ollama.setDefault({ kind: 'ok', text: 'A page.' })
    // Between two probes there is a second.
    await until(
      async () => (await read('ollama', 1)).status.status === 'completed',
      'a page is read',
      60_000,
    )
  })

  for (const [what, reply] of MISCONFIGURED_REPLIES)
    it(`that tells of ${what} is asked once, and no other engine is`, async () => {
      fakes.llm.script(reply)

      const { status, steps, requests } = await read('llm', 1)

      assert.deepEqual([status.status, status.failure?.code], ['failed', 'ENGINE_MISCONFIGURED'])
      assert.deepEqual(outcomesOf(steps), ['default: ENGINE_MISCONFIGURED'])
      assert.equal(requests.length, 1)
    })

  describe('of the engine llm', () => {
    failuresOf('llm', LLM_ROWS, () => fakes.llm.setDefault(pageByPage(LLM_ROWS, llmReply)))
  })
  describe('of the engine ollama', () => {
    failuresOf('ollama', OLLAMA_ROWS, () =>
      fakes.ollama.setDefault(pageByPage(OLLAMA_ROWS, ollamaReply)),
    )
  })
  describe('of the engine dots', () => {
    failuresOf('dots', DOTS_ROWS, () => fakes.dots.setDefault(pageByPage(DOTS_ROWS, dotsReply)))
  })

  /** One document with a page for each row. */
  function failuresOf<Reply>(
    engine: ServedEngine,
    rows: readonly FailureRow<Reply>[],
    prepare: () => void,
  ): void {
    let ending: Ending
    let numbers: number[]
    let marks: string
    before(async () => {
      prepare()
      ending = await read(engine, rows.length)
      numbers = await numbersOf(ending.requests)
      const body = await readJson(await fetch(`${stack.url}/v1/documents/${ending.id}`))
      marks = body.page_marks
    })
    for (const [place, row] of rows.entries())
      it(row.symptom, () => {
        const page = place + 1
        const steps = ending.steps.filter((step) => step.page === page)
        assert.deepEqual(outcomesOf(steps), row.steps)
        const times = ending.requests
          .filter((_, at) => numbers[at] === page)
          .map(({ atMs }) => atMs)
        assert.equal(times.length, row.requests ?? row.replies.length)
        assertWaits(times, row.waitsMs ?? [])
        const failed = ending.status.failed_pages.find((one) => one.page === page)
        const mark = { o: 'ok', d: 'degraded' }[marks[place] ?? '']
        assert.equal(failed?.code ?? mark, row.page)
      })
  }

  it('that answers 500 to one page is asked five times, ever later, and that page alone fails', async () => {
    const others = [2, 3, 4, 5, 6]
    let asked = 0
    const inLine = new Set<number>()
    fakes.llm.setDefault(async (body): Promise<FakeReply> => {
      const page = await readPageNumber(sentPng(body))
      if (page !== 1) {
        inLine.add(page)
        // One of them is read after each failure: the server is well, it is the page.
        await until(() => asked >= page - 1, 'the page has its turn', 100_000)
        return textReply(`Page ${page}.`)
      }
      await until(() => inLine.size === others.length, 'the others are under way', 100_000)
      asked += 1
      return { kind: 'status', status: 500, body: { error: { message: 'no' } } }
    })

    const { status, steps, requests } = await read('llm', 6)

    assert.deepEqual([status.status, status.pages.ok], ['completed', 5])
    assert.deepEqual(
      status.failed_pages.map(({ page, code }) => [page, code]),
      [[1, 'ENGINE_REPLY_BROKEN']],
    )
    assert.equal(steps.length, 6)
    assert.equal(steps.find(({ page }) => page === 1)?.outcome, 'ENGINE_REPLY_BROKEN')
    const pages = await numbersOf(requests)
    const times = requests.filter((_, place) => pages[place] === 1).map(({ atMs }) => atMs)
    assert.equal(times.length, 5)
    assertWaits(times, [1_000, 2_000, 4_000, 8_000])
  })

  it('that dies of one page twice has those that were beside it both times read by another engine, too', async () => {
    fakes.dots.setDefault(async (body): Promise<FakeReply> => {
      const png = sentPng(body)
      if ((await readPageNumber(png)) === 2)
        return { kind: 'death', how: 'reset', afterwards: 'refuses', text: 'x', awayMs: 6_000 }
      const reply = await dotsReply(png)
      return reply.kind === 'text' ? { ...reply, pieceLength: 20, delayMs: 40 } : reply
    })
    const earlier = fakes.dots.requests.length

    const { status, steps } = await read('dots', 8)

    assert.deepEqual([status.status, status.pages.failed], ['completed', 0])
    const requests = fakes.dots.requests.slice(earlier)
    const deaths = Map.groupBy(
      await numbersOf(requests.filter(({ aborted }) => aborted)),
      (page) => page,
    )
    const twice = [...deaths].filter(([, { length }]) => length === 2).map(([page]) => page)
    assert.ok(twice.includes(2))
    assert.ok([...deaths.values()].every(({ length }) => length <= 2))
    assert.ok(deaths.size > 1, 'a page was in flight beside it')
    assert.deepEqual(
      steps
        .filter(({ step, outcome }) => step === 'by-paddle' && outcome === 'done')
        .map(({ page }) => page)
        .toSorted((a, b) => a - b),
      twice.toSorted((a, b) => a - b),
    )
    assert.deepEqual([status.pages.degraded, status.pages.ok], [twice.length, 8 - twice.length])
  })

  it('that dies of a page twice, out of memory, fails it where no other engine takes over', async () => {
    const port = await freePort('127.0.0.1')
    const program = join(import.meta.dirname, '..', '..', 'src/api/main.ts')
    const api = manageProcess(process.execPath, [program], () => ({
      ...stack.env(),
      OCR_PORT: String(port),
      OCR_FALLBACK_ENGINE: 'none',
    }))
    await using _ended = { [Symbol.asyncDispose]: () => api.end('SIGKILL') }
    api.start()
    const url = `http://127.0.0.1:${port}`
    const isReady = async () => (await fetch(`${url}/readyz`).catch(() => null))?.status === 200
    await until(isReady, 'the api is ready', 60_000)
    // It is no answer of a server that lives on: a smaller image is not asked for.
    const message = 'CUDA out of memory.'
    fakes.dots.setDefault({
      kind: 'death',
      how: 'status',
      afterwards: 'refuses',
      message,
      awayMs: 6_000,
    })

    const { status, steps, requests } = await read('dots', 1, url)

    assert.deepEqual([status.status, status.failure?.code], ['failed', 'TOO_COMPLEX'])
    assert.deepEqual(outcomesOf(steps), ['default: ENGINE_DIED'])
    assert.equal(requests.length, 2)
  })
})

const MISCONFIGURED = new Set(['ENGINE_MISCONFIGURED'])

function outcomesOf(steps: readonly PageStep[]): string[] {
  return steps.map(({ step, outcome }) => `${step}: ${outcome}`)
}

async function llmReply(png: Uint8Array): Promise<FakeReply> {
  return textReply(await markdownOf(png))
}

async function ollamaReply(png: Uint8Array): Promise<OllamaReply> {
  return { kind: 'ok', text: await markdownOf(png) }
}

function numbersOf(requests: readonly { readonly body: unknown }[]): Promise<number[]> {
  return Promise.all(requests.map(({ body }) => readPageNumber(sentPng(body))))
}

function assertWaits(timesMs: readonly number[], leastMs: readonly number[]): void {
  const waits = timesMs.slice(1).map((atMs, place) => atMs - (timesMs[place] ?? 0))
  for (const [place, least] of leastMs.entries())
    assert.ok((waits[place] ?? 0) >= least, `waited ${String(waits)} ms`)
}
