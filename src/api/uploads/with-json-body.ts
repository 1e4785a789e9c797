import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RequestError } from '../http/request-error.ts'
import { openGuardedBody } from './byte-guard.ts'
import { closeAfterAnswer } from './close-after-answer.ts'
import { storeUpload } from './store-upload.ts'

/** How to receive a large JSON body. */
export type JsonBodyOptions = {
  readonly maxBytes: number
  /** Made when it is missing. */
  readonly temporaryDirectory: string
}

/**
 * Commas and brackets that a body may have. A request is a handful of fields around one long text;
 * 64 MB of `[],[],…` would be more than a gigabyte of objects.
 */
const MAX_STRUCTURE_BYTES = 10_000

const [COMMA, BRACKET, BRACE] = [',', '[', '{'].map((character) => character.charCodeAt(0))

let lastUse: Promise<unknown> = Promise.resolve()

/**
 * Receives a JSON body that holds a whole file and passes it to `use`; gives what that gives.
 *
 * The body goes to a temporary file first, however slowly it comes; then it is parsed and used, one
 * body of this process at a time, so that memory holds one. `use` must not keep it.
 *
 * @throws {OcrError} `FILE_TOO_LARGE`, `REQUEST_MALFORMED`, `REQUEST_TIMEOUT`, `STORAGE_UNAVAILABLE`
 */
export async function withJsonBody<T>(
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
  { maxBytes, temporaryDirectory }: JsonBodyOptions,
  use: (body: unknown) => Promise<T>,
): Promise<T> {
  try {
    requirePlainJson(req)
    const body = openGuardedBody(req, { maxBodyBytes: maxBytes })
    await using file = await storeUpload(boundedStructure(body), {
      maxBytes,
      temporaryDirectory,
      fileName: 'body',
    })
    return await oneAtATime(async () => use(parse(await readFile(file.path, 'utf8'))))
  } finally {
    closeAfterAnswer(req, res)
  }
}

/** A form of another site may be of any other type, and is no request; a compressed body may be a bomb. */
function requirePlainJson(req: IncomingMessage): void {
  if ((req.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
    throw new RequestError('the body must not be compressed')
  if (!/^application\/json\s*(?:;|$)/i.test(req.headers['content-type'] ?? ''))
    throw new RequestError('the body must be of type application/json')
}

async function* boundedStructure(body: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array, void> {
  let structureBytes = 0
  for await (const chunk of body) {
    for (const byte of chunk)
      if (byte === COMMA || byte === BRACKET || byte === BRACE) structureBytes++
    if (structureBytes > MAX_STRUCTURE_BYTES) throw new RequestError('the body has too many parts')
    yield chunk
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RequestError('the body is not JSON', { cause: error })
  }
}

async function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const mine = Promise.allSettled([lastUse]).then(work)
  lastUse = mine
  return mine
}
