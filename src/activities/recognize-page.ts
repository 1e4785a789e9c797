import type { DocumentRequest, PageOutcome, RecognizeInput } from '../contract/document.ts'
import {
  PAGE_WARNINGS,
  type PageRecord,
  type PageStatus,
  type PageWarning,
} from '../contract/page.ts'
import { blocksToMarkdown, blocksToText } from '../documents/page-text.ts'
import type { PageImage, Recognition } from '../engines/engine.ts'
import { OcrError } from '../platform/errors.ts'
import { pageRecordKeyFor } from '../storage/page-params.ts'
import { readJson, writeJson } from '../storage/read-blob.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { drawIntoStore, readPageImage, replacePageImage } from './page-images.ts'
import { readRequest } from './source-document.ts'

/**
 * Recognizes one page and stores it under a key that says everything its content depends on, so that
 * a second run finds it done and a late writer writes the same.
 *
 * @throws {OcrError} whatever the engine throws; `BLOB_MISSING`, `STORAGE_UNAVAILABLE`
 */
export async function recognizePage(
  deps: ActivityDependencies,
  input: RecognizeInput,
  signal: AbortSignal,
): Promise<PageOutcome> {
  const request = await readRequest(deps, input)
  const engine = deps.engineFor(input.engine)
  const { languages, dpi } = request
  const imageRef = { sha256: input.documentSha256, page: input.page, dpi }
  const recordKey = pageRecordKeyFor({ ...imageRef, engine: engine.id, languages }, engine.version)
  const finished = await readJson<PageRecord>(deps.store, recordKey)
  if (finished !== null) return outcomeOf(finished)

  const stored = await pageImage(deps, { input, request }, signal)
  const seen = await engine.recognize(stored.image, { languages, signal })
  const warnings = [...new Set([...stored.warnings, ...seen.warnings])]
  if (seen.turned !== null) await replacePageImage(deps, imageRef, seen.turned)
  const record = recordOf(seen, { input, image: seen.turned ?? stored.image, warnings })
  await writeJson(deps.store, recordKey, record)
  return outcomeOf(record)
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
  page: { input: RecognizeInput; image: PageImage; warnings: readonly PageWarning[] },
): PageRecord {
  return {
    page: page.input.page,
    outcome: statusOf(seen, page.warnings),
    engine: page.input.engine,
    widthPx: page.image.widthPx,
    heightPx: page.image.heightPx,
    dpi: page.image.dpi,
    text: blocksToText(seen.blocks),
    markdown: blocksToMarkdown(seen.blocks),
    blocks: seen.blocks,
    warnings: page.warnings,
    usage: seen.usage,
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
