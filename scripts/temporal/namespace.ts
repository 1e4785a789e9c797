import { setTimeout as delay } from 'node:timers/promises'
import { Connection, isGrpcServiceError } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { SEARCH_ATTRIBUTE_TYPES } from './server-flags.ts'

const READY_POLL_MS = 50
const GRPC_ALREADY_EXISTS = 6

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const INDEXED_VALUE_TYPE = { Keyword: 2, Int: 3 } as const

/** Connects to a server as soon as it serves the namespace; `null` when the time is up. */
export async function connectWhenReady(
  address: string,
  namespace: string,
  timeoutMs: number,
): Promise<Connection | null> {
  const deadlineMs = Date.now() + timeoutMs
  do {
    const connection = await tryConnect(address, namespace)
    if (connection) return connection
    await delay(READY_POLL_MS)
  } while (Date.now() < deadlineMs)
  return null
}

/** Makes a namespace that a server lacks. */
export async function ensureNamespace(
  connection: Connection,
  namespace: string,
  retentionDays: number,
): Promise<void> {
  const workflowExecutionRetentionPeriod = msToTs(`${retentionDays} days`)
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod,
    })
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== GRPC_ALREADY_EXISTS) throw error
  }
}

/** Sets how long closed runs are kept. Stays in the server's database. */
export async function setRetention(
  connection: Connection,
  namespace: string,
  retentionDays: number,
): Promise<void> {
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(`${retentionDays} days`) },
  })
}

/** Adds those of our search attributes that a namespace lacks; fits servers that we did not start. */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.entries(SEARCH_ATTRIBUTE_TYPES).filter(
    ([name]) => !Object.hasOwn(customAttributes ?? {}, name),
  )
  if (missing.length === 0) return
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(
      missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]),
    ),
  })
}

async function tryConnect(address: string, namespace: string): Promise<Connection | null> {
  let connection: Connection | null = null
  try {
    connection = await Connection.connect({ address, connectTimeout: '1s' })
    await connection.workflowService.describeNamespace({ namespace })
    return connection
  } catch {
    // Not up yet, or another program's port: the deadline tells.
    await connection?.close()
    return null
  }
}
