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

/** The answer, piece by piece; the first one once every large member has begun. */
export async function* streamedJson({
  members,
  texts = {},
  lists = {},
}: StreamedData): AsyncGenerator<string> {
  const begunTexts = await eachBegun(texts)
  const begunLists = await eachBegun(lists)
  yield `{"status":"success","data":${JSON.stringify(members).slice(0, -1)}`
  for (const [name, pieces] of begunTexts) {
    yield `,${JSON.stringify(name)}:"`
    for await (const piece of pieces) yield innerJson(piece)
    yield '"'
  }
  for (const [name, items] of begunLists) {
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
 * Waits for the first item, and gives all of them: what fails at the beginning fails here, where
 * nothing was sent yet.
 */
export async function begun<Item>(items: AsyncIterable<Item>): Promise<AsyncIterable<Item>> {
  const iterator = items[Symbol.asyncIterator]()
  const first = await iterator.next()
  return (async function* () {
    if (first.done === true) return
    yield first.value
    yield* { [Symbol.asyncIterator]: () => iterator }
  })()
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
  // A pipe that breaks breaks the connection, whether anything was sent or not.
  await pipeBody(Readable.from(await begun(pieces), { objectMode: false }), response)
}

async function eachBegun<Item>(
  members: Readonly<Record<string, AsyncIterable<Item>>>,
): Promise<[string, AsyncIterable<Item>][]> {
  const entries: [string, AsyncIterable<Item>][] = []
  for (const [name, items] of Object.entries(members)) entries.push([name, await begun(items)])
  return entries
}
