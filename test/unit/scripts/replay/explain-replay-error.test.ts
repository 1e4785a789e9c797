import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultPayloadConverter } from '@temporalio/common'
import { explainReplayError } from '../../../../scripts/replay/explain-replay-error.ts'
import type { HistoryEvent } from '../../../../scripts/replay/recorded-run.ts'

// As the SDK's core words it: a sentence inside a printed Rust structure.
const coreMessage = (sentence: string): string =>
  'Replay failed with a nondeterminism error. Details: Workflow activation completion failed: ' +
  `Failure { failure: Some(Failure { message: "[TMPRL1100] Nondeterminism error: ${sentence}", source: "" }) }`

const scheduled = {
  eventId: 17,
  userMetadata: { summary: defaultPayloadConverter.toPayload('page 3 of 40') },
  activityTaskScheduledEventAttributes: {
    activityId: 'page-3',
    activityType: { name: 'recognizePage' },
  },
} as unknown as HistoryEvent // Ids are Longs in the SDK's types; only their text is used.

describe('explainReplayError', () => {
  it('names the event whose id core tells', () => {
    const sentence = 'No command scheduled for event HistoryEvent(id: 17, ActivityTaskScheduled)'

    const text = explainReplayError(coreMessage(sentence), [scheduled])

    assert.match(text, /^No command scheduled for event/)
    assert.match(
      text,
      /event: 17, ActivityTaskScheduled of recognizePage "page-3" \(page 3 of 40\)\./,
    )
    assert.match(text, /patched\(\)/)
    assert.doesNotMatch(text, /TMPRL|Some\(|\n/)
  })

  it('finds the event by the activity that core names', () => {
    const sentence =
      "Activity id of scheduled event 'page-3' does not match activity id of activity command 'page-4'"

    assert.match(
      explainReplayError(coreMessage(sentence), [scheduled]),
      /First differing event: 17,/,
    )
  })

  it('says that a workflow is unknown to the code', () => {
    const message =
      'Replay failed due workflow task failure. Details: Failure { failure: Some(Failure { message: ' +
      '"Failed to initialize workflow of type \'other\': no such function is exported", source: "x" }) }'

    const text = explainReplayError(message, [scheduled])

    assert.match(text, /of type 'other'.*cannot run it at all\.$/)
    assert.doesNotMatch(text, /First differing/)
  })
})
