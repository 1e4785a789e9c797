/*
 * npm run badinputs [-- --mutate <count>] [--seed <number>] [--only <word>]
 *
 * Sends every labelled bad file and request to the api, opens and draws in guarded children what it
 * accepts, and prints how each ended. With `--mutate` it runs that many good files with random
 * changes instead, for which any end is right. `--only` runs those with the word in their names.
 * Exits with 1 when less than 98 % ended as labelled, when anything but a child died, or when
 * content was dropped without a word.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { badFiles, badRequests } from '../test/support/badinputs/catalogue.ts'
import { mutants } from '../test/support/badinputs/mutants.ts'
import { runFiles, runRequests, type Result } from '../test/support/badinputs/run-catalogue.ts'
import { isGoodEnough, lineOf, summaryOf } from '../test/support/badinputs/summary.ts'

const { values } = parseArgs({
  options: { mutate: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
})

let unexpected = 0
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error) => {
    unexpected += 1
    process.stdout.write(`DEATH of this process averted: ${String(error)}\n`)
  })

const startedAt = performance.now()
const results = values.mutate === undefined ? await runAll() : await runMutants(values.mutate)
const summary = summaryOf(results)
const deaths = summary.deaths + unexpected
process.stdout.write(
  [
    '',
    `inputs                  ${summary.inputs}`,
    `ended as labelled       ${summary.rightPercent.toFixed(1)} %`,
    `deaths outside children ${deaths}`,
    `silent losses           ${summary.silentLosses}`,
    `longest                 ${summary.longestMs} ms`,
    `largest child           ${summary.peakChildMb} MB`,
    `whole run               ${Math.round((performance.now() - startedAt) / 1_000)} s`,
    '',
  ].join('\n'),
)
if (!isGoodEnough({ ...summary, deaths })) process.exitCode = 1

async function runAll(): Promise<readonly Result[]> {
  const { only = '' } = values
  const isChosen = ({ family, name }: { family: string; name: string }): boolean =>
    `${family}: ${name}`.includes(only)
  const requests = await runRequests(badRequests().filter(isChosen), print)
  const files = await runFiles((await badFiles()).filter(isChosen), print)
  return [...requests, ...files]
}

async function runMutants(count: string): Promise<readonly Result[]> {
  const seed = Number(values.seed ?? randomInt(2 ** 31))
  process.stdout.write(`seed ${seed}\n`)
  return runFiles(await mutants(Number(count), seed), print)
}

function print(result: Result): void {
  process.stdout.write(`${lineOf(result)}\n`)
}
