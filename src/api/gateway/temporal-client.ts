import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client'
import type { TemporalConfig } from '../../config/config.ts'

/** A client and the one connection of the process below it; disposing closes the connection. */
export type TemporalClient = AsyncDisposable & { readonly client: Client }

/**
 * Makes the client of Temporal. It connects at the first call, so the api starts without a server.
 *
 * Two attempts in quick succession instead of the SDK's ten with up to 5 s between them: whoever asks
 * for a status waits for the answer. Deadlines belong to the calls (temporal-documents.ts).
 */
export function connectTemporal(config: TemporalConfig): TemporalClient {
  const connection = Connection.lazy({
    address: config.address ?? '127.0.0.1:7233',
    ...(config.tls ? { tls: true } : {}),
    ...(config.apiKey === null ? {} : { apiKey: config.apiKey.reveal() }),
    interceptors: [
      makeGrpcRetryInterceptor(
        defaultGrpcRetryOptions({ maxAttempts: 2, initialIntervalMs: () => 50 }),
      ),
    ],
  })
  const client = new Client({
    connection,
    namespace: config.namespace,
    // A query of a closed run would replay its whole history on a worker.
    workflow: { queryRejectCondition: 'NOT_OPEN' },
  })
  return { client, [Symbol.asyncDispose]: () => connection.close() }
}
