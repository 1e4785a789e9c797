import type { z } from 'zod'
import type { GpuMemory } from '../../gpu-status.ts'
import type { cleanupSchema } from './schemas.ts'

const BYTES_PER_GB = 1_073_741_824

/** Bytes as the document writes them: `3.45 GB`, by 1024³. */
export function toGigabytes(bytes: number): string {
  return `${(bytes / BYTES_PER_GB).toFixed(2)} GB`
}

/** What `/cleanup` says of the memory; nothing where there is no GPU. */
export function usedMemory(
  gpu: GpuMemory | null,
): Pick<z.infer<typeof cleanupSchema>, 'gpu_memory_allocated' | 'gpu_memory_reserved'> {
  if (gpu === null) return {}
  return {
    gpu_memory_allocated: toGigabytes(gpu.allocatedBytes),
    gpu_memory_reserved: toGigabytes(gpu.reservedBytes),
  }
}
