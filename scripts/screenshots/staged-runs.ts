import { startFakeEngines } from '../../test/support/fakes/fake-engines.ts'
import { textReply, type FakeReply } from '../../test/support/fakes/fake-reply.ts'
import { sentPng } from '../../test/support/fakes/sent-png.ts'
import { markedDocument } from '../../test/support/marked-document.ts'
import { dotsReply } from '../../test/support/page-truth.ts'
import { readPageNumber } from '../../test/support/read-page-number.ts'
import { startStack, type Stack } from '../../test/support/stack.ts'
import { submitDocument, waitForEnd } from '../../test/support/stack-client.ts'
import { until } from '../../test/support/until.ts'

/** The product with runs worth looking at, until it is disposed of. */
export type StagedRuns = AsyncDisposable & {
  readonly stack: Stack
  /** Workflow id of a document of 40 pages: two have failed, one is tried again and again. */
  readonly busyRun: string
  /** Sends a document that is under way for half a minute. */
  startAnother(): Promise<void>
}

/** Of the document that is watched; the others have fewer pages. */
const BUSY_PAGES = 40
const REFUSED_PAGE = 3
const OTHER_WAY_PAGE = 5
const TRUNCATED_PAGE = 6
const RETRIED_PAGE = 7

/** Starts a stack whose model servers are fakes, and brings its runs to where they show something. */
export async function stageRuns(): Promise<StagedRuns> {
  // Ended here when something goes wrong on the way; handed over at the end.
  await using setUp = new AsyncDisposableStack()
  const fakes = setUp.use(await startFakeEngines())
  const asked = new Map<number, number>()
  fakes.dots.setDefault(async (body): Promise<FakeReply> => {
    const png = sentPng(body)
    const page = await readPageNumber(png)
    const count = (asked.get(page) ?? 0) + 1
    asked.set(page, count)
    if (page === REFUSED_PAGE) return textReply('', { finish: 'content_filter' })
    if (page === OTHER_WAY_PAGE && count === 1) return textReply('no layout')
    if (page === TRUNCATED_PAGE) return textReply('', { finish: 'length' })
    if (page === RETRIED_PAGE) return { kind: 'status', status: 500, body: {} }
    const reply = await dotsReply(png)
    return reply.kind === 'text' ? { ...reply, pieceLength: 20, delayMs: 100 } : reply
  })
  const env = {
    ...fakes.env,
    OCR_GPU_SLOTS: '4',
    OCR_FALLBACK_ENGINE: 'none',
    OCR_PUBLIC_URL: 'http://127.0.0.1:8080',
  }
  const stack = setUp.use(await startStack({ stubDelayMs: null, hasUi: true, env }))
  await stageEnded(stack)

  const id = await submitDocument(stack.url, fileOf(BUSY_PAGES), { engine: 'dots' })
  const busyRun = `document-${id}`
  await until(() => isTriedAgain(stack, busyRun), 'one page is left, and tried again', 180_000)
  const resources = setUp.move()
  return {
    stack,
    busyRun,
    async startAnother() {
      await submitDocument(stack.url, fileOf(BUSY_PAGES + 1), { engine: 'dots' })
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function stageEnded({ url }: Stack): Promise<void> {
  const ended = await Promise.all([
    submitDocument(url, fileOf(2), { engine: 'deepseek' }),
    submitDocument(url, fileOf(9), { engine: 'llm', pages: '1-3,7' }),
    submitDocument(url, new Uint8Array(Buffer.from('%PDF-1.7\nnothing')), { engine: 'llm' }),
  ])
  const cancelled = await submitDocument(url, fileOf(12), { engine: 'ollama' })
  await fetch(`${url}/v1/documents/${cancelled}/cancel`, { method: 'POST' })
  for (const id of [...ended, cancelled]) await waitForEnd(url, id)
}

/** Whether only the page that is tried again is left. */
async function isTriedAgain({ client }: Stack, workflowId: string): Promise<boolean> {
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  const [page, ...others] = raw.pendingActivities ?? []
  const isLeft = page?.activityId === `page-${RETRIED_PAGE}` && others.length === 0
  return isLeft && (page.attempt ?? 0) >= 2
}

function fileOf(pages: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(markedDocument(pages))
}
