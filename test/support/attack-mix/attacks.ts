import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { deflatedRun, onePagePdf, pngFile } from '../pdf-kernel.ts'

/** What attacks work with. */
export type AttackContext = {
  readonly url: URL
  /** Where they come from: an address of their own, so that limits per caller can tell them apart. */
  readonly localAddress: string
  readonly signal: AbortSignal
  /** Counts what an attack was answered, or how its connection ended. */
  readonly count: (answer: string) => void
}

/** Goes on until its signal fires. */
export type Attack = (context: AttackContext) => Promise<void>

const IDLE_CONNECTIONS = 1_000
const DRIPPED_BODIES = 100
const DRIPPED_HEADS = 200
const SOCKETS = 100
const FLOOD_LANES = 4
/** At most 200 requests a second over all lanes: what is measured is the product, not the attackers. */
const FLOOD_PAUSE_MS = 20
const LARGE_JSON_PAUSE_MS = 200
/** At most 20 a second over both lanes, of 1 MB each. */
const ABORT_PAUSE_MS = 100
const BOMB_EVERY_MS = 5_000
const PART = '--b\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n'
const MULTIPART = 'Content-Type: multipart/form-data; boundary=b'

/** Every kind, by its name. All of them are bounded in number and in bytes. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'idle connections': (context) => keepOpen(context, IDLE_CONNECTIONS, () => null),
  'dripped heads': (context) =>
    keepOpen(context, DRIPPED_HEADS, (socket) => {
      socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Drip: ')
      return () => socket.write('x')
    }),
  'dripped bodies': (context) =>
    keepOpen(context, DRIPPED_BODIES, (socket) => {
      socket.write(
        `POST /v1/documents HTTP/1.1\r\nHost: localhost\r\n${MULTIPART}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      )
      socket.write(chunk(PART))
      return () => socket.write(chunk('x'))
    }),
  'wrong requests': (context) =>
    inLanes(FLOOD_LANES, () => flood(context, FLOOD_PAUSE_MS, wrongRequest)),
  'large JSON': (context) => inLanes(1, () => flood(context, LARGE_JSON_PAUSE_MS, largeJson)),
  'aborted uploads': (context) => inLanes(2, () => abortUploads(context)),
  'bombs as documents': (context) => flood(context, BOMB_EVERY_MS, bomb),
  WebSockets: (context) => inLanes(SOCKETS, () => floodSocket(context)),
}

/** Keeps so many connections open; each says something a second, and is opened again when it ends. */
async function keepOpen(
  { url, localAddress, signal, count }: AttackContext,
  connections: number,
  begin: (socket: Socket) => (() => void) | null,
): Promise<void> {
  await inLanes(connections, async (place) => {
    // Not all in one moment: the accept queue of the system would answer, not the product.
    await pause((place % 100) * 20, signal)
    while (!signal.aborted) {
      const socket = connect({ host: url.hostname, port: Number(url.port), localAddress })
      socket.on('error', () => undefined)
      const closed = closeOf(socket)
      socket.once('data', (data) => count(/^HTTP\/1.1 (\d+)/.exec(String(data))?.[1] ?? 'other'))
      let say: (() => void) | null = null
      socket.once('connect', () => (say = begin(socket)))
      const timer = setInterval(() => say?.(), 1_000)
      await Promise.race([closed, aborted(signal)])
      clearInterval(timer)
      if (!signal.aborted) count('closed')
      socket.destroy()
      await pause(100, signal)
    }
  })
}

type Asked = {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

async function flood(
  { url, localAddress, signal, count }: AttackContext,
  pauseMs: number,
  next: (place: number) => Asked,
): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  try {
    for (let place = 0; !signal.aborted; place++) {
      const { method, path, headers = {}, body } = next(place)
      const status = await new Promise<string>((resolve) => {
        const sent = request({
          host: url.hostname,
          port: url.port,
          localAddress,
          agent,
          method,
          path,
          headers,
          signal,
        })
        sent.on('error', () => resolve('broken'))
        sent.on('response', (response) => {
          response.on('error', () => undefined).resume()
          resolve(String(response.statusCode))
        })
        sent.end(body)
      })
      if (!signal.aborted) count(status)
      await pause(pauseMs, signal)
    }
  } finally {
    agent.destroy()
  }
}

const WRONG: readonly Asked[] = [
  { method: 'GET', path: '/v1/documents/not-an-id' },
  { method: 'GET', path: '/v1/documents/00000000-0000-4000-8000-000000000000' },
  { method: 'GET', path: `/${'a/'.repeat(2_000)}` },
  { method: 'DELETE', path: '/v1/documents/..%2f..%2fetc' },
  { method: 'POST', path: '/v1/documents', headers: { 'Content-Type': 'text/plain' }, body: 'x' },
  { method: 'POST', path: '/v1/documents', headers: { 'Content-Length': '9999999999' } },
  { method: 'POST', path: '/api/upload', headers: { 'Content-Type': 'multipart/form-data' } },
  { method: 'POST', path: '/api/status/batch', headers: json(), body: '{"task_ids":' },
  { method: 'TRACE', path: '/v1/documents' },
  { method: 'GET', path: '/v1/documents?limit=100&cursor=AAAA' },
  { method: 'GET', path: '/v1/documents?limit=100' },
]

function wrongRequest(place: number): Asked {
  return WRONG[place % WRONG.length] ?? { method: 'GET', path: '/' }
}

const DEEP = `{"task_ids":${'['.repeat(400_000)}${']'.repeat(400_000)}}`
const WIDE = JSON.stringify({ task_ids: Array.from({ length: 200_000 }, () => 'x'.repeat(20)) })

function largeJson(place: number): Asked {
  const body = place % 2 === 0 ? DEEP : WIDE
  return { method: 'POST', path: '/api/status/batch', headers: json(), body }
}

/** 200 MB of blanks in a page, and an image of 900 million pixels. */
const BOMBS: readonly Uint8Array[] = [
  onePagePdf({ contentEntries: '/Filter/FlateDecode', content: deflatedRun(200_000_000, 32) }),
  pngFile({
    widthPx: 30_000,
    heightPx: 30_000,
    bitDepth: 1,
    colourType: 0,
    idat: deflatedRun(1e8),
  }),
]

function bomb(place: number): Asked {
  const file = BOMBS[place % BOMBS.length] ?? new Uint8Array()
  // Other bytes each time, or the pages would be found in the store.
  const body = Buffer.concat([Buffer.from(PART), file, Buffer.from(`\n% ${place}\r\n--b--\r\n`)])
  return {
    method: 'POST',
    path: '/v1/documents',
    headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
    body,
  }
}

async function abortUploads({ url, localAddress, signal, count }: AttackContext): Promise<void> {
  const megabyte = Buffer.alloc(1024 * 1024, 'x')
  while (!signal.aborted) {
    const socket = connect({ host: url.hostname, port: Number(url.port), localAddress })
    socket.on('error', () => undefined)
    socket.write(
      `POST /v1/documents HTTP/1.1\r\nHost: localhost\r\n${MULTIPART}\r\nContent-Length: 50000000\r\n\r\n${PART}`,
    )
    const sent = new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
      socket.write(megabyte, () => resolve())
    })
    await Promise.race([sent, aborted(signal)])
    socket.destroy()
    count('aborted')
    await pause(ABORT_PAUSE_MS, signal)
  }
}

async function floodSocket({ url, localAddress, signal, count }: AttackContext): Promise<void> {
  while (!signal.aborted) {
    const socket = new WebSocket(`ws://${url.host}/v1/live`, { localAddress })
    socket.on('error', () => undefined)
    const closed = closeOf(socket)
    socket.once('unexpected-response', (_request, { statusCode }) => {
      count(String(statusCode))
      socket.terminate()
    })
    const timer = setInterval(() => {
      if (socket.readyState === socket.OPEN)
        socket.send(JSON.stringify({ subscribe: '00000000-0000-4000-8000-000000000000' }))
    }, 200)
    await Promise.race([closed.then(() => count('closed')), aborted(signal)])
    clearInterval(timer)
    socket.terminate()
    await pause(1_000, signal)
  }
}

/** Unlike `once`, no failure when the connection broke. */
function closeOf(connection: Socket | WebSocket): Promise<void> {
  return new Promise((resolve) => connection.on('close', () => resolve()))
}

async function inLanes(lanes: number, work: (place: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, (_, place) => work(place)))
}

function json(): Record<string, string> {
  return { 'Content-Type': 'application/json' }
}

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
