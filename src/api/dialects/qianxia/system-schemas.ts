import { z } from 'zod'
import { dataSchema } from './schemas.ts'

const count = z.int().min(0)
const number = z.number().min(0)
const time = z.iso.datetime()

const queueSchema = z.strictObject({
  pending_count: count,
  processing_count: count,
  completed_count: count,
  failed_count: count,
  queue_size: count,
  total_added: count,
  total_processed: count,
  total_failed: count,
  uptime_seconds: number,
  processing_rate: number.meta({ description: 'Tasks per second since this process first looked' }),
})

const workersSchema = z.strictObject({
  total_workers: count,
  min_workers: count,
  max_workers: count,
  running: z.boolean(),
  workers: z.record(z.string(), z.unknown()),
  summary: z.strictObject({
    total_tasks_processed: count,
    active_workers: count,
    idle_workers: count,
  }),
})

/** What the overall state is made of. */
export const systemHealthSchema = z.strictObject({
  temporal: z.boolean(),
  store: z.boolean(),
  workers: z.boolean(),
  cpu_percent: number,
  memory_percent: number,
  disk_percent: number,
  active_timeouts: count,
  error_rate: number.meta({ description: 'Per cent of the last 1,000 answers' }),
})

/** `GET /api/system/stats`. */
export const statsSchema = dataSchema(
  z.strictObject({
    task_system: z.strictObject({
      queues: z.strictObject({ image: queueSchema, pdf: queueSchema }),
      workers: z.strictObject({ image: workersSchema, pdf: workersSchema }),
      system_health: systemHealthSchema,
      system: z.strictObject({ initialized: z.boolean(), timestamp: time }),
    }),
    websocket: z.strictObject({
      active_connections: count,
      total_task_subscriptions: count,
      unique_subscribed_tasks: count,
      heartbeat_interval: count,
      connection_timeout: count,
      running: z.boolean(),
      timestamp: time,
    }),
  }),
)

/** `GET /api/system/health`. */
export const systemHealthAnswerSchema = dataSchema(
  z.strictObject({
    overall_status: z.enum(['healthy', 'warning', 'critical']),
    timestamp: time,
    issues: z.array(z.string()),
    system_health: systemHealthSchema,
  }),
)

/** `GET /api/system/metrics`. */
export const metricsSchema = dataSchema(
  z.strictObject({
    timestamp: time,
    system_resources: z.strictObject({
      cpu: z.strictObject({ percent: number, count, load_average: z.array(number) }),
      memory: z.strictObject({
        total_mb: number,
        available_mb: number,
        used_mb: number,
        percent: number,
      }),
      disk: z.strictObject({ total_gb: number, used_gb: number, free_gb: number, percent: number }),
      network: z.record(z.string(), number),
      process: z.record(z.string(), number),
    }),
    timeout_stats: z.strictObject({ active_timeouts: count, total_timeouts: count }),
    error_stats: z.strictObject({
      total_errors: count,
      client_errors: count,
      server_errors: count,
      error_rate: number,
    }),
    recovery_stats: z.strictObject({ replayed_submissions: count }),
    api_performance: z.strictObject({
      total_requests: count,
      active_requests: count,
      average_response_time: number.meta({ description: 'Seconds' }),
      max_response_time: number,
    }),
  }),
)
