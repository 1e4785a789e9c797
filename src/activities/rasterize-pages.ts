import type { RasterizeInput, RasterizeResult } from '../contract/document.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { drawIntoStore } from './page-images.ts'
import { readRequest } from './source-document.ts'

/**
 * Draws a batch of pages into the store, each at the resolution that was asked for.
 *
 * Pages that cannot be drawn are returned: one bad page must not fail 24 others.
 *
 * @throws {OcrError} `BLOB_MISSING`, `PROGRAM_FAILED`, `STORAGE_UNAVAILABLE`
 */
export async function rasterizePages(
  deps: ActivityDependencies,
  input: RasterizeInput,
  signal: AbortSignal,
): Promise<RasterizeResult> {
  const { dpi } = await readRequest(deps, input)
  return { failed: await drawIntoStore(deps, { ...input, dpi }, signal) }
}
