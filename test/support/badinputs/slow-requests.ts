import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { until } from '../until.ts'
import { ask, outcomeOfText, type BadRequest } from './bad-request.ts'
import type { HttpTarget } from './http-target.ts'

const UPLOAD = (target: HttpTarget): string =>
  `POST /v1/documents HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\n` +
  'Content-Type: multipart/form-data; boundary=b\r\n'
const FILE_HEAD =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n'
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

/** Bodies and heads that never end, drip, or are given up, and connections that say nothing. */
export function slowRequests(): readonly BadRequest[] {
  return [
    {
      name: 'a body without end',
      family: 'connection',
      send: async (target) => {
        const head = `${UPLOAD(target)}Transfer-Encoding: chunked\r\n\r\n${chunk(FILE_HEAD)}`
        return shown(await target.talk(head, every(1, chunk('x'.repeat(16_384)))))
      },
      want: ['413 FILE_TOO_LARGE, closed'],
    },
    {
      name: '10 GB announced and nothing sent',
      family: 'connection',
      send: async (target) =>
        shown(
          await target.talk(`${UPLOAD(target)}Content-Length: 10000000000\r\n\r\n`, every(1e6, '')),
        ),
      want: ['413 FILE_TOO_LARGE, closed'],
    },
    {
      name: 'a body that drips',
      family: 'connection',
      send: async (target) => {
        const head = `${UPLOAD(target)}Transfer-Encoding: chunked\r\n\r\n${chunk(FILE_HEAD)}`
        return shown(await target.talk(head, every(500, chunk('x'))))
      },
      want: ['408 REQUEST_TIMEOUT, closed'],
    },
    {
      name: 'a head that drips',
      family: 'connection',
      send: async (target) =>
        shown(await target.talk('GET /v1/documents HTTP/1.1\r\nX: ', every(500, 'y'))),
      want: ['408, closed'],
    },
    {
      name: '2,000 connections that say nothing, and a client that asks',
      family: 'connection',
      send: askBetweenIdle,
      want: ['200'],
    },
    {
      name: '200 uploads that are given up',
      family: 'connection',
      send: giveUp,
      want: ['no file, no descriptor'],
    },
  ]
}

function shown({ received, isClosed }: { received: string; isClosed: boolean }): string {
  return outcomeOfText(received) + (isClosed ? ', closed' : '')
}

function every(ms: number, bytes: string): (send: (bytes: string) => boolean) => Disposable {
  return (send) => {
    const timer = setInterval(() => send(bytes), ms)
    return { [Symbol.dispose]: () => clearInterval(timer) }
  }
}

async function askBetweenIdle(target: HttpTarget): Promise<string> {
  const sockets: Socket[] = []
  try {
    for (let n = 0; n < 2_000; n += 1) {
      const socket = connect(target.port, '127.0.0.1')
      socket.on('error', () => undefined)
      sockets.push(socket)
      if (n % 100 === 99) await once(socket, 'connect')
    }
    return await ask(target, '/healthz')
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

async function giveUp(target: HttpTarget): Promise<string> {
  const descriptors = async (): Promise<number> => (await readdir('/proc/self/fd')).length
  const before = await descriptors()
  const body = chunk(FILE_HEAD) + chunk('x'.repeat(40_000)) + chunk('\r\n--b--\r\n')
  for (let round = 0; round < 10; round += 1)
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const socket = connect(target.port, '127.0.0.1')
        socket.on('error', () => undefined)
        await once(socket, 'connect')
        const part = body.slice(0, 1 + ((round * 977 + n * 2_011) % body.length))
        const head = `${UPLOAD(target)}Transfer-Encoding: chunked\r\n\r\n`
        await new Promise((resolve) => socket.write(head + part, 'latin1', resolve))
        socket.destroy()
      }),
    )
  await until(async () => (await target.temporaryFiles()).length === 0, 'no file is left')
  // A few may belong to what else this process does.
  await until(async () => (await descriptors()) <= before + 5, 'no descriptor is left')
  return 'no file, no descriptor'
}
