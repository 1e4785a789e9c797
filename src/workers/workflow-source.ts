import { fileURLToPath } from 'node:url'
import type { WorkerOptions } from '@temporalio/worker'

/**
 * Where a worker takes the workflows from: the bundle that an image was built with, or the sources,
 * which the SDK then bundles at start (1.5 to 3 s).
 */
export function workflowSource(
  bundlePath: string | null,
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  return bundlePath === null
    ? { workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)) }
    : { workflowBundle: { codePath: bundlePath } }
}
