import type { Submission } from '../../model.ts'
import type { UploadProgress } from '../documents-api.ts'
import { failure, fetchJson } from '../http.ts'
import { toObject, toText } from '../read-json.ts'
import { sendFile, sendJson } from '../upload.ts'

/** Sends a file or its URL; gives the id of its document. @throws {ApiError} */
export async function sendDocument(
  url: string,
  submission: Submission,
  { signal, onSent, idempotencyKey }: UploadProgress,
): Promise<string> {
  const { source } = submission
  const fields = fieldsOf(submission)
  const answer =
    'file' in source
      ? await sendFile({ url, file: source.file, fields, signal, onSent, idempotencyKey })
      : await sendJson(url, { ...fields, url: source.url }, { signal, idempotencyKey })
  return idOf(answer)
}

/** Has a document read once more; gives the id of the new one. @throws {ApiError} */
export async function sendAgain(url: string): Promise<string> {
  return idOf(await fetchJson(url, { method: 'POST' }))
}

function fieldsOf({ engine, pages, languages, password }: Submission): Record<string, string> {
  const fields = { engine, pages, languages: languages?.join(','), password }
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, text]) => (text ? [[name, text]] : [])),
  )
}

/** @throws {ApiError} when a success names no document */
function idOf(answer: unknown): string {
  const id = toText(toObject(answer)['id'])
  if (!id) throw failure('SERVICE_UNAVAILABLE', 'The answer names no document')
  return id
}
