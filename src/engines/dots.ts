import { createHash } from 'node:crypto'
import type { LadderStep } from '../contract/engines.ts'
import type { PageWarning } from '../contract/page.ts'
import { OcrError } from '../platform/errors.ts'
import type { Layout } from './dots/layout-cell.ts'
import { toBlocks, toPageBlock } from './dots/layout-blocks.ts'
import { parseLayout } from './dots/layout-json.ts'
import { PageDialog } from './dots/page-dialog.ts'
import { LAYOUT_ONLY_PROMPT, LAYOUT_PROMPT, REGION_PROMPT, TEXT_PROMPT } from './dots/prompts.ts'
import { readRegions } from './dots/read-regions.ts'
import { SAMPLING } from './dots/request-fields.ts'
import { toSentImage, type SentImage } from './dots/sent-image.ts'
import type { OcrEngine, PageImage, Recognition, RecognizeOptions } from './engine.ts'
import { isBlankPage } from './model-page/blank-page.ts'
import { requireWhole } from './model-server/chat-client.ts'
import {
  REQUEST_LIMITS,
  type ModelServer,
  type RequestLimits,
} from './model-server/model-server.ts'
import { createVllmServer } from './vllm/vllm-server.ts'

/** What the engine for dots.ocr needs. */
export type DotsOptions = {
  /** A vLLM server with dots.ocr or dots.mocr; its address is that of the chat API. */
  readonly server: ModelServer
  /** Of one answer. 12,000 to 16,000: a dense page takes 8,000, a loop takes whatever there is. */
  readonly maxTokens: number
  readonly limits?: RequestLimits
}

/** A page while it is read. */
type Reading = {
  readonly image: PageImage
  readonly sent: SentImage
  readonly dialog: PageDialog
  readonly signal: AbortSignal
  readonly budgetMs: number
}

// Raise it when the same model would give other blocks: it is part of every page's key.
const ALGORITHM_VERSION = 1

/**
 * dots.ocr (or dots.mocr) behind a vLLM server: layout, text, tables and formulas of a page in one
 * answer, or step by step when that is nonsense. It reads any language, whatever is asked for.
 *
 * @see https://github.com/rednote-hilab/dots.ocr
 */
export function createDotsEngine(options: DotsOptions): OcrEngine {
  const limits = options.limits ?? REQUEST_LIMITS
  const server = createVllmServer(options.server, {
    limits,
    settingName: 'OCR_DOTS_URL',
    modelSettingName: 'OCR_DOTS_MODEL',
  })
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  return {
    id: 'dots',
    version: versionOf(options),
    async recognize(image, request) {
      const signal = AbortSignal.any([request.signal, closing.signal])
      const read = async (): Promise<Recognition> => {
        signal.throwIfAborted()
        const sent = await toSentImage(image, request.pixelShare ?? 1)
        signal.throwIfAborted()
        const step = request.step ?? 'default'
        const dialog = new PageDialog({
          ask: (question, call) => server.ask(question, call),
          png: sent.png,
          fields: { ...SAMPLING[step], max_completion_tokens: options.maxTokens },
          call: callOf(request, signal),
        })
        return readStep(step, { image, sent, dialog, signal, budgetMs: limits.totalMs })
      }
      const work = read()
      running.add(work)
      try {
        return await work
      } finally {
        running.delete(work)
      }
    },
    probe: (signal) => server.probe(signal),
    async [Symbol.asyncDispose]() {
      closing.abort(new OcrError('SERVICE_UNAVAILABLE', 'Cannot read page: the engine was closed'))
      await Promise.allSettled(running)
      await server[Symbol.asyncDispose]()
    },
  }
}

async function readStep(step: LadderStep, reading: Reading): Promise<Recognition> {
  const { dialog, sent, signal, budgetMs } = reading
  switch (step) {
    case 'default':
    case 'resample':
      return recognitionOf(parseLayout(requireWhole(await dialog.ask(LAYOUT_PROMPT))), reading)
    case 'regions':
      return recognitionOf(await readRegions(dialog, { sent, signal, budgetMs }), reading)
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

function callOf(request: RecognizeOptions, signal: AbortSignal) {
  return {
    signal,
    ...(request.requestId === undefined ? {} : { requestId: request.requestId }),
    ...(request.onTokens === undefined ? {} : { onTokens: request.onTokens }),
  }
}

/** The served name says little of the model, but more is not known before it is asked. */
function versionOf({ server, maxTokens }: DotsOptions): string {
  const asked = [LAYOUT_PROMPT, LAYOUT_ONLY_PROMPT, REGION_PROMPT, TEXT_PROMPT, SAMPLING, maxTokens]
  const digest = createHash('sha256').update(JSON.stringify(asked)).digest('hex')
  return `${ALGORITHM_VERSION}-${server.model}-${digest.slice(0, 8)}`
}
