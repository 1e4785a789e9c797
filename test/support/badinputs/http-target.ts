import { readdir } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createApp } from '../../../src/api/app.ts'
import { listen } from '../../../src/api/http/listen.ts'
import { startTestApi } from '../test-api.ts'

/** What the api under attack takes at most, in bytes. */
export const MAX_UPLOAD_BYTES = 100_000
/** Longer than every deadline of the server. */
const PATIENCE_MS = 40_000

/** What came over a connection until it was closed, by whichever side. */
export type Exchange = { readonly received: string; readonly isClosed: boolean }

/** An api that listens as in production: with its own deadlines and limits for connections. */
export type HttpTarget = AsyncDisposable & {
  readonly port: number
  readonly url: string
  /** Sends bytes as they are and gives what comes back until the connection is closed or answered. */
  talk(
    head: string,
    keepSending?: (send: (bytes: string) => boolean) => Disposable,
  ): Promise<Exchange>
  /** Files that uploads have left. */
  temporaryFiles(): Promise<readonly string[]>
}

/** Starts the api with a fake gateway on a port of its own. */
export async function startHttpTarget(): Promise<HttpTarget> {
  await using setUp = new AsyncDisposableStack()
  const apps: RequestListener[] = []
  const api = setUp.use(
    await startTestApi({
      api: { maxUploadBytes: MAX_UPLOAD_BYTES },
      createApp: (deps) => {
        const app = createApp(deps)
        apps.push(app)
        return app
      },
    }),
  )
  const [app] = apps
  if (app === undefined) throw new Error('no application was made')
  const { port } = setUp.use(await listen(app, { host: '127.0.0.1', port: 0 }))
  const running = setUp.move()
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    talk: (head, keepSending) => talk(port, head, keepSending),
    temporaryFiles: () => readdir(join(api.directory, 'uploads')).catch(() => []),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function talk(
  port: number,
  head: string,
  keepSending?: (send: (bytes: string) => boolean) => Disposable,
): Promise<Exchange> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  let isClosed = false
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => {
      isClosed = true
      resolve()
    })
    // A reset is one of the ways to be refused.
    socket.on('error', () => undefined)
    socket.setTimeout(PATIENCE_MS, resolve)
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1')
      // An answer to a whole request leaves the connection open for the next one.
      if (keepSending === undefined && /\r\n\r\n/.test(received)) setTimeout(resolve, 50)
    })
  })
  socket.write(head, 'latin1')
  using _sending = keepSending?.((bytes) => socket.writable && socket.write(bytes, 'latin1'))
  await ended
  socket.destroy()
  return { received, isClosed }
}
