import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, it } from 'node:test'
import { badFiles, badRequests } from '../support/badinputs/catalogue.ts'
import { mutants } from '../support/badinputs/mutants.ts'
import { runFiles, runRequests, type Result } from '../support/badinputs/run-catalogue.ts'
import { lineOf, RIGHT_PERCENT, summaryOf } from '../support/badinputs/summary.ts'

const MUTANTS = 60
/** A legal scan of 9,000 x 9,000 pixels needs 1.3 GB; the guard looks every 50 ms. */
const MAX_CHILD_MB = 1_900

const lines = (results: readonly Result[], ...verdicts: readonly Result['verdict'][]): string[] =>
  results.filter(({ verdict }) => verdicts.includes(verdict)).map(lineOf)

describe('bad inputs', () => {
  it('are at least 200 files, of which at least 60 lose something', async () => {
    const files = await badFiles()
    const names = files.map(({ family, name }) => `${family}: ${name}`)

    assert.ok(files.length >= 200, `${files.length}`)
    assert.ok(files.filter(({ planted }) => planted !== undefined).length >= 60)
    assert.deepEqual(
      names.filter((name, n) => names.indexOf(name) !== n),
      [],
    )
  })

  it('end as labelled, lose nothing in silence, and take only children with them', async (test) => {
    const results = await runFiles(await badFiles(), () => undefined)

    const summary = summaryOf(results)
    test.diagnostic(JSON.stringify(summary))
    for (const line of lines(results, 'WRONG')) test.diagnostic(line)
    assert.deepEqual(lines(results, 'LOST', 'DEATH'), [])
    assert.ok(summary.rightPercent >= RIGHT_PERCENT, `${summary.rightPercent} %`)
    assert.ok(summary.peakChildMb <= MAX_CHILD_MB, `${summary.peakChildMb} MB`)
  })

  it('are answered as labelled, whatever the request, the connection and its pace', async (test) => {
    const results = await runRequests(badRequests(), () => undefined)

    test.diagnostic(JSON.stringify(summaryOf(results)))
    assert.deepEqual(lines(results, 'WRONG', 'LOST', 'DEATH'), [])
  })

  it('may be good files with random changes, which end in some way', async (test) => {
    const seed = randomInt(2 ** 31)
    test.diagnostic(`seed ${seed}`)

    const results = await runFiles(await mutants(MUTANTS, seed), () => undefined)

    assert.equal(results.length, MUTANTS)
    assert.deepEqual(lines(results, 'WRONG', 'LOST', 'DEATH'), [], `seed ${seed}`)
  })
})
