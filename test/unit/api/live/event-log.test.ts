import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EventLog, isFinalEventId } from '../../../../src/api/live/event-log.ts'
import type { DocumentChange, DocumentEvent } from '../../../../src/api/live/live-documents.ts'
import { endedWith, runningWith } from '../../../support/watched-documents.ts'

const ended = (page: number): DocumentChange => ({
  kind: 'page',
  page,
  outcome: 'ok',
  code: null,
  characters: 1,
  markdownCharacters: 1,
  seconds: null,
})
const status = (marks: string): DocumentChange => ({ kind: 'status', status: runningWith(marks) })

const shown = (events: readonly DocumentEvent[]): (number | string)[] =>
  events.map((event) => (event.kind === 'status' ? (event.status.marks ?? '') : event.page))

describe('EventLog', () => {
  it('keeps every page, and the last status in its place', () => {
    const log = new EventLog()

    for (const change of [status('..'), ended(1), status('o.'), ended(2)]) log.append(change)

    assert.deepEqual(shown(log.since(null)), [1, 'o.', 2])
  })

  it('gives what came after an event, also after a status that is not kept', () => {
    const log = new EventLog()
    const first = log.append(status('..'))
    const second = log.append(ended(1))
    log.append(status('o.'))

    assert.deepEqual(shown(log.since(first.id)), [1, 'o.'])
    assert.deepEqual(shown(log.since(second.id)), ['o.'])
  })

  it('gives everything to whoever names no event of this log', () => {
    const log = new EventLog()
    const { id } = log.append(ended(1))
    const foreign = new EventLog().append(ended(1)).id

    const strange = [foreign, '', '.', `${id}x`, id.replace('.', '.-'), id.split('.')[0] ?? '']
    for (const afterId of strange) assert.deepEqual(shown(log.since(afterId)), [1], afterId)
  })

  it('marks the id of a final status, after which there is nothing', () => {
    const log = new EventLog()
    const { id: pageId } = log.append(ended(1))

    const { id } = log.append({ kind: 'status', status: endedWith('o') })

    assert.deepEqual(log.since(id), [])
    assert.deepEqual([isFinalEventId(id), isFinalEventId(pageId)], [true, false])
    assert.deepEqual([isFinalEventId('end'), isFinalEventId('x.end')], [false, false])
  })
})
