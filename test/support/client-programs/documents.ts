import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CORPUS_DIRECTORY } from '../corpus.ts'

/** Where the service documents lie: beside the corpus. */
const SEEDS = resolve(CORPUS_DIRECTORY, '..', 'seeds')

/** The documents of the five dialects. */
export const DOCUMENTS = {
  pyOcr: '1-py-ocr.md',
  dots: '2-dots-ocr.md',
  qianxia: '3-qianxia-ocr.md',
  scnet: '4-scnet-ocrdoc.md',
  deepseek: '5-deepseek-ocr.md',
} as const

/** A key of {@link DOCUMENTS}. */
export type DocumentName = keyof typeof DOCUMENTS

/** Why the documents' tests are skipped; `false` when they are there. */
export const NO_DOCUMENTS = existsSync(SEEDS) ? false : `no service documents in ${SEEDS}`

/** The text of a document. */
export function readDocument(name: DocumentName): string {
  return readFileSync(join(SEEDS, DOCUMENTS[name]), 'utf8')
}
