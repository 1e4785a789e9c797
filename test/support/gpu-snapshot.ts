import type { WorkerSnapshot } from '../../src/storage/worker-snapshots.ts'

/** What a worker with one GPU and a ready model server tells of itself at a moment. */
export function gpuSnapshot(atMs: number): WorkerSnapshot {
  return {
    at: new Date(atMs).toISOString(),
    host: 'gpu1',
    role: 'ocr-gpu-dots',
    engine: 'dots',
    model: 'model',
    isReady: true,
    slots: 32,
    gpus: [
      {
        index: 0,
        uuid: 'GPU-1',
        name: 'NVIDIA H100',
        totalMib: 81_559,
        usedMib: 40_960,
        freeMib: 40_599,
        allocatedMib: null,
        utilizationPercent: 97,
      },
    ],
  }
}
