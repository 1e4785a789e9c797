import { readFileSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { serverUrl } from '../config/variable-types.ts'
import { DOCUMENT_STATES } from '../contract/document-status.ts'
import { ENGINE_IDS } from '../contract/engines.ts'
import { parseDocumentId } from '../contract/identifiers.ts'
import { parsePageRanges } from '../contract/page-ranges.ts'
import type { ResultFormat } from '../storage/object-keys.ts'

const LARGEST_LIMIT = 1_000

/** `-o`. */
export const outputOption = (): Option =>
  new Option('-o, --output <path>', 'file or folder of the result').argParser(readText)

/** `--format`. */
export const formatOption = (): Option =>
  new Option('--format <format>', 'what to write')
    .choices(['text', 'markdown', 'json'] satisfies ResultFormat[])
    .default('markdown')

/** `--force`. */
export const forceOption = (): Option => new Option('--force', 'replace results that are there')

/** `--engine`. */
export const engineOption = (): Option =>
  new Option('--engine <engine>', 'who reads the pages').choices(ENGINE_IDS)

/** `--pages`, kept as it is: the server reads it too. */
export const pagesOption = (): Option =>
  new Option('--pages <ranges>', 'pages to read, such as 1-3,7').argParser((text: string) => {
    if (parsePageRanges(text) === null)
      throw new InvalidArgumentError('Expected page ranges such as 1-3,7.')
    return text
  })

/** `--password` and `--password-file`. */
export const passwordOptions = (): readonly [Option, Option] => [
  new Option('--password <text>', 'of encrypted PDFs; others on this machine can see it')
    .argParser(readText)
    .conflicts('passwordFile'),
  new Option('--password-file <path>', 'file whose first line is the password').argParser(readText),
]

/** `--server`. */
export const serverOption = (): Option =>
  new Option('--server <url>', 'server to ask (OCR_SERVER; default: this machine)').argParser(
    (text: string) => {
      const parsed = serverUrl.schema.safeParse(text)
      if (!parsed.success) throw new InvalidArgumentError(`Expected ${serverUrl.accepts}.`)
      return parsed.data
    },
  )

/** `--status` of the list. */
export const statusOption = (): Option =>
  new Option('--status <status>', 'only these').choices(DOCUMENT_STATES)

/** `--limit` of the list. */
export const limitOption = (): Option =>
  new Option('--limit <count>', `at most so many, up to ${LARGEST_LIMIT}`)
    .default(20)
    .argParser((text: string) => {
      const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
      if (limit < 1 || limit > LARGEST_LIMIT)
        throw new InvalidArgumentError(`Expected a whole number from 1 to ${LARGEST_LIMIT}.`)
      return limit
    })

/** Reads the id of a document. */
export function readId(text: string): string {
  if (parseDocumentId(text) === null)
    throw new InvalidArgumentError('Expected the id of a document, as "durable-ocr list" shows it.')
  return text
}

/** Reads ids of documents, one after the other. */
export function readIds(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), readId(text)]
}

/** Reads the name of an API key. */
export function readKeyName(text: string): string {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(text))
    throw new InvalidArgumentError('Expected 1 to 64 of A-Z, a-z, 0-9, . _ and -')
  return text
}

/** Version of the product. */
export function readVersion(): string {
  const url = new URL('../../package.json', import.meta.url)
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(url, 'utf8'))).version
}

function readText(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected some text.')
  return text
}
