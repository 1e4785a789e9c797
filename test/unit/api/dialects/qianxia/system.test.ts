import assert from 'node:assert/strict'
import { cpus } from 'node:os'
import { describe, it } from 'node:test'
import {
  toIssues,
  type SystemHealth,
} from '../../../../../src/api/dialects/qianxia/system-health.ts'
import { TASK_QUEUE } from '../../../../../src/contract/names.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { completedTask, sampleTask, startQianxiaApi } from '../../../../support/qianxia-api.ts'

const well: SystemHealth = {
  temporal: true,
  store: true,
  workers: true,
  cpu_percent: 90,
  memory_percent: 50,
  disk_percent: 10,
  active_timeouts: 10,
  error_rate: 10,
}

describe('GET /api/system/stats', () => {
  it('counts the tasks there are, by what they are made of', async () => {
    const documents = [
      sampleTask({ documentId: sampleDocumentId(1) }),
      sampleTask({ documentId: sampleDocumentId(2), state: 'queued' }),
      completedTask({ documentId: sampleDocumentId(3) }),
      completedTask({ documentId: sampleDocumentId(4), state: 'failed' }),
      completedTask({ documentId: sampleDocumentId(5), state: 'cancelled' }),
    ]
    await using api = await startQianxiaApi({ documents })
    api.gateway.readinessAnswer = {
      ...api.gateway.readinessAnswer,
      pollers: { [TASK_QUEUE.remote]: true },
    }

    const { status, body } = await api.call('/api/system/stats')

    assert.equal(status, 200)
    const { queues, workers, system } = body.data.task_system
    const { uptime_seconds, processing_rate, ...counts } = queues.pdf
    assert.deepEqual(counts, {
      pending_count: 1,
      processing_count: 1,
      completed_count: 1,
      failed_count: 1,
      queue_size: 1,
      total_added: 5,
      total_processed: 1,
      total_failed: 1,
    })
    assert.ok(uptime_seconds > 0)
    assert.equal(processing_rate, 0)
    assert.deepEqual(workers.image, {
      total_workers: 16,
      min_workers: 0,
      max_workers: 16,
      running: true,
      workers: { [TASK_QUEUE.remote]: { slots: 16 } },
      summary: { total_tasks_processed: 1, active_workers: 1, idle_workers: 15 },
    })
    assert.equal(system.initialized, true)
    const { timestamp, ...websocket } = body.data.websocket
    assert.match(timestamp, /Z$/)
    assert.deepEqual(websocket, {
      active_connections: 0,
      total_task_subscriptions: 0,
      unique_subscribed_tasks: 0,
      heartbeat_interval: 30,
      connection_timeout: 300,
      running: true,
    })
  })

  it('shows no worker while nobody polls', async () => {
    await using api = await startQianxiaApi()

    const { body } = await api.call('/api/system/stats')

    assert.partialDeepStrictEqual(body.data.task_system.workers.pdf, {
      total_workers: 0,
      running: false,
      workers: {},
    })
  })
})

describe('GET /api/system/health', () => {
  it('names what is wrong', async () => {
    await using api = await startQianxiaApi()
    api.gateway.readinessAnswer = { temporal: false, store: false, pollers: {} }

    const { body } = await api.call('/api/system/health')

    const { issues, overall_status: overall } = body.data
    assert.ok(issues.includes('任务系统无法连接') && issues.includes('存储服务无法连接'))
    assert.equal(overall, issues.length <= 2 ? 'warning' : 'critical')
  })
})

describe('toIssues', () => {
  it('has none up to the limits, and one for each that is passed', () => {
    assert.deepEqual(toIssues(well), [])
    assert.deepEqual(toIssues({ ...well, workers: false }), [])
    assert.deepEqual(
      toIssues({
        ...well,
        cpu_percent: 90.1,
        memory_percent: 99,
        disk_percent: 95.55,
        active_timeouts: 11,
        error_rate: 10.1,
      }),
      [
        'CPU使用率过高: 90.1%',
        '内存使用率过高: 99.0%',
        '磁盘使用率过高: 95.5%',
        '处理缓慢的请求过多: 11',
        '错误率过高: 10.1%',
      ],
    )
  })
})

describe('GET /api/system/metrics', () => {
  it('measures this host and counts the requests of all mounts', async () => {
    await using api = await startQianxiaApi()
    await api.call('/api/tasks')
    await api.fetch('/pwd/api/tasks/nonsense')
    api.gateway.failure = new TypeError('inner')
    await api.call('/api/tasks')
    api.gateway.failure = null

    const { body } = await api.call('/api/system/metrics')

    const { system_resources: resources, ...counts } = body.data
    assert.ok(resources.cpu.count > 0 && resources.cpu.count <= cpus().length)
    assert.equal(resources.cpu.load_average.length, 3)
    assert.ok(resources.memory.total_mb > resources.memory.used_mb)
    assert.ok(resources.disk.total_gb > 0 && resources.process.memory_mb > 1)
    assert.partialDeepStrictEqual(counts, {
      timeout_stats: { active_timeouts: 0, total_timeouts: 0 },
      error_stats: { total_errors: 2, client_errors: 1, server_errors: 1, error_rate: 33.333 },
      recovery_stats: { replayed_submissions: 0 },
      api_performance: { total_requests: 4, active_requests: 1 },
    })
  })
})
