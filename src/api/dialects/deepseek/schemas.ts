import { z } from 'zod'

/*
 * Bodies of the document "DeepSeek-OCR API Usage Guide". `detail_code` is ours and stands only in
 * bodies that report a failure.
 */

const gigabytes = z.string().regex(/^\d+\.\d\d GB$/)

/** "API Information". */
export const infoSchema = z
  .strictObject({
    name: z.literal('DeepSeek-OCR API (Low VRAM Mode)'),
    name_zh: z.literal('DeepSeek-OCR API（低显存模式）'),
    status: z.literal('running'),
    model: z.literal('deepseek-ai/DeepSeek-OCR'),
    mode: z.literal('Low VRAM Optimized'),
    endpoints: z.record(z.string(), z.string()),
  })
  .meta({ id: 'DeepseekInfo' })

/** "Health Check". The keys of the GPU stand there only where there is one. */
export const healthSchema = z
  .strictObject({
    status: z.literal('healthy'),
    model_loaded: z.boolean(),
    tokenizer_loaded: z.boolean(),
    device: z.enum(['cuda', 'cpu']),
    mode: z.string(),
    gpu_name: z.string().optional(),
    gpu_memory_total: gigabytes.optional(),
    gpu_memory_allocated: gigabytes.optional(),
    gpu_memory_reserved: gigabytes.optional(),
    gpu_memory_free: gigabytes.optional(),
  })
  .meta({ id: 'DeepseekHealth' })

/** "OCR from File" and "OCR from Base64": the answer. */
export const ocrSchema = z
  .strictObject({
    success: z.literal(true),
    message: z.literal('OCR completed successfully / OCR 成功完成'),
    text: z.string(),
    output_file: z
      .string()
      .nullable()
      .meta({ description: 'For GET /results/{filename}; null when it was not to be saved' }),
  })
  .meta({ id: 'DeepseekOcr' })

/** "Cleanup Memory". */
export const cleanupSchema = z
  .strictObject({
    message: z.literal('Memory cleanup completed / 内存清理完成'),
    gpu_memory_allocated: gigabytes.optional(),
    gpu_memory_reserved: gigabytes.optional(),
  })
  .meta({ id: 'DeepseekCleanup' })

const detailCode = z
  .string()
  .optional()
  .meta({ description: 'Code of the failure table that refines `detail`' })

/** Every error but one. */
export const errorSchema = z
  .strictObject({ detail: z.string(), detail_code: detailCode })
  .meta({ id: 'DeepseekError' })

/** "Error Response Example", the one error with more than a text. */
export const outOfMemorySchema = z
  .strictObject({
    detail: z.strictObject({
      error: z.string(),
      message: z.string(),
      suggestions: z.array(z.string()),
    }),
    detail_code: detailCode,
  })
  .meta({ id: 'DeepseekOutOfMemory' })
