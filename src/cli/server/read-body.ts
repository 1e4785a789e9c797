import type { z } from 'zod'
import { ServerError, toUnreachable } from './server-error.ts'

/** Longest JSON that is read. */
const MAX_JSON_BYTES = 16 * 1024 * 1024

/**
 * Reads an answer of JSON.
 *
 * @throws {ServerError} when it breaks off, is too long, or is not what was expected
 */
export async function readBody<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(parseJson(await readText(response)))
  if (parsed.success) return parsed.data
  throw new ServerError('the server answered something else than durable-ocr does', {
    code: null,
    httpStatus: response.status,
  })
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of response.body ?? []) {
      sizeBytes += chunk.length
      if (sizeBytes > MAX_JSON_BYTES) return ''
      chunks.push(chunk)
    }
  } catch (error) {
    throw toUnreachable(error)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
