/*
 * Makes a Temporal ready for durable-ocr: the namespace, where it is missing, how long closed runs are
 * kept, and the search attributes. Waits up to 5 minutes for the server; running it again is harmless.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { DEFAULT_TEMPORAL_ADDRESS, loadConfig, type TemporalConfig } from '../src/config/config.ts'
import { exitOnConfigError } from '../src/config/config-error.ts'
import { RETENTION_DAYS } from '../src/contract/names.ts'
import { coerceError } from '../src/platform/errors.ts'
import { ensureNamespace, ensureSearchAttributes, setRetention } from './temporal/namespace.ts'

const TIMEOUT_MS = 300_000
const PAUSE_MS = 1_000
const STEP_DEADLINE_MS = 5_000

const { temporal } = exitOnConfigError(() => loadConfig())
const address = temporal.address ?? DEFAULT_TEMPORAL_ADDRESS
try {
  await prepareInTime(temporal)
  console.log(`Temporal at ${address}: the namespace ${temporal.namespace} is ready`)
} catch (error) {
  console.error(`Cannot prepare Temporal at ${address}: ${coerceError(error).message}`)
  process.exitCode = 1
}

/** gRPC's PERMISSION_DENIED and UNAUTHENTICATED: waiting changes nothing. */
const REFUSED = [7, 16]

/** A new namespace is known to all parts of a cluster after seconds only, so every step is tried again. */
async function prepareInTime(config: TemporalConfig): Promise<void> {
  const deadlineMs = Date.now() + TIMEOUT_MS
  for (let attempt = 1; ; attempt += 1) {
    try {
      await prepare(config)
      return
    } catch (error) {
      if (Date.now() > deadlineMs || isRefused(error)) throw error
      // Once, for whoever looks why this takes so long.
      if (attempt === 1)
        console.error(`Waiting for Temporal at ${address}: ${coerceError(error).message}`)
      await delay(PAUSE_MS)
    }
  }
}

async function prepare({ tls, apiKey, namespace }: TemporalConfig): Promise<void> {
  const connection = await Connection.connect({
    address,
    connectTimeout: '5s',
    ...(tls ? { tls: true } : {}),
    ...(apiKey === null ? {} : { apiKey: apiKey.reveal() }),
  })
  try {
    for (const step of [
      () => ensureNamespace(connection, namespace, RETENTION_DAYS),
      () => setRetention(connection, namespace, RETENTION_DAYS),
      () => ensureSearchAttributes(connection, namespace),
    ])
      await connection.withDeadline(Date.now() + STEP_DEADLINE_MS, step)
  } finally {
    await connection.close()
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && REFUSED.includes(Number(error.code))
}
