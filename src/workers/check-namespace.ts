import { setTimeout as delay } from 'node:timers/promises'
import { isGrpcServiceError } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import { ConfigError } from '../config/config-error.ts'

const GRPC_NOT_FOUND = 5
const DEADLINE_MS = 5_000
/** A namespace that was just made is known to all parts of Temporal after about ten seconds only. */
const PATIENCE_MS = 12_000
const PAUSE_MS = 500

/**
 * Asks Temporal for the namespace of a worker that is about to start; any other trouble than that it is
 * missing is left to the worker, which waits for the end of it.
 *
 * @throws {ConfigError} when there is no such namespace
 */
export async function checkNamespace(
  connection: NativeConnection,
  namespace: string,
): Promise<void> {
  const giveUpAtMs = Date.now() + PATIENCE_MS
  while (await isMissing(connection, namespace)) {
    if (Date.now() > giveUpAtMs)
      throw new ConfigError([
        `TEMPORAL_NAMESPACE=${JSON.stringify(namespace)}: expected a namespace that Temporal has; "node scripts/prepare-temporal.ts" makes it`,
      ])
    await delay(PAUSE_MS)
  }
}

async function isMissing(connection: NativeConnection, namespace: string): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
    return false
  } catch (error) {
    return isGrpcServiceError(error) && error.code === GRPC_NOT_FOUND
  }
}
