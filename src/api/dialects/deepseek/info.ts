import type { z } from 'zod'
import { route, type Route } from '../../http/route.ts'
import { infoSchema } from './schemas.ts'

/** The documented body of `GET /`. */
export const deepseekInfo: z.infer<typeof infoSchema> = {
  name: 'DeepSeek-OCR API (Low VRAM Mode)',
  name_zh: 'DeepSeek-OCR API（低显存模式）',
  status: 'running',
  model: 'deepseek-ai/DeepSeek-OCR',
  mode: 'Low VRAM Optimized',
  endpoints: {
    '/ocr': 'POST: text of an uploaded image / 识别上传的图片',
    '/ocr-base64': 'POST: text of an image in base64 / 识别 base64 图片',
    '/health': 'GET: health and GPU memory / 健康检查与 GPU 内存',
    '/results/{filename}': 'GET: download a saved text / 下载保存的结果',
    '/cleanup': 'POST: remove what has expired / 清理过期文件',
    '/docs': 'GET: interactive documentation / 交互式文档',
  },
}

/** `GET /`: "API Information". */
export function infoRoute(): Route {
  return route({
    method: 'get',
    path: '/',
    tag: 'DeepSeek-OCR',
    isOpen: true,
    summary: 'API Information / API 信息',
    responses: { 200: { description: 'About this API', schema: infoSchema } },
    handler: () => ({ status: 200, body: deepseekInfo }),
  })
}
