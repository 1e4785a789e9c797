import { createReadStream } from 'node:fs'
import type {
  AssembleInput,
  AssembleResult,
  DocumentRequest,
  Manifest,
} from '../contract/document.ts'
import { selectPages } from '../contract/page-ranges.ts'
import type { Usage } from '../contract/page.ts'
import { PAGE_MARK } from '../contract/progress.ts'
import {
  formFeedText,
  layoutJson,
  markdown,
  pyOcrText,
  type ResultFormatter,
  type ResultPage,
} from '../documents/result-formats.ts'
import { OcrError } from '../platform/errors.ts'
import { createTemporaryDirectory } from '../platform/temporary-directory.ts'
import { manifestKey, RESULT_FILE, requestKey, resultKey } from '../storage/object-keys.ts'
import { findPageRecord, pageRecordKeyFor } from '../storage/page-params.ts'
import { readJson, writeJson } from '../storage/read-blob.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { openResult, type ResultFile } from './result-file.ts'
import { readRequest } from './source-document.ts'

/**
 * Merges the delivered pages into text, Markdown and JSON and writes the manifest: the last step of
 * every ending, cancelled and failed included. Built from the ordered marks alone, so a second run
 * writes the same bytes.
 *
 * @throws {OcrError} `BLOB_MISSING` when a delivered page is no longer there; `STORAGE_UNAVAILABLE`
 */
export async function assembleDocument(
  deps: ActivityDependencies,
  input: AssembleInput,
  signal: AbortSignal,
): Promise<AssembleResult> {
  const request = await readRequest(deps, input)
  const delivered = input.progress.donePages - input.progress.failedPages
  const written = delivered === 0 ? null : await writeResults(deps, { input, request }, signal)
  const manifest: Manifest = {
    documentId: input.documentId,
    documentSha256: input.documentSha256,
    dialect: request.dialect,
    owner: request.owner,
    engine: input.engine,
    outcome: input.outcome,
    failureCode: input.progress.failureCode,
    progress: input.progress,
    pageCount: input.pageCount,
    pages: input.pages,
    marks: input.marks,
    failed: input.failed,
    createdAt: request.createdAt,
    startedAt: isoOrNull(input.progress.startedAtMs),
    endedAt: new Date().toISOString(),
    results: written?.results ?? null,
    usage: written?.usage ?? null,
  }
  await writeJson(deps.store, manifestKey(input.documentId), manifest)
  if (request.password !== null)
    await writeJson(deps.store, requestKey(input.documentId), { ...request, password: null })
  return {
    manifestKey: manifestKey(input.documentId),
    resultSha256: manifest.results?.textSha256 ?? '',
  }
}

async function writeResults(
  deps: ActivityDependencies,
  work: { input: AssembleInput; request: DocumentRequest },
  signal: AbortSignal,
): Promise<{ results: NonNullable<Manifest['results']>; usage: Usage | null }> {
  const { input, request } = work
  const { documentId, engine, failed, progress } = input
  const head = { documentId, engine, totalPages: progress.totalPages, failed }
  await using temporary = await createTemporaryDirectory(deps.temporaryDirectory, 'results-')
  await using text = await openResult(temporary.path, 'text')
  await using markdownFile = await openResult(temporary.path, 'markdown')
  await using json = await openResult(temporary.path, 'json')
  const outputs: [ResultFile, ResultFormatter][] = [
    [text, request.textStyle === 'py-ocr' ? pyOcrText : formFeedText],
    [markdownFile, markdown],
    [json, layoutJson],
  ]
  for (const [file, format] of outputs) await file.write(format.start(head))
  let usage: Usage | null = null
  let place = 0
  for await (const page of resultPages(deps, work, signal)) {
    for (const [file, format] of outputs) await file.write(format.page(page, place))
    place += 1
    if (!('code' in page)) usage = sumOf(usage, page.usage)
  }
  for (const [file, format] of outputs) await file.write(format.end(head))
  for (const [file] of outputs)
    await deps.store.put(resultKey(documentId, file.format), createReadStream(file.path), {
      contentType: RESULT_FILE[file.format].contentType,
      sha256: file.sha256(),
      signal,
    })
  return {
    results: {
      text: resultKey(documentId, 'text'),
      markdown: resultKey(documentId, 'markdown'),
      json: resultKey(documentId, 'json'),
      textSizeBytes: text.sizeBytes(),
      textLength: text.codePoints(),
      textSha256: text.sha256(),
    },
    usage,
  }
}

/** The pages that have an outcome, in page order; those still waiting when it ended are left out. */
async function* resultPages(
  deps: ActivityDependencies,
  { input, request }: { input: AssembleInput; request: DocumentRequest },
  signal: AbortSignal,
): AsyncGenerator<ResultPage> {
  const engine = deps.engineFor(input.engine)
  const failures = new Map(input.failed.map((failure) => [failure.page, failure]))
  for (const [place, page] of selectPages(input.pages, input.pageCount).entries()) {
    signal.throwIfAborted()
    const failure = failures.get(page)
    if (failure) yield failure
    if (failure || input.marks[place] === PAGE_MARK.waiting) continue
    const { languages, dpi } = request
    const ref = { sha256: input.documentSha256, page, engine: engine.id, languages, dpi }
    const record =
      (await readJson<Exclude<ResultPage, { code: unknown }>>(
        deps.store,
        pageRecordKeyFor(ref, engine.version),
      )) ?? (await findPageRecord(deps.store, ref))
    if (record === null)
      throw new OcrError('BLOB_MISSING', `Cannot assemble page ${page}: it is not in the store`)
    yield record
  }
}

function sumOf(left: Usage | null, right: Usage | null): Usage | null {
  if (left === null || right === null) return left ?? right
  return {
    promptTokens: left.promptTokens + right.promptTokens,
    completionTokens: left.completionTokens + right.completionTokens,
  }
}

function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString()
}
