import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noteWaits } from '../../../../src/cli/reading/note-waits.ts'

describe('noteWaits', () => {
  it('says once that sixteen documents wait, and again when they have to wait once more', () => {
    const lines: string[] = []
    let nowMs = 0
    const onWait = noteWaits({ note: (line) => lines.push(line) }, () => nowMs)

    for (let n = 0; n < 16; n++) onWait(41_500)
    nowMs = 42_000
    onWait(60_000)

    assert.deepEqual(
      lines.map((line) => /\d+ s/.exec(line)?.[0]),
      ['42 s', '60 s'],
    )
  })
})
