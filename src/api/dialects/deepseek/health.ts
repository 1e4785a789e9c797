import type { z } from 'zod'
import type { AppDeps } from '../../app-deps.ts'
import type { GpuStatus } from '../../gpu-status.ts'
import { route, type Route } from '../../http/route.ts'
import { MODEL_NOT_LOADED } from './error-body.ts'
import { toGigabytes, usedMemory } from './gpu-memory.ts'
import { errorSchema, healthSchema } from './schemas.ts'

/** `GET /health`: "Health Check". */
export function healthRoute(deps: AppDeps): Route {
  return route({
    method: 'get',
    path: '/health',
    tag: 'DeepSeek-OCR',
    isOpen: true,
    summary: 'Health Check / 健康检查',
    responses: {
      200: { description: 'Healthy', schema: healthSchema },
      500: { description: 'Server error', schema: errorSchema },
      503: { description: 'Model not loaded / 模型未加载', schema: errorSchema },
    },
    async handler() {
      const status = await deps.gpuStatus('deepseek')
      if (!status.isReady) return MODEL_NOT_LOADED
      return { status: 200, body: deepseekHealth(status) }
    },
  })
}

/**
 * The documented body of `GET /health`. Memory is that of the first GPU; vLLM takes its share when it
 * starts, so what is free stays small.
 */
export function deepseekHealth({ isReady, gpu }: GpuStatus): z.infer<typeof healthSchema> {
  return {
    status: 'healthy',
    model_loaded: isReady,
    tokenizer_loaded: isReady,
    device: gpu === null ? 'cpu' : 'cuda',
    mode: gpu === null ? 'CPU' : 'Low VRAM (torch.bfloat16)',
    ...(gpu === null
      ? {}
      : {
          gpu_name: gpu.name,
          gpu_memory_total: toGigabytes(gpu.totalBytes),
          ...usedMemory(gpu),
          gpu_memory_free: toGigabytes(Math.max(0, gpu.totalBytes - gpu.reservedBytes)),
        }),
  }
}
