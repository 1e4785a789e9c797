import { OcrError } from './errors.ts'
import { runGuardedProgram } from './guarded-process.ts'

/** A GPU as `nvidia-smi` tells of it; `null` for what it does not tell. Memory in MiB. */
export type Gpu = {
  readonly index: number
  readonly uuid: string
  readonly name: string
  readonly totalMib: number | null
  readonly usedMib: number | null
  readonly freeMib: number | null
  /** What the programs on it have; what is used where they cannot be seen, as in a container. */
  readonly allocatedMib: number | null
  readonly utilizationPercent: number | null
}

/** Answers the GPUs of this host, by index; `null` where there is no `nvidia-smi` or it fails. */
export type GpuReader = () => Promise<readonly Gpu[] | null>

const GPU_FIELDS = 'index,uuid,name,memory.total,memory.used,memory.free,utilization.gpu'
const APP_FIELDS = 'gpu_uuid,pid,used_memory'
const TIMEOUT_MS = 2_000
const CACHE_MS = 5_000
const MAX_RSS_BYTES = 500_000_000
const MAX_OUTPUT_BYTES = 1_000_000
const BOUNDS = { wallClockMs: TIMEOUT_MS, maxRssBytes: MAX_RSS_BYTES, env: {} } as const

/** Makes a reader that asks at most every 5 s, and gives up on an answer after 2 s. */
export function createGpuReader(run: typeof runNvidiaSmi = runNvidiaSmi): GpuReader {
  let known: { readonly gpus: ReturnType<GpuReader>; readonly atMs: number } | null = null
  return () => {
    if (known === null || performance.now() - known.atMs > CACHE_MS)
      known = { gpus: readGpus(run), atMs: performance.now() }
    return known.gpus
  }
}

/** Reads the two tables of `nvidia-smi` (`csv,noheader,nounits`); lines that make no sense are left out. */
export function parseGpus(gpuTable: string, appTable: string): Gpu[] {
  const apps = rowsOf(appTable).map(([uuid, , usedMib]) => ({ uuid, usedMib: numberOf(usedMib) }))
  return rowsOf(gpuTable).flatMap(([index, uuid, name, total, used, free, utilization]) => {
    const place = numberOf(index)
    if (place === null || !uuid || !name) return []
    const usedMib = numberOf(used)
    const seen = apps.filter((app) => app.uuid === uuid).flatMap((app) => app.usedMib ?? [])
    return [
      {
        index: place,
        uuid,
        name,
        totalMib: numberOf(total),
        usedMib,
        freeMib: numberOf(free),
        allocatedMib: seen.length === 0 ? usedMib : seen.reduce((sum, mib) => sum + mib, 0),
        utilizationPercent: numberOf(utilization),
      },
    ]
  })
}

async function readGpus(run: typeof runNvidiaSmi): Promise<readonly Gpu[] | null> {
  try {
    const gpus = await run(`--query-gpu=${GPU_FIELDS}`)
    // Not supported everywhere: the first table stands alone then.
    const apps = await run(`--query-compute-apps=${APP_FIELDS}`).catch(emptyOnFailure)
    return parseGpus(gpus, apps)
  } catch (error) {
    if (error instanceof OcrError) return null
    throw error
  }
}

async function runNvidiaSmi(query: string): Promise<string> {
  const { stdout, exitCode } = await runGuardedProgram('nvidia-smi', {
    ...BOUNDS,
    args: [query, '--format=csv,noheader,nounits'],
    maxOutputBytes: MAX_OUTPUT_BYTES,
    signal: new AbortController().signal,
  })
  if (exitCode !== 0)
    throw new OcrError('PROGRAM_FAILED', `Cannot read the GPUs: nvidia-smi ended with ${exitCode}`)
  return stdout.toString('utf8')
}

function emptyOnFailure(error: unknown): string {
  if (error instanceof OcrError) return ''
  throw error
}

function rowsOf(table: string): string[][] {
  return table
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()))
}

/** `null` for `[N/A]`, `[Not Supported]` and whatever else is no number. */
function numberOf(cell: string | undefined): number | null {
  return cell !== undefined && /^\d+(\.\d+)?$/.test(cell) ? Number(cell) : null
}
