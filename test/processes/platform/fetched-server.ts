import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { OcrError } from '../../../src/platform/errors.ts'
import { safeFetch, type SafeFetchOptions } from '../../../src/platform/safe-fetch.ts'

/** A server at 127.0.0.1 that is allowed as `files.example`. */
export function optionsFor(port: number, path = '/a.pdf'): SafeFetchOptions & { names: string[] } {
  const names: string[] = []
  return {
    url: `http://files.example:${port}${path}`,
    maxBytes: 100_000,
    signal: new AbortController().signal,
    allowedHosts: [`files.example:${port}`],
    allowedPorts: [],
    names,
    resolve: (name) => {
      names.push(name)
      return Promise.resolve(name === 'files.example' ? ['127.0.0.1'] : ['10.0.0.1'])
    },
  }
}

/** The whole body of a file. */
export async function read(options: SafeFetchOptions): Promise<Buffer> {
  const file = await safeFetch(options)
  const pieces: Uint8Array[] = []
  for await (const piece of file.body) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The code that fetching or reading a file fails with. */
export async function codeOf(options: SafeFetchOptions): Promise<string> {
  const outcome: unknown = await read(options).catch((error: unknown) => error)
  assert.ok(outcome instanceof OcrError, String(outcome))
  return outcome.code
}

/** A connection to a port of 127.0.0.1. */
export async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** Answers every connection with those bytes, then does what it is told. */
export async function serveBytes(
  answer: string,
  afterwards: (socket: Socket) => void = () => undefined,
): Promise<AsyncDisposable & { port: number; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => socket.write(answer, () => afterwards(socket)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
