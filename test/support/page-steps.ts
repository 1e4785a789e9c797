import type { Client } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'

/** A step of a page, as the history of its document has it. */
export type PageStep = {
  readonly page: number
  /** `default`, `resample`, `default-at-50-percent`, `by-paddle`. */
  readonly step: string
  readonly summary: string
  /** `done`, the code that it failed with, or `open`. */
  readonly outcome: string
}

/** The steps of a document's pages, in the order in which they were scheduled. */
export async function pageSteps(client: Client, documentId: string): Promise<PageStep[]> {
  const history = await client.workflow.getHandle(`document-${documentId}`).fetchHistory()
  const events = history.events ?? []
  const outcomes = new Map<string, string>()
  for (const event of events) {
    const done = event.activityTaskCompletedEventAttributes
    if (done) outcomes.set(String(done.scheduledEventId), 'done')
    const failed = event.activityTaskFailedEventAttributes
    const code = failed?.failure?.applicationFailureInfo?.type ?? 'a failure without a code'
    if (failed) outcomes.set(String(failed.scheduledEventId), code)
  }
  return events.flatMap((event) => {
    const { activityId = '' } = event.activityTaskScheduledEventAttributes ?? {}
    const [, page, step = 'default'] = /^page-(\d+)(?:-(.+))?$/.exec(activityId ?? '') ?? []
    if (page === undefined) return []
    const summary = event.userMetadata?.summary
    return {
      page: Number(page),
      step,
      summary: summary ? defaultPayloadConverter.fromPayload<string>(summary) : '',
      outcome: outcomes.get(String(event.eventId)) ?? 'open',
    }
  })
}
