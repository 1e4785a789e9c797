import { setTimeout as sleep } from 'node:timers/promises'
import { NativeConnection } from '@temporalio/worker'
import { DEFAULT_TEMPORAL_ADDRESS, type TemporalConfig } from '../config/config.ts'
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
  temporal: TemporalConfig,
  signal: AbortSignal,
): Promise<NativeConnection> {
  const address = temporal.address ?? DEFAULT_TEMPORAL_ADDRESS
  for (;;) {
    signal.throwIfAborted()
    // Each time: the SDK drops its runtime, our logger with it, when a connection cannot be made.
    installTemporalRuntime()
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
