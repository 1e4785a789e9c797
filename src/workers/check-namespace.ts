import { isGrpcServiceError } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import { ConfigError } from '../config/config-error.ts'

const GRPC_NOT_FOUND = 5
const DEADLINE_MS = 5_000

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
  try {
    await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === GRPC_NOT_FOUND)
      throw new ConfigError([
        `TEMPORAL_NAMESPACE=${JSON.stringify(namespace)}: expected a namespace that Temporal has; "node scripts/prepare-temporal.ts" makes it`,
      ])
  }
}
