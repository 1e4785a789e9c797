import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

/** Directory of the corpus: `OCR_CORPUS_DIR`, else `../shared/data` beside the checkout. */
export const CORPUS_DIRECTORY = resolve(
  process.env['OCR_CORPUS_DIR'] || resolve(import.meta.dirname, '../../../shared/data'),
)

/** Why the corpus' tests are skipped; `false` when it is there. */
export const CORPUS_MISSING = existsSync(resolve(CORPUS_DIRECTORY, 'documents/index.json'))
  ? false
  : `no corpus in ${CORPUS_DIRECTORY} (OCR_CORPUS_DIR)`

/** Path of a document of the corpus. */
export const corpusFile = (name: string): string => resolve(CORPUS_DIRECTORY, 'documents', name)

/** Rates of the scorer: character error rate and order-free agreement, 0 to 1. */
export type Score = { readonly cer: number; readonly f1: number }

/** Scores a text file against a truth file with the corpus' own scorer. */
export async function score(hypothesisPath: string, truthPath: string): Promise<Score> {
  const scorer = resolve(CORPUS_DIRECTORY, 'score.py')
  const run = promisify(execFile)
  const { stdout } = await run('python3', [scorer, hypothesisPath, truthPath, '--json'])
  return JSON.parse(stdout) as Score
}
