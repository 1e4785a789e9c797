import type {
  DocumentRequest,
  ModelQuestion,
  PageAsk,
  PageOutcome,
  PageSpending,
  RecognizeInput,
} from '../contract/document.ts'
import type { BlobKey } from '../contract/identifiers.ts'
import {
  PAGE_WARNINGS,
  sumOfUsage,
  usageOrNull,
  type PageRecord,
  type PageStatus,
  type PageWarning,
} from '../contract/page.ts'
import { blocksToMarkdown, blocksToText } from '../documents/page-text.ts'
import type { PageImage, Recognition } from '../engines/engine.ts'
import { OcrError } from '../platform/errors.ts'
import { documentPageKey } from '../storage/object-keys.ts'
import { pageRecordKeyFor } from '../storage/page-params.ts'
import { readJson, writeJsonIfAbsent } from '../storage/read-blob.ts'
import type { ActivityAttempt } from './activity-boundary.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { answerPage } from './answer-page.ts'
import { drawIntoStore, readPageImage, replacePageImage } from './page-images.ts'
import { storePictures } from './page-pictures.ts'
import { readRequest } from './source-document.ts'

/** How a page is asked for when nothing else is said. */
const FIRST_ASK: PageAsk = { step: 'default', pixelShare: 1, fallback: null }

/**
 * Recognizes one page and stores it under a key that says everything its content depends on, so that
 * a second run finds it done; of two writers the first one counts. Documents of equal bytes share such
 * pages. What another step than the first one reads is stored for this document only, as the next one
 * may find the engine well; so is the answer to a question of the caller's own.
 *
 * @throws {OcrError} whatever the engine throws; `BLOB_MISSING`, `STORAGE_UNAVAILABLE`
 */
export async function recognizePage(
  deps: ActivityDependencies,
  input: RecognizeInput,
  { signal, reportTokens, attempt }: ActivityAttempt,
): Promise<PageOutcome> {
  const request = await readRequest(deps, input)
  const ask = input.ask ?? FIRST_ASK
  const { step, pixelShare, fallback } = ask
  const engine = deps.engineFor(fallback ?? input.engine)
  const { languages, dpi, question = null } = request
  const imageRef = { sha256: input.documentSha256, page: input.page, dpi }
  const ownKey = documentPageKey(input.documentId, input.page)
  const isShared = question === null && step === 'default' && pixelShare === 1 && fallback === null
  const recordKey = isShared
    ? pageRecordKeyFor({ ...imageRef, engine: engine.id, languages }, engine.version)
    : ownKey
  // Of an earlier run that was reset; this step's page is the better one.
  if (isShared) await deps.store.delete(ownKey)
  const finished = await readJson<PageRecord>(deps.store, recordKey)
  if (finished !== null) {
    deps.metrics?.pageReused(engine.id)
    return outcomeOf(finished)
  }

  const startedAtMs = Date.now()
  const stored = await pageImage(deps, { input, request }, signal)
  if (question !== null) requireOwnPixels(question, stored.warnings)
  const options = {
    signal,
    step,
    pixelShare,
    requestId: `${input.documentId}-${input.page}-${step}-${pixelShare * 100}-${attempt}`,
    onTokens: reportTokens,
  }
  const seen =
    question === null
      ? await engine.recognize(stored.image, { languages, ...options })
      : await answerPage(engine, {
          image: stored.image,
          question,
          relayUrl: request.relayUrl ?? null,
          options,
        })
  const image = seen.turned ?? stored.image
  if (seen.turned !== null) await replacePageImage(deps, imageRef, seen.turned)
  const pictures = await storePictures(deps.store, {
    blocks: seen.blocks,
    image,
    recordKey,
    signal,
  })
  const record = recordOf(seen, {
    page: input.page,
    engine: engine.id,
    image,
    pictures: pictures.keys,
    warnings: [
      ...stored.warnings,
      ...seen.warnings,
      ...(pictures.isComplete ? [] : (['OUTPUT_INCOMPLETE'] as const)),
      ...warningsOf(ask),
    ],
    spent: input.spent ?? null,
    reading: { startedAtMs, endedAtMs: Date.now(), attempt },
    isAnswer: question !== null,
  })
  const { created } = await writeJsonIfAbsent(deps.store, recordKey, record)
  deps.metrics?.pageRead({
    engine: engine.id,
    outcome: record.outcome,
    seconds: (Date.now() - startedAtMs) / 1000,
    // Without what earlier steps cost: they have told of it themselves.
    usage: seen.usage,
  })
  // Somebody was faster: what is there is what everybody has seen.
  const counts = created ? record : await readJson<PageRecord>(deps.store, recordKey)
  return outcomeOf(counts ?? record)
}

/**
 * Refuses a question about places on an image that was drawn smaller: the caller means other pixels.
 *
 * @throws {OcrError} `IMAGE_DIMENSIONS`
 */
function requireOwnPixels(question: ModelQuestion, warnings: readonly PageWarning[]): void {
  const isAboutPlaces = question.model === 'dots' && question.promptType !== 'prompt_ocr'
  if (isAboutPlaces && warnings.includes('DPI_LOWERED'))
    throw new OcrError('IMAGE_DIMENSIONS', 'Cannot answer: the image was drawn smaller')
}

function warningsOf({ pixelShare, fallback }: PageAsk): PageWarning[] {
  return [
    ...(pixelShare < 1 ? (['RETRIED_SMALLER'] as const) : []),
    ...(fallback === null ? [] : (['ENGINE_REPLACED'] as const)),
  ]
}

/** The page's image, drawn again when the store has lost it. */
async function pageImage(
  deps: ActivityDependencies,
  { input, request }: { input: RecognizeInput; request: DocumentRequest },
  signal: AbortSignal,
): Promise<{ image: PageImage; warnings: readonly PageWarning[] }> {
  const ref = { sha256: input.documentSha256, page: input.page, dpi: request.dpi }
  const stored = await readPageImage(deps, ref)
  if (stored !== null) return stored
  const again = { ...input, pages: [input.page], dpi: request.dpi }
  const [failed] = await drawIntoStore(deps, again, signal)
  if (failed) throw new OcrError(failed.code, 'Cannot draw the page again')
  const drawn = await readPageImage(deps, ref)
  if (drawn === null)
    throw new OcrError('BLOB_MISSING', 'Cannot read the page image: it is not in the store')
  return drawn
}

function recordOf(
  seen: Recognition,
  page: Required<Pick<PageRecord, 'page' | 'engine' | 'warnings' | 'reading'>> & {
    readonly image: PageImage
    readonly pictures: readonly BlobKey[]
    readonly spent: PageSpending | null
    /** The text is what a caller asked for, to the letter. */
    readonly isAnswer: boolean
  },
): PageRecord {
  const { blocks, markup = 'plain' } = seen
  const warnings = [...new Set(page.warnings)]
  return {
    page: page.page,
    outcome: statusOf(seen, warnings),
    engine: page.engine,
    widthPx: page.image.widthPx,
    heightPx: page.image.heightPx,
    dpi: page.image.dpi,
    text: page.isAnswer ? blocks.map(({ text }) => text).join('') : blocksToText(blocks),
    markdown: blocksToMarkdown(blocks, {
      // An answer is not escaped either, only kept from running where it is shown.
      markup: page.isAnswer ? 'markdown' : markup,
      page: page.page,
      pictures: page.pictures.length,
    }),
    markup,
    blocks,
    ...(page.pictures.length === 0 ? {} : { pictures: page.pictures }),
    warnings,
    usage: sumOfUsage(page.spent && usageOrNull(page.spent), seen.usage),
    reading: page.reading,
  }
}

function statusOf(seen: Recognition, warnings: readonly PageWarning[]): PageStatus {
  if (warnings.some((warning) => PAGE_WARNINGS[warning].degrades)) return 'degraded'
  return seen.blocks.length === 0 ? 'empty' : 'ok'
}

function outcomeOf(record: PageRecord): PageOutcome {
  const known = record.blocks.flatMap((block) => block.confidence ?? [])
  const mean = known.reduce((sum, confidence) => sum + confidence, 0) / known.length
  return {
    status: record.outcome,
    characters: record.text.length,
    confidencePercent: known.length === 0 ? null : Math.round(mean * 100),
  }
}
