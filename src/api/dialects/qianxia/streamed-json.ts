import { Readable } from 'node:stream'
import type { Request, Response } from 'express'
import { pipeBody } from '../../http/send-blob.ts'

/** An answer `{"status":"success","data":{…}}` whose large members are written as they are read. */
export type StreamedData = {
  /** Members of `data` that stand in memory; at least one. */
  readonly members: Readonly<Record<string, unknown>>
  /** Members of `data` that are one text each, in pieces. */
  readonly texts?: Readonly<Record<string, AsyncIterable<string>>>
  /** Members of `data` that are a list each. */
  readonly lists?: Readonly<Record<string, AsyncIterable<unknown>>>
}

/** The answer, piece by piece. */
export async function* streamedJson({
  members,
  texts = {},
  lists = {},
}: StreamedData): AsyncGenerator<string> {
  yield `{"status":"success","data":${JSON.stringify(members).slice(0, -1)}`
  for (const [name, pieces] of Object.entries(texts)) {
    yield `,${JSON.stringify(name)}:"`
    for await (const piece of pieces) yield innerJson(piece)
    yield '"'
  }
  for (const [name, items] of Object.entries(lists)) {
    yield `,${JSON.stringify(name)}:[`
    let separator = ''
    for await (const item of items) {
      yield separator + JSON.stringify(item)
      separator = ','
    }
    yield ']'
  }
  yield '}}'
}

/** A text as it stands between the quotes of a JSON string. */
export function innerJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/**
 * Sends pieces as the answer. What fails before the first piece is answered like any failure; later
 * the connection breaks, so that nobody takes half an answer for a whole one.
 */
export async function sendPieces(
  request: Request,
  response: Response,
  pieces: AsyncIterable<string>,
): Promise<void> {
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  await pipeBody(Readable.from(pieces, { objectMode: false }), response)
}
