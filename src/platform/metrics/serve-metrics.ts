import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { collectDefaultMetrics, type Registry } from '@prometheus-io/client'
import type { Logger } from 'pino'
import { coerceError } from '../errors.ts'

/** Where a process tells its figures. */
export type MetricsAddress = {
  readonly host: string
  /** `null`: nowhere. 0 takes a free one. */
  readonly port: number | null
  readonly logger: Logger
}

/** What answers Prometheus; disposing closes it at once. */
export type MetricsServer = AsyncDisposable & {
  /** `null`: it is off, or its port was taken. */
  readonly port: number | null
}

const NOT_SERVED: MetricsServer = { port: null, [Symbol.asyncDispose]: async () => undefined }

// Prometheus asks on one connection; whoever else comes here is not to hold any for long.
const SERVER_OPTIONS = { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 65_000 }
const MAX_CONNECTIONS = 50

/**
 * Answers `GET /metrics` with a registry, and what Node tells of its process, on a port of its own.
 *
 * A port that cannot be opened is a warning: figures are no reason to read no documents.
 */
export async function serveMetrics(
  registry: Registry,
  { host, port, logger }: MetricsAddress,
): Promise<MetricsServer> {
  if (port === null) return NOT_SERVED
  const server = createServer(SERVER_OPTIONS, (request, response) => {
    const path = request.url?.split('?', 1)[0]
    const isAsked = path === '/metrics' && (request.method === 'GET' || request.method === 'HEAD')
    if (isAsked) void answer(registry, response, logger)
    else response.writeHead(404).end()
  })
  server.maxConnections = MAX_CONNECTIONS
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const reason = coerceError(error).message
    logger.warn({ port, reason }, 'no metrics: the port of OCR_METRICS_PORT cannot be opened')
    return NOT_SERVED
  }
  collectDefaultMetrics({ register: registry })
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? null) : null,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(registry: Registry, response: ServerResponse, logger: Logger): Promise<void> {
  try {
    const text = await registry.metrics()
    response.writeHead(200, { 'Content-Type': registry.contentType }).end(text)
  } catch (error) {
    logger.error({ err: coerceError(error) }, 'metrics cannot be collected')
    response.writeHead(500).end()
  }
}
