import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

const BYTES_PER_MB = 1024 * 1024
const BYTES_PER_GB = 1024 * BYTES_PER_MB
/** Two looks closer together than this tell nothing of the CPU. */
const MIN_CPU_WINDOW_MS = 500

/** How much of the host is in use, as `system_resources` shows it. */
export type HostUsage = {
  readonly cpu: {
    readonly percent: number
    readonly count: number
    readonly load_average: readonly number[]
  }
  readonly memory: {
    readonly total_mb: number
    readonly available_mb: number
    readonly used_mb: number
    readonly percent: number
  }
  readonly disk: {
    readonly total_gb: number
    readonly used_gb: number
    readonly free_gb: number
    readonly percent: number
  }
  /** All interfaces since the host was started; empty where the system does not tell. */
  readonly network: { readonly bytes_received?: number; readonly bytes_sent?: number }
  /** This api process. */
  readonly process: {
    readonly memory_mb: number
    readonly heap_mb: number
    readonly cpu_seconds: number
    readonly uptime_seconds: number
  }
}

/** Reads how much of the host is in use; the CPU's share is that since the look before. */
export class HostMonitor {
  readonly #directory: string
  #lastCpu = { busyMs: 0, totalMs: 0, atMs: -Infinity }
  #cpuPercent = 0

  /** @param directory On the disk that documents are stored on */
  constructor(directory: string) {
    this.#directory = directory
  }

  /** Looks now. */
  async read(): Promise<HostUsage> {
    const [disk, network] = await Promise.all([readDisk(this.#directory), readNetwork()])
    const usage = process.resourceUsage()
    const memory = process.memoryUsage()
    return {
      cpu: {
        percent: this.#readCpuPercent(),
        count: availableParallelism(),
        load_average: loadavg().map(twoDecimals),
      },
      memory: readMemory(),
      disk,
      network,
      process: {
        memory_mb: twoDecimals(memory.rss / BYTES_PER_MB),
        heap_mb: twoDecimals(memory.heapUsed / BYTES_PER_MB),
        cpu_seconds: twoDecimals((usage.userCPUTime + usage.systemCPUTime) / 1e6),
        uptime_seconds: twoDecimals(process.uptime()),
      },
    }
  }

  #readCpuPercent(): number {
    const atMs = performance.now()
    if (atMs - this.#lastCpu.atMs < MIN_CPU_WINDOW_MS) return this.#cpuPercent
    let busyMs = 0
    let totalMs = 0
    for (const { times } of cpus()) {
      const allMs = times.user + times.nice + times.sys + times.idle + times.irq
      totalMs += allMs
      busyMs += allMs - times.idle
    }
    const windowMs = totalMs - this.#lastCpu.totalMs
    if (windowMs > 0)
      this.#cpuPercent = twoDecimals((100 * (busyMs - this.#lastCpu.busyMs)) / windowMs)
    this.#lastCpu = { busyMs, totalMs, atMs }
    return this.#cpuPercent
  }
}

function readMemory(): HostUsage['memory'] {
  // 0 or more than there is: no limit is set.
  const limitBytes = process.constrainedMemory()
  const totalBytes = limitBytes > 0 ? Math.min(limitBytes, totalmem()) : totalmem()
  const availableBytes = Math.min(process.availableMemory(), totalBytes)
  const usedBytes = totalBytes - availableBytes
  return {
    total_mb: twoDecimals(totalBytes / BYTES_PER_MB),
    available_mb: twoDecimals(availableBytes / BYTES_PER_MB),
    used_mb: twoDecimals(usedBytes / BYTES_PER_MB),
    percent: twoDecimals((100 * usedBytes) / totalBytes),
  }
}

async function readDisk(directory: string): Promise<HostUsage['disk']> {
  const { blocks, bavail, bfree, bsize } = await statfs(directory)
  const usedBytes = (blocks - bfree) * bsize
  const freeBytes = bavail * bsize
  return {
    total_gb: twoDecimals((blocks * bsize) / BYTES_PER_GB),
    used_gb: twoDecimals(usedBytes / BYTES_PER_GB),
    free_gb: twoDecimals(freeBytes / BYTES_PER_GB),
    percent: twoDecimals((100 * usedBytes) / Math.max(1, usedBytes + freeBytes)),
  }
}

/** Linux alone tells it in a file: a line per interface, bytes received first, bytes sent ninth. */
async function readNetwork(): Promise<HostUsage['network']> {
  const text = await readFile('/proc/net/dev', 'utf8').catch(() => null)
  if (text === null) return {}
  const rows = [...text.matchAll(/^\s*[^:\n]+:\s*(\d+)(?:\s+\d+){7}\s+(\d+)/gm)]
  return {
    bytes_received: rows.reduce((sum, row) => sum + Number(row[1]), 0),
    bytes_sent: rows.reduce((sum, row) => sum + Number(row[2]), 0),
  }
}

function twoDecimals(value: number): number {
  return Math.round(value * 100) / 100
}
