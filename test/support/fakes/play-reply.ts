import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { FakeReply, FakeText } from './fake-reply.ts'
import {
  chunkEvent,
  completionBody,
  doneEvent,
  piecesOf,
  sse,
  streamOf,
  usageOf,
} from './chat-events.ts'

/** What a reply can do to its server. */
export type Stage = {
  stopListening(): void
  /** Stops listening and ends all connections. */
  refuse(): void
  beUnhealthy(): void
  listenAgain(): Promise<void>
}

/** Where a reply is played. */
export type Scene = {
  readonly response: ServerResponse
  /** Of the request. */
  readonly body: unknown
  readonly stage: Stage
}

const askedFor = z.object({
  stream: z.boolean().optional(),
  model: z.string().optional(),
  max_tokens: z.number().nullish(),
  max_completion_tokens: z.number().nullish(),
  repetition_detection: z.object({ min_count: z.number() }).nullish(),
  stream_options: z
    .object({
      include_usage: z.boolean().optional(),
      continuous_usage_stats: z.boolean().optional(),
    })
    .nullish(),
})

/** Reads what the fakes look at of a chat request. */
export function parseAsked(body: unknown): z.output<typeof askedFor> {
  return askedFor.parse(body)
}

/** Plays a scripted reply. */
export async function playReply(reply: FakeReply, scene: Scene): Promise<void> {
  const { response, stage } = scene
  switch (reply.kind) {
    case 'text':
      return playText(reply, scene)
    case 'endless':
      return playEndless(reply, scene)
    case 'status':
      return playStatus(reply, response)
    case 'hang':
      if (reply.at === 'body') startStream(response)
      if (reply.text !== undefined) response.write(sse(chunkEvent({ content: reply.text })))
      if (reply.isGoing === true) stage.stopListening()
      return
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'death':
      return playDeath(reply, scene)
    case 'error-event':
      startStream(response)
      if (reply.text !== undefined) response.write(sse(chunkEvent({ content: reply.text })))
      response.end(`${sse({ error: reply.error })}${doneEvent}`)
      return
    case 'cut':
      return playCut(reply, response)
    case 'raw':
      return playRaw(reply, response)
  }
}

async function playText(reply: FakeText, { response, body }: Scene): Promise<void> {
  const asked = parseAsked(body)
  const usage = usageOf(reply)
  if (asked.stream !== true) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(completionBody(reply)))
    return
  }
  startStream(response)
  response.write(sse(chunkEvent({ role: 'assistant', content: '' })))
  let count = 0
  for (const piece of piecesOf(reply)) {
    if (response.destroyed) return
    count += 1
    const soFar =
      asked.stream_options?.continuous_usage_stats === true
        ? { ...usage, completion_tokens: count }
        : null
    if (!response.write(sse(chunkEvent({ content: piece }, { usage: soFar }))))
      await drained(response)
    if (reply.delayMs) await sleep(reply.delayMs)
  }
  await reply.endsAfter
  if (reply.refusal !== undefined) response.write(sse(chunkEvent({ refusal: reply.refusal })))
  const finish = reply.finish === undefined ? 'stop' : reply.finish
  response.write(sse(chunkEvent({}, { finish })))
  if (usage !== null && asked.stream_options?.include_usage === true) {
    response.write(sse({ ...chunkEvent({}), choices: [], usage }))
  }
  response.end(doneEvent)
}

async function playEndless(
  reply: Extract<FakeReply, { kind: 'endless' }>,
  scene: Scene,
): Promise<void> {
  const asked = parseAsked(scene.body)
  const limit = asked.max_completion_tokens ?? asked.max_tokens ?? Infinity
  const stopAt = asked.repetition_detection?.min_count ?? Infinity
  const { response } = scene
  startStream(response)
  for (let count = 1; !response.destroyed; count++) {
    if (count > Math.min(limit, stopAt)) {
      const finish = stopAt < limit ? 'repetition' : 'length'
      response.write(sse(chunkEvent({}, { finish })))
      const usage = { prompt_tokens: 100, completion_tokens: count - 1 }
      response.write(sse({ ...chunkEvent({}), choices: [], usage }))
      response.end(doneEvent)
      return
    }
    if (!response.write(sse(chunkEvent({ content: reply.piece })))) await drained(response)
    // Lets the connection's other side have its turn.
    await sleep(reply.delayMs ?? 0)
  }
}

function playStatus(reply: Extract<FakeReply, { kind: 'status' }>, response: ServerResponse): void {
  const isText = typeof reply.body === 'string'
  const type = isText ? 'text/plain' : 'application/json'
  response.writeHead(reply.status, { 'content-type': type, ...reply.headers })
  // `undefined` is an empty body.
  response.end(isText ? reply.body : JSON.stringify(reply.body))
}

async function playDeath(
  reply: Extract<FakeReply, { kind: 'death' }>,
  { response, stage }: Scene,
): Promise<void> {
  const error = {
    message:
      reply.message ??
      'EngineCore encountered an issue. See stack trace (above) for the root cause.',
    type: 'InternalServerError',
    param: null,
    code: 500,
  }
  if (reply.how === 'status') {
    playStatus({ kind: 'status', status: 500, body: { error } }, response)
  } else {
    if (reply.how === 'event' || reply.text !== undefined) startStream(response)
    if (reply.text !== undefined) {
      await written(response, sse(chunkEvent({ content: reply.text })))
    }
    if (reply.how === 'event') response.end(`${sse({ error })}${doneEvent}`)
    else response.socket?.resetAndDestroy()
  }
  if (reply.how !== 'reset' && !response.writableFinished) await once(response, 'close')
  if (reply.lateMs !== undefined) await sleep(reply.lateMs)
  if (reply.afterwards === 'refuses') stage.refuse()
  else stage.beUnhealthy()
  await sleep(reply.awayMs ?? 60_000, undefined, { ref: false })
  await stage.listenAgain()
}

async function playCut(
  reply: Extract<FakeReply, { kind: 'cut' }>,
  response: ServerResponse,
): Promise<void> {
  startStream(response)
  await written(response, streamOf(reply.text).bytes.subarray(0, reply.afterBytes))
  if (reply.how === 'end') response.end()
  else response.socket?.resetAndDestroy()
}

async function playRaw(
  reply: Extract<FakeReply, { kind: 'raw' }>,
  response: ServerResponse,
): Promise<void> {
  const bytes = Buffer.from(reply.body)
  response.writeHead(reply.status ?? 200, { 'content-type': 'text/event-stream', ...reply.headers })
  if (reply.byteEveryMs !== undefined) {
    for (const byte of bytes) {
      if (response.destroyed) return
      response.write(Buffer.of(byte))
      await sleep(reply.byteEveryMs)
    }
  }
  response.end(reply.byteEveryMs === undefined ? bytes : undefined)
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.flushHeaders()
}

function written(response: ServerResponse, bytes: string | Uint8Array): Promise<void> {
  // An error means that the client has left.
  return new Promise((resolve) => response.write(bytes, () => resolve()))
}

async function drained(response: ServerResponse): Promise<void> {
  const left = once(response, 'close').catch(() => undefined)
  await Promise.race([once(response, 'drain').catch(() => undefined), left])
}
