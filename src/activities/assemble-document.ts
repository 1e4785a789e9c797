import { createReadStream } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type {
  AssembleInput,
  AssembleResult,
  DocumentRequest,
  Manifest,
} from '../contract/document.ts'
import type { BlobKey, Sha256 } from '../contract/identifiers.ts'
import { selectPages } from '../contract/page-ranges.ts'
import { sumOfUsage, type FailedPage, type Usage } from '../contract/page.ts'
import { PAGE_MARK, type ProgressAnswer } from '../contract/progress.ts'
import {
  formFeedText,
  layoutJson,
  markdown,
  pyOcrText,
  type ResultFormatter,
  type ResultPage,
} from '../documents/result-formats.ts'
import { endWithString, scnetJson } from '../documents/scnet-result.ts'
import { OcrError } from '../platform/errors.ts'
import { createTemporaryDirectory } from '../platform/temporary-directory.ts'
import {
  manifestKey,
  RESULT_FILE,
  requestKey,
  resultKey,
  scnetResultKey,
} from '../storage/object-keys.ts'
import { findPageRecord, listOwnPages } from '../storage/page-params.ts'
import { readJson, writeJson, writeJsonIfAbsent } from '../storage/read-blob.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { openResult, type ResultFile, type ResultFileFormat } from './result-file.ts'
import { readRequest } from './source-document.ts'

/**
 * Merges the delivered pages into text, Markdown and JSON and writes the manifest: the last step of
 * every ending, cancelled and failed included. Built from the ordered marks alone, so a second run
 * writes the same results. A page that is no longer in the store ends as failed with `BLOB_MISSING`.
 *
 * @throws {OcrError} `BLOB_MISSING` when none of the delivered pages is there; `CANCELLED` when a cancel
 *   has ended the document meanwhile; `STORAGE_UNAVAILABLE`
 */
export async function assembleDocument(
  deps: ActivityDependencies,
  input: AssembleInput,
  signal: AbortSignal,
): Promise<AssembleResult> {
  const manifestBefore = await readJson<Manifest>(deps.store, manifestKey(input.documentId))
  const request = await readRequest(deps, input)
  const delivered = input.progress.donePages - input.progress.failedPages
  const { documentSha256: sha256 } = input
  const written =
    delivered === 0 || sha256 === null
      ? null
      : await writeResults(deps, { input, request, sha256, manifestBefore }, signal)
  const { progress, marks, failed } = written?.state ?? input
  const manifest: Manifest = {
    documentId: input.documentId,
    documentSha256: input.documentSha256,
    dialect: request.dialect,
    owner: request.owner,
    engine: input.engine,
    outcome: input.outcome,
    failureCode: progress.failureCode,
    progress,
    pageCount: input.pageCount,
    pages: input.pages,
    marks,
    failed,
    createdAt: request.createdAt,
    startedAt: isoOrNull(progress.startedAtMs),
    endedAt: new Date().toISOString(),
    results: written?.results ?? null,
    usage: sumOfUsage(written?.usage ?? null, input.lostUsage ?? null),
  }
  const isFirst = await writeManifest(deps, manifest, manifestBefore)
  if (request.password !== null || request.remote) await eraseSecrets(deps, input)
  // Those of a second ending, or of a second attempt of one, are counted already.
  if (isFirst) for (const { code } of failed) deps.metrics?.pageFailed(input.engine, code)
  return {
    manifestKey: manifestKey(input.documentId),
    resultSha256: manifest.results?.textSha256 ?? '',
  }
}

/**
 * Writes the manifest; tells whether there was none.
 *
 * @throws {OcrError} `CANCELLED` as `manifestUnlessOvertaken`
 */
async function writeManifest(
  deps: ActivityDependencies,
  manifest: Manifest,
  before: Manifest | null,
): Promise<boolean> {
  const key = manifestKey(manifest.documentId)
  const isOnlyIfAbsent = manifest.outcome === 'completed' && before === null
  if (isOnlyIfAbsent && (await writeJsonIfAbsent(deps.store, key, manifest)).created) return true
  const present = await manifestUnlessOvertaken(deps, manifest, before)
  await writeJson(deps.store, key, manifest)
  return present === null
}

/**
 * The manifest that there is. A run that is cancelled does not wait for this attempt, which hears of it
 * a second later: what the cancel's own ending wrote meanwhile must not be overwritten by a success.
 *
 * @param before The manifest that there was when this attempt began: of a run that was reset
 * @throws {OcrError} `CANCELLED` when the document has ended otherwise since
 */
async function manifestUnlessOvertaken(
  deps: ActivityDependencies,
  { documentId, outcome }: Pick<AssembleInput, 'documentId' | 'outcome'>,
  before: Manifest | null,
): Promise<Manifest | null> {
  const manifest = await readJson<Manifest>(deps.store, manifestKey(documentId))
  const isOvertaken =
    outcome === 'completed' &&
    manifest !== null &&
    manifest.outcome !== 'completed' &&
    !isDeepStrictEqual(manifest, before)
  if (isOvertaken) throw new OcrError('CANCELLED', 'Cannot assemble the document: it has ended')
  return manifest
}

/** Reads the request again: a file that was being fetched may have been noted in it meanwhile. */
async function eraseSecrets(
  deps: ActivityDependencies,
  ref: Pick<AssembleInput, 'documentId'>,
): Promise<void> {
  const request = await readRequest(deps, ref)
  const erased = { ...request, password: null, remote: null }
  await writeJson(deps.store, requestKey(ref.documentId), erased)
}

type AssembleWork = {
  readonly input: AssembleInput
  readonly request: DocumentRequest
  readonly sha256: Sha256
  /** As this attempt found it. */
  readonly manifestBefore: Manifest | null
}

type Written = {
  readonly results: NonNullable<Manifest['results']>
  readonly usage: Usage | null
  /** As the input had it, less the pages that are no longer there. */
  readonly state: ProgressAnswer
}

async function writeResults(
  deps: ActivityDependencies,
  work: AssembleWork,
  signal: AbortSignal,
): Promise<Written> {
  const { input, request, manifestBefore } = work
  const { documentId, engine } = input
  await using temporary = await createTemporaryDirectory(deps.temporaryDirectory, 'results')
  await using text = await openResult(temporary.path, 'text')
  await using markdownFile = await openResult(temporary.path, 'markdown')
  await using json = await openResult(temporary.path, 'json')
  await using scnet = request.dialect === 'scnet' ? await openResult(temporary.path, 'scnet') : null
  const outputs: [ResultFile, ResultFormatter][] = [
    [text, request.textStyle === 'py-ocr' ? pyOcrText : formFeedText],
    [markdownFile, markdown],
    [json, layoutJson],
  ]
  if (scnet !== null) outputs.push([scnet, scnetJson])
  let state: ProgressAnswer = input
  const head = () => ({
    documentId,
    engine,
    totalPages: state.progress.totalPages,
    deliveredPages: state.progress.donePages - state.progress.failedPages,
    failed: state.failed,
  })
  for (const [file, format] of outputs) await file.write(format.start(head()))
  let usage: Usage | null = null
  for await (const { page, place } of resultPages(deps, work, signal)) {
    if ('code' in page) state = withFailure(state, page, place)
    if ('usage' in page) usage = sumOfUsage(usage, page.usage)
    for (const [file, format] of outputs) await file.write(format.page(page, place))
  }
  if (head().deliveredPages === 0)
    throw new OcrError('BLOB_MISSING', 'Cannot assemble the document: no page is in the store')
  for (const [file, format] of outputs) await file.write(format.end(head()))
  // From the disk, because the pages of a long document must not stand in memory together.
  if (scnet !== null)
    for await (const piece of endWithString(createReadStream(markdownFile.path, 'utf8')))
      await scnet.write(piece)
  for (const [{ path, format, sha256 }] of outputs) {
    await manifestUnlessOvertaken(deps, input, manifestBefore)
    await deps.store.put(keyOf(format, request), createReadStream(path), {
      contentType: RESULT_FILE[format === 'scnet' ? 'json' : format].contentType,
      sha256: sha256(),
      signal,
    })
  }
  return {
    results: {
      text: resultKey(documentId, 'text'),
      markdown: resultKey(documentId, 'markdown'),
      json: resultKey(documentId, 'json'),
      ...(scnet === null ? {} : { scnet: keyOf('scnet', request) }),
      textSizeBytes: text.sizeBytes(),
      textLength: text.codePoints(),
      textSha256: text.sha256(),
    },
    usage,
    state,
  }
}

function keyOf(format: ResultFileFormat, request: DocumentRequest): BlobKey {
  const { documentId, createdAt } = request
  return format === 'scnet' ? scnetResultKey(documentId, createdAt) : resultKey(documentId, format)
}

/** The selected pages in order, each as it ended; `place` counts them from 0. */
async function* resultPages(
  deps: ActivityDependencies,
  { input, request, sha256 }: AssembleWork,
  signal: AbortSignal,
): AsyncGenerator<{ page: ResultPage; place: number }> {
  const { documentId, engine } = input
  const engineVersion = deps.engineVersionOf(engine)
  const { languages, dpi } = request
  const own = await listOwnPages(deps.store, documentId)
  const failures = new Map(input.failed.map((failure) => [failure.page, failure]))
  for (const [place, page] of selectPages(input.pages, input.pageCount).entries()) {
    signal.throwIfAborted()
    const failure = failures.get(page)
    if (failure) yield { page: failure, place }
    else if (input.marks[place] === PAGE_MARK.waiting)
      yield { page: { page, isUnread: true }, place }
    else {
      const ref = { sha256, page, engine, languages, dpi }
      const isOwnOnly = Boolean(request.question)
      const where = { documentId, engineVersion, mayBeOwn: own.has(page), isOwnOnly }
      const record = await findPageRecord(deps.store, { ...ref, ...where })
      yield { page: record ?? { page, code: 'BLOB_MISSING' }, place }
    }
  }
}

/** Counts a page as failed that counted as delivered before. */
function withFailure(state: ProgressAnswer, failure: FailedPage, place: number): ProgressAnswer {
  const { progress, marks, failed } = state
  const mark = marks[place]
  if (mark === PAGE_MARK.failed) return state
  return {
    progress: {
      ...progress,
      okPages: progress.okPages - Number(mark === PAGE_MARK.ok),
      emptyPages: progress.emptyPages - Number(mark === PAGE_MARK.empty),
      degradedPages: progress.degradedPages - Number(mark === PAGE_MARK.degraded),
      failedPages: progress.failedPages + 1,
    },
    marks: marks.slice(0, place) + PAGE_MARK.failed + marks.slice(place + 1),
    failed: [...failed, failure].toSorted((a, b) => a.page - b.page),
  }
}

function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString()
}
