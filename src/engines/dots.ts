import type { LadderStep } from '../contract/engines.ts'
import type { PageWarning } from '../contract/page.ts'
import { OcrError } from '../platform/errors.ts'
import type { Layout } from './dots/layout-cell.ts'
import { toBlocks, toPageBlock } from './dots/layout-blocks.ts'
import { answerQuestion } from './dots/answer-question.ts'
import { parseLayout } from './dots/layout-json.ts'
import { PageDialog, type Ask } from './dots/page-dialog.ts'
import { LAYOUT_ONLY_PROMPT, LAYOUT_PROMPT, REGION_PROMPT, TEXT_PROMPT } from './dots/prompts.ts'
import { readRegions } from './dots/read-regions.ts'
import { SAMPLING } from './dots/request-fields.ts'
import { toSentImage, type SentImage } from './dots/sent-image.ts'
import { TimeBudget } from './dots/time-budget.ts'
import type { OcrEngine, PageImage, Recognition } from './engine.ts'
import { isBlankPage } from './model-page/blank-page.ts'
import { chatBaseUrl } from './model-server/base-url.ts'
import { callOf } from './model-server/call-of.ts'
import { requireWhole } from './model-server/chat-client.ts'
import { engineVersion } from './model-server/engine-version.ts'
import {
  REQUEST_LIMITS,
  type ModelServer,
  type RequestLimits,
} from './model-server/model-server.ts'
import { Slots } from './slots.ts'
import { createVllmServer } from './vllm/vllm-server.ts'

/** What the engine for dots.ocr needs. */
export type DotsOptions = {
  /** A vLLM server with dots.ocr or dots.mocr; its base URL with or without `/v1`. */
  readonly server: ModelServer
  /** Of one answer. 12,000 to 16,000: a dense page takes 8,000, a loop takes whatever there is. */
  readonly maxTokens: number
  /** Requests at the server at once, the others wait in line; no limit by default. */
  readonly slots?: number
  readonly limits?: RequestLimits
}

/** A page while it is read. */
type Reading = {
  readonly image: PageImage
  readonly sent: SentImage
  readonly dialog: PageDialog
  readonly signal: AbortSignal
  /** Fires when the page has had its time. */
  readonly budget: AbortSignal
}

// Raise it when the same model would give other blocks: it is part of every page's key.
const ALGORITHM_VERSION = 1

/** A step of many requests may wait in line for each; the activity ends after twice the time. */
const MOST_WITH_WAITING = 1.9
const PROMPTS = [LAYOUT_PROMPT, LAYOUT_ONLY_PROMPT, REGION_PROMPT, TEXT_PROMPT]

/**
 * dots.ocr (or dots.mocr) behind a vLLM server: layout, text, tables and formulas of a page in one
 * answer, or step by step when that is nonsense. It reads any language, whatever is asked for.
 *
 * @see https://github.com/rednote-hilab/dots.ocr
 */
export function createDotsEngine(options: DotsOptions): OcrEngine {
  const limits = options.limits ?? REQUEST_LIMITS
  const server = { ...options.server, baseUrl: chatBaseUrl(options.server.baseUrl) }
  const vllm = createVllmServer(server, {
    limits,
    settingName: 'OCR_DOTS_URL',
    modelSettingName: 'OCR_DOTS_MODEL',
    keySettingName: 'OCR_DOTS_API_KEY',
  })
  const slots = new Slots(options.slots ?? Infinity)
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  const untilDone = async <T>(work: Promise<T>): Promise<T> => {
    running.add(work)
    try {
      return await work
    } finally {
      running.delete(work)
    }
  }
  return {
    id: 'dots',
    // The served name says little of the model, but more is not known before it is asked.
    version: engineVersion({
      algorithm: ALGORITHM_VERSION,
      model: server.model,
      parameters: [PROMPTS, SAMPLING, options.maxTokens],
    }),
    async recognize(image, request) {
      const signal = AbortSignal.any([request.signal, closing.signal])
      const read = async (): Promise<Recognition> => {
        signal.throwIfAborted()
        const sent = await toSentImage(image, request.pixelShare ?? 1)
        signal.throwIfAborted()
        const step = request.step ?? 'default'
        const budget = new TimeBudget(limits.totalMs)
        const dialog = new PageDialog({
          ask: (question, call) =>
            slots.use(
              call.signal,
              () => budget.spend(() => vllm.ask(question, call)),
              request.guard,
            ),
          png: sent.png,
          fields: { ...SAMPLING[step], max_completion_tokens: options.maxTokens },
          call: callOf(request, signal),
        })
        const inAll = AbortSignal.timeout(limits.totalMs * MOST_WITH_WAITING)
        const inTime = AbortSignal.any([budget.signal, inAll])
        return readStep(step, { image, sent, dialog, signal, budget: inTime })
      }
      return untilDone(read())
    },
    async answer(image, question, request) {
      if (question.model !== 'dots') {
        throw new OcrError('ENGINE_REJECTED_REQUEST', 'Cannot ask: it is for another model')
      }
      const { pixelShare = 1, guard } = request
      const ask: Ask = (asked, call) => slots.use(call.signal, () => vllm.ask(asked, call), guard)
      const call = callOf(request, AbortSignal.any([request.signal, closing.signal]))
      return untilDone(answerQuestion(question, { image, pixelShare, ask, call }))
    },
    probe: (signal) => vllm.probe(signal),
    async [Symbol.asyncDispose]() {
      closing.abort(new OcrError('SERVICE_UNAVAILABLE', 'Cannot read page: the engine was closed'))
      await Promise.allSettled(running)
      await vllm[Symbol.asyncDispose]()
    },
  }
}

async function readStep(step: LadderStep, reading: Reading): Promise<Recognition> {
  const { dialog, sent, signal, budget } = reading
  switch (step) {
    case 'default':
    case 'resample':
      return recognitionOf(parseLayout(requireWhole(await dialog.ask(LAYOUT_PROMPT))), reading)
    case 'regions':
      return recognitionOf(await readRegions(dialog, { sent, signal, budget }), reading)
    case 'plain-text':
      return readPlainText(reading)
  }
}

async function recognitionOf(layout: Layout | null, reading: Reading): Promise<Recognition> {
  const { image, sent, dialog } = reading
  if (layout === null) throw invalidOutput('there is no layout in it', dialog)
  if (layout.cells.length === 0) return blankOrInvalid(reading)
  const { blocks, warnings } = toBlocks(layout, { image, sent })
  if (blocks.length === 0) throw invalidOutput('none of its cells can be used', dialog)
  return { blocks, warnings, markup: 'markdown', turned: null, usage: dialog.usage }
}

async function readPlainText(reading: Reading): Promise<Recognition> {
  const { image, dialog } = reading
  const blocks = toPageBlock(requireWhole(await dialog.ask(TEXT_PROMPT)), image)
  if (blocks.length === 0) return blankOrInvalid(reading)
  const warnings: PageWarning[] = ['LAYOUT_LOST']
  return { blocks, warnings, markup: 'markdown', turned: null, usage: dialog.usage }
}

/** What an empty answer means. */
async function blankOrInvalid({ image, dialog }: Reading): Promise<Recognition> {
  if (!(await isBlankPage(image.png))) throw invalidOutput('it is empty, the page is not', dialog)
  return { blocks: [], warnings: [], turned: null, usage: dialog.usage }
}

function invalidOutput(state: string, { usage }: PageDialog): OcrError {
  return new OcrError('ENGINE_OUTPUT_INVALID', `Cannot use the answer: ${state}`, { usage })
}
