import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FAILURES } from '../../src/contract/failures.ts'
import { codeOf } from '../../src/platform/errors.ts'
import { receiveUpload } from '../../src/api/uploads/receive-upload.ts'

/** Largest file that the server takes, in bytes. */
export const LIMIT_BYTES = 100_000

/** Head of a file part in a body whose boundary is `b`. */
export const FILE_HEAD =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'

/** What the server answers with. */
export type UploadAnswer = {
  status: number
  code?: string
  upload?: {
    sizeBytes: number
    sha256: string
    mediaType: string | null
    fileName: string
    fields: Record<string, string>
    headLength: number
    content: string
  } | null
}

/** A client that speaks with the server byte by byte. */
export type RawClient = {
  readonly socket: Socket
  received: string
  isClosed: boolean
  readonly startedAtMs: number
}

/**
 * Starts a server that receives uploads and answers what it got.
 *
 * @param options.windowMs Within which a body must bring enough; a minute, for none is meant to be slow
 */
export async function startUploadServer({ windowMs = 60_000 } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'receive-upload-'))
  const uploads = join(directory, 'uploads')
  const sockets = new Set<Socket>()
  const server = createServer((req, res) => {
    void (async () => {
      let answer: UploadAnswer
      try {
        await using upload = await receiveUpload(req, res, {
          maxBytes: LIMIT_BYTES,
          temporaryDirectory: uploads,
          windowMs,
        })
        const described = upload && {
          ...upload,
          content: await readFile(upload.path, 'utf8'),
          headLength: upload.head.length,
          head: null,
        }
        answer = { status: 200, upload: described }
      } catch (error) {
        const code = codeOf(error)
        answer = { status: FAILURES[code].httpStatus, code }
      }
      res.writeHead(answer.status, { 'Content-Type': 'application/json' })
      res.end(JSON.stringify(answer))
    })()
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    // A client that resets the connection is part of these tests.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A listening TCP server has such an address.
  const { port } = server.address() as AddressInfo

  return {
    temporaryFiles: (): Promise<string[]> => readdir(uploads).catch(() => []),

    async post(
      body: string | FormData,
      headers: Record<string, string> = {},
    ): Promise<UploadAnswer> {
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers })
      // The server of this test writes nothing else.
      return (await response.json()) as UploadAnswer
    },

    /** Connects and sends the head of a request; `bytesRead` tells what the server has read. */
    async open(headers: string): Promise<{ client: RawClient; bytesRead: () => number }> {
      const accepted = once(server, 'connection')
      const socket = connect(port, '127.0.0.1')
      const client = { socket, received: '', isClosed: false, startedAtMs: performance.now() }
      socket.on('data', (chunk: Buffer) => (client.received += chunk.toString()))
      socket.on('error', () => undefined).on('close', () => (client.isClosed = true))
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`)
      // The only argument of the event; where many connect at once, it may be that of another.
      const [peer] = (await accepted) as [Socket]
      return { client, bytesRead: () => peer.bytesRead }
    },

    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await rm(directory, { recursive: true })
    },
  }
}

/** A chunk of a chunked body. */
export function chunkOf(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

/** Sends chunks as fast as they are taken, until the connection is closed. */
export function sendForEver({ socket }: RawClient): void {
  const chunk = chunkOf('x'.repeat(16_384))
  const pump = (): void => {
    while (!socket.destroyed && socket.writable && socket.write(chunk));
  }
  socket.on('drain', pump)
  pump()
}
