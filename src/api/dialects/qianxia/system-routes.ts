import { ENGINES } from '../../../contract/engines.ts'
import type { AppDeps } from '../../app-deps.ts'
import type { DocumentCounts } from '../../gateway/list-documents.ts'
import { LruMap } from '../../gateway/lru-map.ts'
import { route, type Route } from '../../http/route.ts'
import { HostMonitor } from './host-usage.ts'
import { requireCaller } from './session.ts'
import { CONNECTION_TIMEOUT_SECONDS, HEARTBEAT_INTERVAL_SECONDS } from './socket-stats.ts'
import { readSystemHealth, toIssues } from './system-health.ts'
import { metricsSchema, statsSchema, systemHealthAnswerSchema } from './system-schemas.ts'
import { COMMON_FAILURES, TAG } from './task-answers.ts'
import { round } from './task-row.ts'

/** Of as many callers it is known how fast their tasks are. */
const MAX_FIRST_LOOKS = 1_000

/** What of a queue was there when it was first looked at. */
type FirstLook = { readonly ended: number; readonly atMs: number }

/** `GET /api/system/stats`, `/health` and `/metrics`, from what is measured. */
export function systemRoutes(deps: AppDeps): Route[] {
  const host = new HostMonitor(deps.config.dataDirectory)
  return [statsRoute(deps, host), healthRoute(deps, host), metricsRoute(deps, host)]
}

function statsRoute(deps: AppDeps, host: HostMonitor): Route {
  const firstLooks = new LruMap<string, FirstLook>(MAX_FIRST_LOOKS)
  const queueOf = (queue: string, counts: DocumentCounts) => {
    const ended = counts.completed + counts.failed + counts.cancelled
    const first = firstLooks.get(queue) ?? { ended, atMs: performance.now() }
    firstLooks.set(queue, first)
    const seconds = (performance.now() - first.atMs) / 1000
    // What Temporal forgets after its retention is no negative work.
    const rate = seconds > 0 ? Math.max(0, ended - first.ended) / seconds : 0
    return {
      pending_count: counts.waiting,
      processing_count: counts.running,
      completed_count: counts.completed,
      failed_count: counts.failed,
      queue_size: counts.waiting,
      total_added: counts.waiting + counts.running + ended,
      total_processed: counts.completed,
      total_failed: counts.failed,
      uptime_seconds: round(process.uptime()),
      processing_rate: round(rate),
    }
  }
  return route({
    method: 'get',
    path: '/api/system/stats',
    tag: TAG,
    summary: '系统统计',
    responses: { 200: { description: '成功', schema: statsSchema }, ...COMMON_FAILURES },
    async handler({ request }) {
      const { owner } = await requireCaller(request, deps)
      // Where callers are told apart, nobody learns how much the others have done.
      const mine = deps.callers.areKeysNeeded ? { owner } : {}
      const [image, pdf, health] = await Promise.all([
        deps.gateway.count({ dialect: 'qianxia', format: 'image', ...mine }),
        deps.gateway.count({ dialect: 'qianxia', format: 'pdf', ...mine }),
        readSystemHealth({ gateway: deps.gateway, counters: deps.qianxia.counters, host }),
      ])
      const timestamp = new Date().toISOString()
      const sockets = deps.qianxia.sockets.stats()
      const data = {
        task_system: {
          queues: {
            image: queueOf(`image of ${mine.owner}`, image),
            pdf: queueOf(`pdf of ${mine.owner}`, pdf),
          },
          workers: {
            image: workersOf(deps, image, health.workers),
            pdf: workersOf(deps, pdf, health.workers),
          },
          system_health: health,
          system: { initialized: health.temporal && health.store, timestamp },
        },
        websocket: {
          active_connections: sockets.activeConnections,
          total_task_subscriptions: sockets.totalTaskSubscriptions,
          unique_subscribed_tasks: sockets.uniqueSubscribedTasks,
          heartbeat_interval: HEARTBEAT_INTERVAL_SECONDS,
          connection_timeout: CONNECTION_TIMEOUT_SECONDS,
          running: !deps.stopping.aborted,
          timestamp,
        },
      }
      return { status: 200, body: { status: 'success', data } }
    },
  })
}

function healthRoute(deps: AppDeps, host: HostMonitor): Route {
  return route({
    method: 'get',
    path: '/api/system/health',
    tag: TAG,
    summary: '系统健康',
    responses: {
      200: { description: '成功', schema: systemHealthAnswerSchema },
      ...COMMON_FAILURES,
    },
    async handler({ request }) {
      await requireCaller(request, deps)
      const health = await readSystemHealth({
        gateway: deps.gateway,
        counters: deps.qianxia.counters,
        host,
      })
      const issues = toIssues(health)
      const data = {
        overall_status:
          issues.length === 0 ? 'healthy' : issues.length <= 2 ? 'warning' : 'critical',
        timestamp: new Date().toISOString(),
        issues,
        system_health: health,
      }
      return { status: 200, body: { status: 'success', data } }
    },
  })
}

function metricsRoute(deps: AppDeps, host: HostMonitor): Route {
  return route({
    method: 'get',
    path: '/api/system/metrics',
    tag: TAG,
    summary: '系统指标',
    responses: { 200: { description: '成功', schema: metricsSchema }, ...COMMON_FAILURES },
    async handler({ request }) {
      await requireCaller(request, deps)
      const counts = deps.qianxia.counters.read()
      const data = {
        timestamp: new Date().toISOString(),
        system_resources: await host.read(),
        timeout_stats: { active_timeouts: counts.slow, total_timeouts: counts.timeouts },
        error_stats: {
          total_errors: counts.clientErrors + counts.serverErrors,
          client_errors: counts.clientErrors,
          server_errors: counts.serverErrors,
          error_rate: round(counts.errorPercent),
        },
        recovery_stats: { replayed_submissions: counts.replays },
        api_performance: {
          total_requests: counts.total,
          active_requests: counts.underWay,
          average_response_time: round(counts.averageMs / 1000),
          max_response_time: round(counts.longestMs / 1000),
        },
      }
      return { status: 200, body: { status: 'success', data } }
    },
  })
}

/** The slots of a worker of the engine; images and PDFs share them. */
function workersOf({ config }: AppDeps, counts: DocumentCounts, isRunning: boolean) {
  const { remoteSlots } = config.worker
  const total = isRunning ? remoteSlots : 0
  const active = Math.min(counts.running, total)
  return {
    total_workers: total,
    min_workers: 0,
    max_workers: remoteSlots,
    running: isRunning,
    workers: isRunning ? { [ENGINES.llm.queue]: { slots: remoteSlots } } : {},
    summary: {
      total_tasks_processed: counts.completed,
      active_workers: active,
      idle_workers: total - active,
    },
  }
}
