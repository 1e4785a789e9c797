import { PAGE_WARNINGS } from '../../../src/contract/page.ts'
import type { MediaType } from '../../../src/contract/document.ts'
import { codeOf, OcrError } from '../../../src/platform/errors.ts'
import { drawBytes, inspectBytes, type SeenPage } from '../drawn-file.ts'
import { readJson } from '../read-json.ts'
import { fileForm, type TestApi } from '../test-api.ts'
import type { BadFile, Outcome, Picture } from './bad-file.ts'

/** Lighter than this is paper. */
const PAPER = 200
/** Of a long document the first pages stand for all. */
const MAX_PAGES_DRAWN = 5

/** What the api says to a file. */
export type Answer = { readonly mediaType: MediaType } | { readonly refusal: Outcome }

/** Sends a file to the api, and opens and draws in guarded children what it accepts. */
export async function runFile(
  send: (bytes: Uint8Array) => Promise<Answer>,
  bytes: Uint8Array,
  file: BadFile,
): Promise<Outcome> {
  const accepted = await send(bytes)
  if ('refusal' in accepted) return accepted.refusal
  const { mediaType } = accepted
  let pageCount: number
  try {
    pageCount = await inspectBytes(bytes, mediaType, file.options)
  } catch (error) {
    if (!(error instanceof OcrError)) throw error
    return codeOf(error)
  }
  const pages = Array.from({ length: Math.min(pageCount, MAX_PAGES_DRAWN) }, (_, n) => n + 1)
  const drawn = await drawBytes(bytes, mediaType, { ...file.options, pages })
  return drawn.map((page) => outcomeOf(page, file)).join(' ')
}

/** Whether content was dropped without a word: the page with the damage ended as a good one. */
export function isSilentLoss({ planted }: BadFile, outcome: Outcome): boolean {
  if (planted === undefined) return false
  return /^(?:ok|empty)$/.test(outcome.split(' ')[planted - 1] ?? '')
}

/** Whether the outcome is what the label says. */
export function isAsLabelled({ want }: BadFile, outcome: Outcome): boolean {
  return want.includes('any') || want.includes(outcome)
}

/** Uploads a file to an api with a fake gateway. */
export async function sendFile(api: TestApi, bytes: Uint8Array): Promise<Answer> {
  const response = await api.fetch('/v1/documents', {
    method: 'POST',
    body: fileForm(bytes),
    // Making the next file blocks this process for seconds, after which an open connection is none.
    headers: { connection: 'close' },
  })
  const answer = await readJson(response)
  if (response.status !== 202) return { refusal: String(answer.code) }
  const source = api.gateway.submissions.pop()?.source
  const mediaType = source?.kind === 'upload' ? source.upload.mediaType : null
  if (mediaType === null) throw new Error('The api accepted a file that it does not know')
  return { mediaType }
}

function outcomeOf(page: SeenPage, file: BadFile): Outcome {
  if ('code' in page) return `failed(${page.code})`
  const degrading = page.warnings.filter((warning) => PAGE_WARNINGS[warning].degrades)
  if (degrading.length > 0) return `degraded(${degrading.join()})`
  const picture: Picture = { ...page.image, rgb: page.rgb ?? Buffer.alloc(0) }
  if (!hasInk(picture)) return 'empty'
  return file.shows?.(picture) === false ? 'wrong-picture' : 'ok'
}

function hasInk({ rgb }: Picture): boolean {
  return rgb.some((value) => value < PAPER)
}
