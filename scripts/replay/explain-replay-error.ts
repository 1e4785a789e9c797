import { defaultPayloadConverter } from '@temporalio/common'
import type { HistoryEvent } from './recorded-run.ts'

/**
 * One paragraph about why a history does not replay: what differs first, and what that means.
 *
 * @param message of the error that a replay ended with
 * @param events of the history
 */
export function explainReplayError(message: string, events: readonly HistoryEvent[]): string {
  const reason = reasonOf(message)
  const event = differingEvent(reason, events)
  const where = event === null ? '' : ` First differing event: ${describeEvent(event)}.`
  const isViolation = message.includes('ondeterminism')
  const consequence = isViolation
    ? 'Workers with this code cannot go on with the run: keep the old code for it, or put the change behind patched().'
    : 'Workers with this code cannot run it at all.'
  return `${reason}.${where} ${consequence}`
}

/** The sentence of the SDK's core; its message prints a whole Rust structure around it. */
function reasonOf(message: string): string {
  const quoted = /message: "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message
  return quoted
    .replace(/^\[TMPRL\d+\] /, '')
    .replace(/^Nondeterminism error: /, '')
    .replace(/[.\s]+$/, '')
    .slice(0, 500)
}

/** The event that core names by its id, or by the activity that it scheduled. */
function differingEvent(reason: string, events: readonly HistoryEvent[]): HistoryEvent | null {
  const eventId = /HistoryEvent\(id: (\d+)/.exec(reason)?.[1]
  const quoted = /scheduled event '([^']*)'/.exec(reason)?.[1]
  const found = events.find((event) =>
    eventId === undefined
      ? event.activityTaskScheduledEventAttributes?.activityId === quoted
      : String(event.eventId) === eventId,
  )
  return found ?? null
}

function describeEvent(event: HistoryEvent): string {
  const attributes = Object.keys(event).find((name) => name.endsWith('EventAttributes')) ?? ''
  const name = attributes
    .replace(/EventAttributes$/, '')
    .replace(/^./, (letter) => letter.toUpperCase())
  const { activityType, activityId } = event.activityTaskScheduledEventAttributes ?? {}
  const activity = activityId ? ` of ${activityType?.name ?? 'an activity'} "${activityId}"` : ''
  const payload = event.userMetadata?.summary
  const summary = payload ? ` (${defaultPayloadConverter.fromPayload<string>(payload)})` : ''
  return `${String(event.eventId)}, ${name}${activity}${summary}`
}
