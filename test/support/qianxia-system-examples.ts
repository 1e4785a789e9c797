import type { Shape } from './body-shape.ts'

const queue = {
  pending_count: 'number',
  processing_count: 'number',
  completed_count: 'number',
  failed_count: 'number',
  queue_size: 'number',
  total_added: 'number',
  total_processed: 'number',
  total_failed: 'number',
  uptime_seconds: 'number',
  processing_rate: 'number',
}

const workers = {
  total_workers: 'number',
  min_workers: 'number',
  max_workers: 'number',
  running: 'boolean',
  workers: 'object',
  summary: { total_tasks_processed: 'number', active_workers: 'number', idle_workers: 'number' },
}

const ofData = (data: Shape): Shape => ({ status: 'string', data })

/** The documented bodies of `/api/system`, written down by hand like those of tasks. */
export const QIANXIA_SYSTEM_SHAPES = {
  stats: ofData({
    task_system: {
      queues: { image: queue, pdf: queue },
      workers: { image: workers, pdf: workers },
      system_health: 'object',
      system: { initialized: 'boolean', timestamp: 'string' },
    },
    websocket: {
      active_connections: 'number',
      total_task_subscriptions: 'number',
      unique_subscribed_tasks: 'number',
      heartbeat_interval: 'number',
      connection_timeout: 'number',
      running: 'boolean',
      timestamp: 'string',
    },
  }),
  systemHealth: ofData({
    overall_status: 'string',
    timestamp: 'string',
    issues: ['string'],
    system_health: 'object',
  }),
  metrics: ofData({
    timestamp: 'string',
    system_resources: {
      cpu: { percent: 'number', count: 'number', load_average: ['number'] },
      memory: {
        total_mb: 'number',
        available_mb: 'number',
        used_mb: 'number',
        percent: 'number',
      },
      disk: { total_gb: 'number', used_gb: 'number', free_gb: 'number', percent: 'number' },
      network: 'object',
      process: 'object',
    },
    timeout_stats: 'object',
    error_stats: 'object',
    recovery_stats: 'object',
    api_performance: 'object',
  }),
} as const satisfies Record<string, Shape>
