import { prepareTemporaryDirectory } from '../../../storage/temporary-files.ts'
import type { AppDeps } from '../../app-deps.ts'
import { route, type Route } from '../../http/route.ts'
import { usedMemory } from './gpu-memory.ts'
import { sweepSavedResults } from './saved-results.ts'
import { cleanupSchema, errorSchema } from './schemas.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * `POST /cleanup`: "Cleanup Memory". The memory of a model server that is at work cannot be emptied:
 * what goes are saved texts as old as results may become and uploads that a killed process left a day ago. The
 * figures are those of the moment.
 */
export function cleanupRoute(deps: AppDeps): Route {
  let underWay: Promise<void> | null = null
  const sweepOnce = (): Promise<void> =>
    (underWay ??= sweep(deps).finally(() => {
      underWay = null
    }))
  return route({
    method: 'post',
    path: '/cleanup',
    tag: 'DeepSeek-OCR',
    summary: 'Cleanup Memory / 清理内存',
    responses: {
      200: { description: 'What has expired is gone', schema: cleanupSchema },
      500: { description: 'Server error', schema: errorSchema },
      503: { description: 'Service unavailable', schema: errorSchema },
    },
    async handler() {
      await sweepOnce()
      const { gpu } = await deps.gpuStatus('deepseek')
      return {
        status: 200,
        body: { message: 'Memory cleanup completed / 内存清理完成', ...usedMemory(gpu) },
      }
    },
  })
}

async function sweep({ store, temporaryDirectory, config }: AppDeps): Promise<void> {
  await sweepSavedResults(store, config.retention.resultsDays * DAY_MS)
  await prepareTemporaryDirectory(temporaryDirectory)
}
