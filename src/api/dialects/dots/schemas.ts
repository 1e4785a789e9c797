import { z } from 'zod'
import { DOTS_PROMPT_TYPES } from '../../../contract/document.ts'

/*
 * Bodies of the document "DotsOCR API 服务器接口文档", each with the sentence it comes from.
 * `detail_code` is ours and stands only in bodies that report a failure.
 */

/** "支持的 prompt_type 类型". */
export const PROMPT_TYPES = DOTS_PROMPT_TYPES

/** "图像格式: path(文件路径)、url(网络地址)、base64(Base64编码)". */
export const IMAGE_FORMATS = ['path', 'url', 'base64'] as const

/** "model: 固定为 dots-ocr". */
export const MODEL = 'dots-ocr'

/** What vLLM serves dots.ocr with; the prompt takes a part of it. */
const MAX_CONTEXT_TOKENS = 32_768

const pixel = z.int().min(0).max(1_000_000)

/** How the model is asked; the part of the request body that is judged by type and range alone. */
export const optionsSchema = z.object({
  temperature: z.number().min(0).max(2).default(0.1).meta({ description: '生成温度参数' }),
  top_p: z.number().gt(0).max(1).default(1).meta({ description: 'nucleus采样参数' }),
  max_new_tokens: z
    .int()
    .min(1)
    .max(MAX_CONTEXT_TOKENS)
    .default(12_000)
    .meta({ description: '最大新生成token数' }),
  stream: z.boolean().default(false).meta({ description: '是否使用流式响应' }),
  raw: z
    .boolean()
    .default(false)
    .meta({ description: 'Ours: the answer of the model as it is, also for layout prompts' }),
  bbox: z
    .tuple([pixel, pixel, pixel, pixel])
    .refine(([left, top, right, bottom]) => left < right && top < bottom, 'expected an area')
    .nullish()
    .meta({
      description:
        'Ours: [x1, y1, x2, y2] for prompt_grounding_ocr, in pixels of the submitted image',
    }),
})

/** "请求体". For the documentation; requests are read in the order that errors are documented in. */
export const requestSchema = optionsSchema
  .extend({
    image: z.string().meta({ description: '图像数据，格式取决于 image_format' }),
    image_format: z.enum(IMAGE_FORMATS).default('path'),
    prompt_type: z.enum(PROMPT_TYPES).default('prompt_layout_all_en'),
  })
  .meta({ id: 'DotsRequest' })

/** "健康检查 响应格式". */
export const healthSchema = z
  .strictObject({ status: z.literal('healthy'), model_loaded: z.boolean() })
  .meta({ id: 'DotsHealth' })

/** "非流式响应 (stream=false)". */
export const answerSchema = z
  .strictObject({
    model: z.literal(MODEL),
    response: z.string(),
    prompt_type: z.enum(PROMPT_TYPES),
  })
  .meta({ id: 'DotsAnswer' })

/** "错误响应格式". */
export const errorSchema = z
  .strictObject({
    error: z.string(),
    detail_code: z
      .string()
      .optional()
      .meta({ description: 'Code of the failure table that refines `error`; see /errors' }),
  })
  .meta({ id: 'DotsError' })
