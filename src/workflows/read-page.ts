import type { ActivityOptions } from '@temporalio/workflow'
import type {
  DocumentRef,
  PageAsk,
  PageSpending,
  ProcessDocumentInput,
} from '../contract/document.ts'
import type { FailureCode } from '../contract/failures.ts'
import type { PageNumber } from '../contract/identifiers.ts'
import { usageOrNull, type PageStatus, type Usage } from '../contract/page.ts'
import type { activitiesFor } from './document-activities.ts'
import { codeOfPage, NOTHING_SPENT, spendingOf } from './failure-code.ts'
import { createOneAtATime } from './one-at-a-time.ts'
import { afterFailure, firstAsk, type Ladder } from './page-ladder.ts'

/** What is known of the document only after it was opened. */
type OpenedDocument = DocumentRef & {
  readonly pageCount: number
  readonly priority: NonNullable<ActivityOptions['priority']>
}

/** How a page ended; a failed one with the tokens that it cost. */
export type PageEnding = PageStatus | { readonly code: FailureCode; readonly usage: Usage | null }

/** What reading pages works with. */
type PageReaderOptions = {
  readonly input: ProcessDocumentInput
  readonly on: ReturnType<typeof activitiesFor>
  readonly opened: () => OpenedDocument
  /** Told of each step before it is scheduled, in words. */
  readonly onStep: (page: PageNumber, step: string) => void
}

/**
 * Makes what reads a page of a document, down the ladder of its engine. Every step is an activity of
 * its own, so that history shows it with its reason.
 *
 * @returns a function that throws only for a cancel or a bug
 */
export function createPageReader({
  input,
  on,
  opened,
  onStep,
}: PageReaderOptions): (page: PageNumber) => Promise<PageEnding> {
  const ladder: Ladder = {
    steps: input.ladder ?? ['default'],
    fallback: input.fallback?.engine ?? null,
  }
  // A page that killed one engine may kill the next: such pages go there one after the other.
  const oneAtATime = createOneAtATime()

  return async (page) => {
    let ask = firstAsk(ladder)
    let spent = NOTHING_SPENT
    let reason: FailureCode | null = null
    for (;;) {
      try {
        const step = () => readOnce(page, { ask, spent, reason })
        return await (reason === 'ENGINE_DIED' ? oneAtATime(step) : step())
      } catch (error) {
        const code = codeOfPage(error)
        const next = afterFailure(ladder, ask, code)
        spent = sumOf(spent, spendingOf(error))
        if (typeof next === 'string') return { code: next, usage: usageOrNull(spent) }
        ask = next
        reason = code
      }
    }
  }

  async function readOnce(
    page: PageNumber,
    step: { ask: PageAsk; spent: PageSpending; reason: FailureCode | null },
  ): Promise<PageStatus> {
    const { ask, spent, reason } = step
    const { engine, maxRetries } = input
    const { documentId, documentSha256, pageCount, priority } = opened()
    const isFirst = reason === null
    const byFallback = ask.fallback === null ? null : on.recognizeByFallback
    const recognize = byFallback ?? on.recognizePage
    const where = `page ${page} of ${pageCount}`
    const how = isFirst ? null : `${nameOf(ask)} after ${reason}`
    onStep(page, how ?? 'in line, or being read')
    const outcome = await recognize.executeWithOptions(
      {
        activityId: isFirst ? `page-${page}` : `page-${page}-${nameOf(ask)}`,
        summary: how === null ? where : `${where}, ${how}`,
        priority,
      },
      [
        {
          documentId,
          documentSha256,
          page,
          engine,
          ...(isFirst ? {} : { ask, spent }),
          ...(maxRetries === undefined ? {} : { maxRetries }),
        },
      ],
    )
    return outcome.status
  }
}

/** A step in words, and different for every step of a page. */
function nameOf({ step, pixelShare, fallback }: PageAsk): string {
  if (fallback !== null) return `by-${fallback}`
  return pixelShare === 1 ? step : `${step}-at-${pixelShare * 100}-percent`
}

function sumOf(left: PageSpending, right: PageSpending): PageSpending {
  return {
    // The step began its count with what it was told.
    engineDeaths: Math.max(left.engineDeaths, right.engineDeaths),
    promptTokens: left.promptTokens + right.promptTokens,
    completionTokens: left.completionTokens + right.completionTokens,
  }
}
