import { createServer } from 'node:net'

/** Tells whether a TCP port can be opened on an address. */
export async function isPortFree(host: string, port: number): Promise<boolean> {
  return (await tryListen(host, port)) !== null
}

/** A TCP port that is free on an address at this moment. */
export async function freePort(host: string): Promise<number> {
  const port = await tryListen(host, 0)
  if (port === null) throw new Error(`Cannot find a free port on ${host}`)
  return port
}

/**
 * The configured port, else the usual one, else a free one.
 *
 * @throws {Error} when the configured port is taken
 */
export async function choosePort(options: {
  readonly configured: number | null
  readonly usual: number
  readonly variable: string
}): Promise<number> {
  const host = '127.0.0.1'
  const { configured, usual, variable } = options
  if (await isPortFree(host, configured ?? usual)) return configured ?? usual
  if (configured !== null)
    throw new Error(`Port ${configured} on ${host} is taken: set ${variable} to another one`)
  return await freePort(host)
}

async function tryListen(host: string, port: number): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>()
  const server = createServer()
  server.once('error', () => resolve(null))
  server.listen({ host, port, exclusive: true }, () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' ? (address?.port ?? null) : null))
  })
  return await promise
}
