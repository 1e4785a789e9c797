import { defineSearchAttributeKey } from '@temporalio/common'
import {
  allHandlersFinished,
  CancelledFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  TemporalFailure,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type {
  DocumentOutcome,
  DocumentRef,
  ProcessDocumentInput,
  ProcessDocumentResult,
} from '../contract/document.ts'
import type { FailureCode } from '../contract/failures.ts'
import type { PageNumber } from '../contract/identifiers.ts'
import { MEMO, PROGRESS_QUERY, SEARCH_ATTRIBUTE } from '../contract/names.ts'
import { selectPages } from '../contract/page-ranges.ts'
import { sumOfUsage } from '../contract/page.ts'
import type { Progress, ProgressAnswer } from '../contract/progress.ts'
import { fairnessOf, pagePriority } from './activity-policies.ts'
import { currentDetails } from './current-details.ts'
import { activitiesFor } from './document-activities.ts'
import { codeOfPage, failureCodeOf, isOnePagesFault, runFailure } from './failure-code.ts'
import { onFirstDemand, rasterBatches, runLanes } from './page-lanes.ts'
import { PageLedger } from './page-ledger.ts'
import { createPageReader } from './read-page.ts'
import { createWebhookTeller } from './tell-webhooks.ts'

const progressQuery = defineQuery<ProgressAnswer>(PROGRESS_QUERY)
const phaseKey = defineSearchAttributeKey(SEARCH_ATTRIBUTE.phase, 'KEYWORD')
const pagesKey = defineSearchAttributeKey(SEARCH_ATTRIBUTE.pages, 'INT')

/**
 * The life of one document: inspect it, draw and recognize its pages in lanes, assemble the results.
 *
 * A page that cannot be delivered is recorded with its code and the others go on; the document fails
 * only when no page could be delivered. A cancel that the server accepted always wins: it is looked
 * for after the last step, before continue-as-new and around the ending of a failure.
 */
export async function processDocument(input: ProcessDocumentInput): Promise<ProcessDocumentResult> {
  // The root scope: only a client's cancel cancels it, a deadline does not.
  const run = CancellationScope.current()
  const ledger = new PageLedger(input.resume?.progress)
  // Before the first await, or an early query finds no handler.
  setHandler(progressQuery, () => ledger.state())
  let pageCount = input.resume?.pageCount ?? 0
  let lostUsage = input.resume?.lostUsage ?? null

  const { documentId } = input
  let documentSha256 = input.documentSha256
  const on = activitiesFor(input)
  const fairness = fairnessOf(input)
  const webhooks = createWebhookTeller(input)
  const underWay = new Map<PageNumber, string>()
  const readPage = createPageReader({
    input,
    on,
    opened: () => ({
      ...opened(),
      pageCount,
      priority: pagePriority(ledger.progress.totalPages, fairness),
    }),
    onStep: noteStep,
  })

  try {
    await withinDeadline(input.deadlineAtMs, recognizePages).catch((error: unknown) => {
      // The deadline looks like a cancel: what is done is delivered, the rest failed for lack of time.
      if (run.consideredCancelled || !isCancellation(error)) throw error
      if (ledger.progress.totalPages === 0) throw runFailure('TIME_BUDGET')
      ledger.failWaiting('TIME_BUDGET')
    })
    const lost = ledger.failureOfAll()
    if (lost !== null) throw runFailure(lost)
    publish({ phase: 'assembling' })
    const stored = await on.assembleDocument(ending('completed'))
    if (webhooks !== null) await webhooks.ending()
    // An accepted cancel wins over a late success.
    if (run.consideredCancelled) throw new CancelledFailure('cancelled')
    publish({ phase: 'completed' })
    const { totalPages, failedPages } = ledger.progress
    return { totalPages, failedPages, ...stored }
  } catch (error) {
    // ContinueAsNew must pass, and a bug must fail the task, not the run: neither is a TemporalFailure.
    if (!(error instanceof TemporalFailure)) throw error
    let isCancelled: boolean
    do {
      isCancelled = run.consideredCancelled
      await CancellationScope.nonCancellable(() => writeEnding(isCancelled ? null : error))
      // A cancel accepted meanwhile wins over the failure too.
    } while (isCancelled !== run.consideredCancelled)
    if (isCancelled) throw new CancelledFailure('cancelled')
    throw runFailure(failureCodeOf(error))
  }

  async function recognizePages(): Promise<void> {
    if (!input.resume) {
      publish({ phase: 'inspecting' })
      if (documentSha256 === null) await fetchFile()
      const inspection = await on.inspectDocument(opened())
      pageCount = inspection.pageCount
      // Of a file that was fetched, the time was told before.
      const startedAtMs = ledger.progress.startedAtMs ?? inspection.startedAtMs
      ledger.progress = { ...ledger.progress, startedAtMs }
    }
    const pages = selectPages(input.pages, pageCount)
    if (pages.length === 0) throw runFailure('PAGES_OUT_OF_RANGE')
    ledger.open(pages, input.resume)
    publish({ phase: 'recognizing' })
    if (!input.resume) upsertSearchAttributes([{ key: pagesKey, value: pages.length }])

    const thisRun = ledger.waiting().slice(0, input.pagesPerRun)
    const startsDocument = !input.resume
    const batches = rasterBatches(thisRun, input.pagesPerRasterBatch, startsDocument)
    const drawn = onFirstDemand(batches, rasterizeBatch)
    await runLanes(thisRun, input.windowPages, async (page) => {
      noteStep(page, 'being drawn')
      const code = (await drawn(page)).get(page)
      const ending = code === undefined ? await readPage(page) : { code, usage: null }
      if (typeof ending !== 'string') lostUsage = sumOfUsage(lostUsage, ending.usage)
      ledger.settle(page, ending)
      webhooks?.page(page, ending)
      underWay.delete(page)
      reportPage()
    })

    if (ledger.waiting().length > 0) {
      await condition(allHandlersFinished)
      if (webhooks !== null) await webhooks.flush()
      if (run.consideredCancelled) throw new CancelledFailure('cancelled')
      await continueAsNew<typeof processDocument>({
        ...input,
        documentSha256,
        resume: { pageCount, lostUsage, ...ledger.state() },
      })
    }
  }

  async function fetchFile(): Promise<void> {
    const fetched = await on.fetchDocument({ documentId })
    documentSha256 = fetched.documentSha256
    publish({ startedAtMs: fetched.startedAtMs })
  }

  /** The document, once its file is in the store. */
  function opened(): DocumentRef {
    if (documentSha256 === null) throw new Error('The file was not fetched')
    return { documentId, documentSha256 }
  }

  /** Draws a batch; the answer holds the pages that could not be drawn, with their codes. */
  async function rasterizeBatch(
    pages: readonly PageNumber[],
  ): Promise<ReadonlyMap<PageNumber, FailureCode>> {
    const [first = 0, last = first] = [pages[0], pages.at(-1)]
    try {
      const { failed } = await on.rasterizePages.executeWithOptions(
        {
          activityId: first === last ? `draw-${first}` : `draw-${first}-${last}`,
          summary: first === last ? `draw page ${first}` : `draw pages ${first}-${last}`,
          priority: pagePriority(ledger.progress.totalPages, fairness),
        },
        [{ ...opened(), pages }],
      )
      return new Map(failed.map(({ page, code }) => [page, code]))
    } catch (error) {
      const code = codeOfPage(error)
      if (pages.length === 1 || !isOnePagesFault(code))
        return new Map(pages.map((page) => [page, code]))
      // One by one, so that one page is lost and not the batch.
      const codes = new Map<PageNumber, FailureCode>()
      for (const page of pages)
        for (const entry of await rasterizeBatch([page])) codes.set(...entry)
      return codes
    }
  }

  function noteStep(page: PageNumber, step: string): void {
    underWay.set(page, step)
    showDetails()
  }

  function reportPage(): void {
    const { donePages, totalPages } = ledger.progress
    showDetails()
    // One event each: at most 20 of them for a document.
    if (donePages % Math.ceil(totalPages / 20) === 0) publish()
  }

  /** No event: the UI asks a worker for it. */
  function showDetails(): void {
    const { progress, failed } = ledger
    const startedAtMs = progress.startedAtMs ?? workflowInfo().startTime.getTime()
    const nowMs = Date.now()
    setCurrentDetails(currentDetails({ input, progress, underWay, failed, startedAtMs, nowMs }))
  }

  function publish(change: Partial<Progress> = {}): void {
    ledger.progress = { ...ledger.progress, ...change }
    upsertMemo({ [MEMO.progress]: ledger.progress })
    if (change.phase) upsertSearchAttributes([{ key: phaseKey, value: change.phase }])
    showDetails()
  }

  /** Writes manifest and results of a cancel (`null`) or a failure; never changes how the run ends. */
  async function writeEnding(failure: TemporalFailure | null): Promise<void> {
    publish(
      failure
        ? { phase: 'failed', failureCode: failureCodeOf(failure) }
        : { phase: 'cancelled', failureCode: null },
    )
    await on.ending
      .assembleDocument(ending(failure ? 'failed' : 'cancelled'))
      .catch((lost: unknown) => log.warn('manifest not written', { code: failureCodeOf(lost) }))
    if (webhooks !== null) await webhooks.ending()
  }

  function ending(outcome: DocumentOutcome) {
    const state = ledger.state()
    // What the manifest says is how the run ends, not the step it is in.
    const progress = { ...state.progress, phase: outcome }
    return {
      documentId,
      documentSha256,
      ...state,
      progress,
      outcome,
      engine: input.engine,
      pages: input.pages,
      pageCount,
      lostUsage,
    }
  }
}

async function withinDeadline(
  deadlineAtMs: number | null,
  work: () => Promise<void>,
): Promise<void> {
  if (deadlineAtMs === null) return work()
  return CancellationScope.withTimeout(Math.max(1, deadlineAtMs - Date.now()), work)
}
