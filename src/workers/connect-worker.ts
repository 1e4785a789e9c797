import { lookup } from 'node:dns/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { NativeConnection } from '@temporalio/worker'
import { DEFAULT_TEMPORAL_ADDRESS, type Config } from '../config/config.ts'
import { coerceError } from '../platform/errors.ts'
import { workerLogger } from '../platform/logger.ts'
import { installTemporalRuntime } from './temporal-runtime.ts'

const RETRY_MS = 1_000

/**
 * Connects the worker of this process to Temporal, and waits for as long as there is no server: a worker that is
 * started first is no mistake.
 *
 * @throws {Error} an abort error when the signal fires first
 */
export async function connectWorker(
  { temporal, api, metrics }: Pick<Config, 'temporal' | 'api' | 'metrics'>,
  signal: AbortSignal,
): Promise<NativeConnection> {
  const address = temporal.address ?? DEFAULT_TEMPORAL_ADDRESS
  const metricsAddress = await socketAddress(api.host, metrics.sdkPort)
  for (;;) {
    signal.throwIfAborted()
    // Each time: the SDK drops its runtime, our logger with it, when a connection cannot be made.
    installTemporalRuntime(metricsAddress)
    try {
      return await NativeConnection.connect({
        address,
        ...(temporal.tls ? { tls: true } : {}),
        ...(temporal.apiKey === null ? {} : { apiKey: temporal.apiKey.reveal() }),
      })
    } catch (error) {
      const reason = coerceError(error).message
      workerLogger.warn({ address, reason }, 'waiting for Temporal')
      await sleep(RETRY_MS, undefined, { signal })
    }
  }
}

/** `ip:port`: the SDK takes no names. */
async function socketAddress(host: string, port: number | null): Promise<string | null> {
  if (port === null) return null
  const { address, family } = await lookup(host)
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`
}
