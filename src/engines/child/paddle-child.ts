import { OcrError } from '../../platform/errors.ts'
import { serveGuardedRequests } from '../../platform/guarded-child.ts'
import { assembleLines } from '../layout/assemble-lines.ts'
import type { PaddleModelFiles, PaddleReply, PaddleRequest } from '../paddle-protocol.ts'
import type { PaddleModels } from './paddle-models.ts'

/*
 * The guarded program of the built-in engine: one warm process per slot. Inference blocks the event
 * loop for seconds although it returns promises, and is meant to be killed at any moment.
 */

let models: Promise<PaddleModels> | null = null

serveGuardedRequests(async (message) => {
  // Our own parent wrote it, with this type.
  const request = message as PaddleRequest
  // Loaded after the server took over the console: these libraries may write to it.
  models ??= load(request.models)
  const loaded = await models
  if (request.page === null) return null
  const { recognizePage } = await import('./recognize-page.ts')
  const { lines, ...page } = await recognizePage(loaded, request.page)
  // Ordered here and not in the worker: 1,000 boxes would hold up its heartbeats for a second.
  return { ...page, blocks: assembleLines(lines) } satisfies PaddleReply
})

async function load(files: PaddleModelFiles): Promise<PaddleModels> {
  const { loadPaddleModels } = await import('./paddle-models.ts')
  try {
    return await loadPaddleModels(files)
  } catch (cause) {
    throw new OcrError('ENGINE_MISCONFIGURED', `Cannot load the models: ${String(cause)}`, {
      cause,
    })
  }
}
