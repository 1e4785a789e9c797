import type { z } from 'zod'
import { ENGINES } from '../../../contract/engines.ts'
import type { DocumentGateway } from '../../gateway/document-gateway.ts'
import type { HostMonitor } from './host-usage.ts'
import type { RequestCounters } from './request-counters.ts'
import type { systemHealthSchema } from './system-schemas.ts'
import { round } from './task-row.ts'

/** What the overall state is made of. */
export type SystemHealth = z.infer<typeof systemHealthSchema>

const MAX_PERCENT = 90
const MAX_ERROR_PERCENT = 10
const MAX_SLOW_REQUESTS = 10

/** What the state is read from. */
export type HealthSources = {
  readonly gateway: DocumentGateway
  readonly counters: RequestCounters
  readonly host: HostMonitor
}

/** Reads the state now. */
export async function readSystemHealth(sources: HealthSources): Promise<SystemHealth> {
  const [{ temporal, store, pollers }, { cpu, memory, disk }] = await Promise.all([
    sources.gateway.readiness(),
    sources.host.read(),
  ])
  const counts = sources.counters.read()
  return {
    temporal,
    store,
    workers: pollers[ENGINES.llm.queue] === true,
    cpu_percent: cpu.percent,
    memory_percent: memory.percent,
    disk_percent: disk.percent,
    active_timeouts: counts.slow,
    error_rate: round(counts.errorPercent),
  }
}

/** What is wrong, in the language of the dialect. */
export function toIssues(health: SystemHealth): string[] {
  const usages = [
    ['CPU', health.cpu_percent],
    ['内存', health.memory_percent],
    ['磁盘', health.disk_percent],
  ] as const
  const issues = usages
    .filter(([, percent]) => percent > MAX_PERCENT)
    .map(([name, percent]) => `${name}使用率过高: ${percent.toFixed(1)}%`)
  if (!health.temporal) issues.push('任务系统无法连接')
  if (!health.store) issues.push('存储服务无法连接')
  if (health.active_timeouts > MAX_SLOW_REQUESTS)
    issues.push(`处理缓慢的请求过多: ${health.active_timeouts}`)
  if (health.error_rate > MAX_ERROR_PERCENT)
    issues.push(`错误率过高: ${health.error_rate.toFixed(1)}%`)
  return issues
}
