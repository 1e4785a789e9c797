import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client'
import { DEFAULT_TEMPORAL_ADDRESS, type Config } from '../../config/config.ts'
import { WORKER_ROLES } from '../../config/worker-roles.ts'
import { RETENTION_DAYS, SEARCH_ATTRIBUTE } from '../../contract/names.ts'
import { coerceError } from '../../platform/errors.ts'
import { polledQueues, type PolledQueue } from '../../workers/role-options.ts'
import { failed, ok, unset, warning, type Finding } from './check.ts'

const CONNECT_MS = 5_000
const CALL_MS = 5_000
const SECONDS_PER_DAY = 86_400

/** A poller is alive when its last call is not older; it calls anew at least every 60 s. */
const POLLER_ALIVE_MS = 75_000

// temporal.api.enums.v1.TaskQueueType
const TASK_KIND = { workflows: 1, activities: 2, pages: 2, webhooks: 2 } as const

// https://grpc.github.io/grpc/core/md_doc_statuscodes.html
const KEY_REFUSED: readonly number[] = [7 /* PERMISSION_DENIED */, 16 /* UNAUTHENTICATED */]

/** Looks at the Temporal server: reachable, set up for our workflows, and who polls which queue. */
export async function checkTemporal(config: Config): Promise<Finding[]> {
  const { temporal } = config
  const address = temporal.address ?? DEFAULT_TEMPORAL_ADDRESS
  let connection: Connection
  try {
    connection = await Connection.connect({
      address,
      connectTimeout: CONNECT_MS,
      ...(temporal.tls ? { tls: true } : {}),
      ...(temporal.apiKey === null ? {} : { apiKey: temporal.apiKey.reveal() }),
    })
  } catch (error) {
    if (isKeyRefused(error))
      return [
        failed('Temporal', `${address} refuses us (${reasonOf(error)}): change TEMPORAL_API_KEY`),
      ]
    const hint =
      temporal.address === null
        ? 'run npm start, or set TEMPORAL_ADDRESS'
        : 'change TEMPORAL_ADDRESS or TEMPORAL_TLS'
    return [failed('Temporal', `${address} is unreachable (${reasonOf(error)}): ${hint}`)]
  }
  try {
    return await inspect(new Client({ connection, namespace: temporal.namespace }), config)
  } finally {
    await connection.close()
  }
}

async function inspect(client: Client, config: Config): Promise<Finding[]> {
  const { namespace } = client.options
  const address = config.temporal.address ?? DEFAULT_TEMPORAL_ADDRESS
  let retentionDays: number
  try {
    const { config: settings } = await within(client, () =>
      client.workflowService.describeNamespace({ namespace }),
    )
    const { seconds } = settings?.workflowExecutionRetentionTtl ?? {}
    retentionDays = Number(seconds ?? 0) / SECONDS_PER_DAY
  } catch (error) {
    const reason = `namespace "${namespace}" cannot be used (${reasonOf(error)})`
    const setting = isKeyRefused(error)
      ? 'TEMPORAL_API_KEY or TEMPORAL_NAMESPACE'
      : 'TEMPORAL_NAMESPACE'
    return [failed('Temporal', `${address}: ${reason}: change ${setting}`)]
  }
  return [
    ok('Temporal', `${address}, namespace "${namespace}"`),
    retentionFinding(retentionDays),
    await checkSearchAttributes(client),
    ...(await Promise.all(neededQueues(config).map((queue) => checkPollers(client, queue)))),
  ]
}

/** What documents may need, whatever the roles of a worker on this host are. */
function neededQueues(config: Config): PolledQueue[] {
  const { engines, worker } = config
  const queues = polledQueues({ ...config, worker: { ...worker, roles: WORKER_ROLES } })
  return queues.filter(({ gate }) => gate === null || engines[gate] !== null)
}

function retentionFinding(days: number): Finding {
  const text = `closed documents stay in lists for ${Number(days.toFixed(1))} days`
  return days >= RETENTION_DAYS
    ? ok('Retention', text)
    : warning('Retention', `${text}; results are kept ${RETENTION_DAYS}: see docs/operations.md`)
}

async function checkSearchAttributes(client: Client): Promise<Finding> {
  const name = 'Search attributes'
  try {
    const { customAttributes } = await within(client, () =>
      client.connection.operatorService.listSearchAttributes({
        namespace: client.options.namespace,
      }),
    )
    const missing = Object.values(SEARCH_ATTRIBUTE).filter(
      (attribute) => !Object.hasOwn(customAttributes ?? {}, attribute),
    )
    return missing.length === 0
      ? ok(name, Object.values(SEARCH_ATTRIBUTE).join(', '))
      : failed(name, `${missing.join(', ')} missing, uploads fail: see docs/operations.md`)
  } catch (error) {
    return warning(name, `cannot be read (${reasonOf(error)})`)
  }
}

async function checkPollers(
  client: Client,
  { options, work, role, engine }: PolledQueue,
): Promise<Finding> {
  const { taskQueue } = options
  const name = `Queue ${taskQueue}`
  // Without the queues that every document needs nothing works at all.
  const missing = engine === null && work !== 'webhooks' ? failed : unset
  try {
    const { pollers } = await within(client, () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: TASK_KIND[work],
      }),
    )
    const alive = (pollers ?? []).filter(
      ({ lastAccessTime }) =>
        Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < POLLER_ALIVE_MS,
    )
    return alive.length === 0
      ? missing(name, `nobody polls it: start a worker with OCR_WORKER_ROLES=${role}`)
      : ok(name, alive.map(({ identity }) => identity ?? '?').join(', '))
  } catch (error) {
    return warning(name, `cannot be read (${reasonOf(error)})`)
  }
}

function within<T>(client: Client, call: () => Promise<T>): Promise<T> {
  return client.withDeadline(Date.now() + CALL_MS, call)
}

function isKeyRefused(thrown: unknown): boolean {
  const error = causeOf(thrown)
  return isGrpcServiceError(error) && KEY_REFUSED.includes(error.code)
}

/** One line, with the status of a call that was answered. */
function reasonOf(thrown: unknown): string {
  return coerceError(causeOf(thrown)).message.split('\n')[0] ?? ''
}

/** What the SDK says of a connection tells nothing; its cause does. */
function causeOf(thrown: unknown): unknown {
  return thrown instanceof ServiceError ? (thrown.cause ?? thrown) : thrown
}
